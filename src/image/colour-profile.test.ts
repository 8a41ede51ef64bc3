import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { isSrgbProfile } from "./colour-profile.ts";
import { decodeImage } from "./decode.ts";

const WIDTH = 64;
const HEIGHT = 48;
/** Every hue at several brightnesses: neutral pixels look alike in most spaces. */
const colours = Buffer.from(
  Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => (Math.floor(i / 3) * (7 + 4 * (i % 3)) + 40 * (i % 3)) % 256),
);
const tagged = (profile: string): Promise<Buffer> =>
  sharp(colours, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .withIccProfile(profile)
    .png()
    .toBuffer();
const profileOf = async (file: Buffer): Promise<Uint8Array> => {
  const { icc } = await sharp(file).metadata();
  if (!icc) throw new Error("no profile was written");
  return icc;
};

describe("isSrgbProfile", () => {
  it("distinguishes sRGB from Display P3", async () => {
    expect(isSrgbProfile(await profileOf(await tagged("srgb")))).toBe(true);
    expect(isSrgbProfile(await profileOf(await tagged("p3")))).toBe(false);
  });

  it("is false for bytes that are no profile, and for every truncation of one", async () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => !isSrgbProfile(bytes)));
    const profile = await profileOf(await tagged("srgb"));
    const tableEnd = 132 + 12 * new DataView(profile.buffer, profile.byteOffset).getUint32(128);
    for (let length = 0; length < tableEnd; length += 7) expect(isSrgbProfile(profile.subarray(0, length))).toBe(false);
  });

  it("is false when a primary or a curve differs", async () => {
    const profile = await profileOf(await tagged("srgb"));
    const view = new DataView(profile.buffer, profile.byteOffset, profile.byteLength);
    const name = (at: number) => Buffer.from(profile.subarray(at, at + 4)).toString("latin1");
    const tags = Array.from({ length: view.getUint32(128) }, (_, i) => 132 + 12 * i);
    for (const tag of tags.filter((at) => /^[rgb](XYZ|TRC)$/.test(name(at)))) {
      const changed = Uint8Array.from(profile);
      const at = view.getUint32(tag + 4);
      for (let i = at + 12; i < at + 20; i++) changed[i] = (changed[i] as number) ^ 0x55;
      expect(isSrgbProfile(changed), name(tag)).toBe(false);
    }
  });
});

describe("decoding with a profile", () => {
  it("equals libvips applying the profile, for sRGB within rounding and for Display P3", async () => {
    for (const profile of ["srgb", "p3"]) {
      const file = await tagged(profile);
      const { data } = await decodeImage(file);
      const expected = await sharp(file).toColourspace("srgb").raw().toBuffer();
      const most = data.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (expected[i] as number))), 0);
      expect(most, profile).toBeLessThanOrEqual(1);
    }
  });
});
