import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { afterEach, describe, expect, it, vi } from "vitest";
import { samplePhotograph } from "../../test/sample-photographs.ts";
import { decodeImage } from "./decode.ts";
import { isHeic } from "./heic.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`../../test/fixtures/${name}`, import.meta.url));

/** First box of a file: major brand and compatible brands. */
const fileType = (major: string, ...compatible: string[]): Uint8Array =>
  Buffer.concat([
    Buffer.from([0, 0, 0, 16 + 4 * compatible.length]),
    Buffer.from(`ftyp${major}\0\0\0\0${compatible.join("")}`, "latin1"),
    Buffer.alloc(60),
  ]);

describe("HEIC photographs", () => {
  // Both fixtures are sample2.jpg at 320 pixels, encoded by heif-enc at quality 50; the second is stored turned to the left.
  it.each(["photo.heic", "photo-rotated.heic"])("decodes %s upright", async (name) => {
    const original = await sharp(samplePhotograph("sample2")).resize(320).raw().toBuffer({ resolveWithObject: true });
    const image = await decodeImage(fixture(name));
    expect([image.width, image.height]).toEqual([original.info.width, original.info.height]);
    expect(image.data).toHaveLength(original.data.length);
    const difference =
      image.data.reduce((sum, value, i) => sum + Math.abs(value - (original.data[i] as number)), 0) / image.data.length;
    expect(difference).toBeLessThan(5); // turned or mirrored the wrong way it is above 30
  });

  it("respects the pixel limit", async () => {
    await expect(decodeImage(fixture("photo.heic"), { maxPixels: 1000 })).rejects.toMatchObject({
      code: "IMAGE_TOO_LARGE",
      data: { width: 320, height: 227, maxPixels: 1000 },
    });
  });

  it.each([0.02, 0.4])("rejects a file truncated at %d of its length", async (share) => {
    const printed = vi.spyOn(console, "log").mockReturnValue(undefined); // libheif's complaint
    const bytes = readFileSync(fixture("photo.heic"));
    await expect(decodeImage(bytes.subarray(0, bytes.length * share))).rejects.toMatchObject({ code: "IMAGE_CORRUPT" });
    printed.mockRestore();
  });
});

describe("without heic-decode", () => {
  afterEach(() => vi.doUnmock("heic-decode"));

  it("reports what to install", async () => {
    vi.doMock("heic-decode", () => {
      throw Object.assign(new Error("Cannot find package 'heic-decode'"), { code: "ERR_MODULE_NOT_FOUND" });
    });
    const photograph = fixture("photo.heic");
    await expect(decodeImage(photograph)).rejects.toMatchObject({
      code: "HEIC_NOT_INSTALLED",
      message: `${photograph}: HEIC needs the optional package heic-decode. Run \`npm install heic-decode\` beside facenet128.`,
    });
  });
});

describe("isHeic", () => {
  it("checks the brand, not the file name", () => {
    expect(isHeic(readFileSync(fixture("photo.heic")))).toBe(true);
    expect(isHeic(fileType("mif1", "mif1", "heic"))).toBe(true);
    expect(isHeic(fileType("msf1", "hevc"))).toBe(true);
  });

  it("is false for AVIF, videos and other files", async () => {
    const avif = await sharp({ create: { width: 8, height: 8, channels: 3, background: "red" } })
      .avif()
      .toBuffer();
    for (const bytes of [
      avif,
      fileType("avif", "mif1"),
      fileType("mif1", "avif", "miaf"),
      fileType("isom", "mp42"),
      Buffer.from("short"),
    ]) {
      expect(isHeic(bytes)).toBe(false);
    }
  });
});
