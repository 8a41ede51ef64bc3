import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import sharp, { type Sharp } from "sharp";
import { describe, expect, it } from "vitest";
import { readMetadata } from "./metadata.ts";

const picture = (): Sharp => sharp({ create: { width: 16, height: 16, channels: 3, background: "grey" } });
const taken = (date: string, tag = "DateTimeOriginal"): Sharp => picture().withExif({ IFD2: { [tag]: date } });

/** A little-endian TIFF whose directory is copied to the end of the file, with a pointer to an EXIF directory more. */
function withDate(tiff: Buffer, date: string): Buffer {
  const directory = tiff.readUInt32LE(4);
  const count = tiff.readUInt16LE(directory);
  const entry = (tag: number, type: number, values: number, value: number): Buffer => {
    const bytes = Buffer.alloc(12);
    for (const [at, word] of [tag, type].entries()) bytes.writeUInt16LE(word, 2 * at);
    bytes.writeUInt32LE(values, 4);
    bytes.writeUInt32LE(value, 8);
    return bytes;
  };
  const words = (...values: number[]) => Buffer.from(Uint16Array.from(values).buffer);
  const end = Buffer.alloc(4);
  const exif = tiff.length + 2 + 12 * (count + 1) + 4;
  const text = exif + 2 + 12 + 4;
  const changed = Buffer.concat([
    tiff,
    words(count + 1),
    tiff.subarray(directory + 2, directory + 2 + 12 * count),
    entry(0x8769, 4, 1, exif), // ExifTag: where the directory of the photograph is
    end,
    words(1),
    entry(0x9003, 2, 20, text), // DateTimeOriginal
    end,
    Buffer.from(`${date}\0`),
  ]);
  changed.writeUInt32LE(tiff.length, 4);
  return changed;
}
const heic = readFileSync(fileURLToPath(new URL("../../test/fixtures/photo.heic", import.meta.url)));

describe("readMetadata", () => {
  it.each(["jpeg", "png", "webp", "avif"] as const)("reads the date of a %s, local time", async (format) => {
    const bytes = await taken("2019:07:14 12:33:05").toFormat(format).toBuffer();
    expect((await readMetadata(bytes)).takenAt).toBe("2019-07-14T12:33:05");
  });

  it("reads the date of a TIFF, whose own directory leads to it", async () => {
    const bytes = withDate(await picture().tiff({ compression: "lzw" }).toBuffer(), "2019:07:14 12:33:05");
    expect((await sharp(bytes).metadata()).width).toBe(16); // still a picture
    expect((await readMetadata(bytes)).takenAt).toBe("2019-07-14T12:33:05");
  });

  it("falls back to the digitisation date, but not to the modification date", async () => {
    const digitised = await taken("2003:01:02 03:04:05", "DateTimeDigitized").jpeg().toBuffer();
    expect((await readMetadata(digitised)).takenAt).toBe("2003-01-02T03:04:05");
    const changed = await picture()
      .withExif({ IFD0: { DateTime: "2020:01:01 00:00:00" } })
      .jpeg()
      .toBuffer();
    expect((await readMetadata(changed)).takenAt).toBeNull();
  });

  it.each(["0000:00:00 00:00:00", "    :  :     :  :  ", "yesterday", "2019:07:14"])("rejects %j as a date", async (date) => {
    expect((await readMetadata(await taken(date).jpeg().toBuffer())).takenAt).toBeNull();
  });

  it("returns nothing without metadata, and for other files", async () => {
    const nothing = { takenAt: null, xmp: null, stored: null };
    const plain = { ...nothing, stored: { width: 16, height: 16, orientation: 1 } };
    expect(await readMetadata(await picture().jpeg().toBuffer())).toEqual(plain);
    expect(await readMetadata(heic)).toEqual({ ...nothing, stored: { width: 320, height: 227, orientation: 1 } });
    expect(await readMetadata(Buffer.from("Dear reader"))).toEqual(nothing);
    expect(await readMetadata(new Uint8Array())).toEqual(nothing);
  });

  it("survives EXIF that is truncated or corrupted anywhere", async () => {
    const whole = await taken("2019:07:14 12:33:05").jpeg().toBuffer();
    const start = whole.indexOf("Exif\0\0");
    const length = whole.readUInt16BE(start - 2);
    let broken = 0;
    for (let at = start; at < start + length - 2; at += 3) {
      const scrambled = Buffer.from(whole);
      scrambled.fill(0xff, at, at + 3);
      const { takenAt } = await readMetadata(scrambled);
      expect(takenAt === null || /^\d{4}-\d\d-\d\dT/.test(takenAt)).toBe(true);
      if (takenAt !== "2019-07-14T12:33:05") broken++;
    }
    expect(broken).toBeGreaterThan(3);
  });

  it("returns the XMP packet", async () => {
    const packet = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>Zoë</a></x:xmpmeta>';
    const bytes = await picture().withXmp(packet).jpeg().toBuffer();
    expect((await readMetadata(bytes)).xmp).toContain("Zoë");
  });
});
