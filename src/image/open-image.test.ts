import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { crc32, deflateSync } from "node:zlib";
import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { samplePhotograph } from "../../test/sample-photographs.ts";
import { FaceNetError } from "../errors.ts";
import type { RgbImage } from "../schemas/image-source.ts";
import { heicOrientation } from "./heic.ts";
import { primaryItemProperties } from "./iso-boxes.ts";
import { openImage } from "./open-image.ts";
import { toUpright } from "./orientation.ts";

const jpegOf = (width: number, height: number, orientation = 1) =>
  sharp(samplePhotograph("sample2"))
    .resize(width, height, { fit: "fill" })
    .withMetadata({ orientation })
    .jpeg({ quality: 92 })
    .toBuffer();
const upright = async (
  bytes: Uint8Array,
  box: { x: number; y: number; width: number; height: number },
  width: number,
  height: number,
) => {
  const { data, info } = await sharp(await sharp(bytes).autoOrient().png().toBuffer())
    .extract({ left: box.x, top: box.y, width: box.width, height: box.height })
    .resize(width, height, { fit: "fill" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
};
const difference = (a: RgbImage, b: RgbImage): number => {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  return a.data.reduce((sum, value, i) => sum + Math.abs(value - (b.data[i] as number)), 0) / a.data.length;
};
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "read",
    (error: unknown) => (error instanceof FaceNetError ? error.code : String(error)),
  );

describe("openImage", () => {
  it("returns the upright size, and decodes all or parts at any scale and orientation", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 300, max: 700 }),
        fc.integer({ min: 300, max: 700 }),
        fc.integer({ min: 100, max: 800 }),
        fc.tuple(...Array.from({ length: 4 }, () => fc.double({ min: 0, max: 1, noNaN: true }))),
        async (orientation, width, height, longerSide, [x = 0, y = 0, w = 0, h = 0]) => {
          const bytes = await jpegOf(width, height, orientation);
          const image = await openImage(bytes);
          expect([image.width, image.height]).toEqual(orientation >= 5 ? [height, width] : [width, height]);
          const whole = await image.decode({ longerSide });
          expect(Math.max(whole.width, whole.height)).toBe(Math.min(longerSide, Math.max(width, height)));
          expect(whole.region).toEqual({ x: 0, y: 0, width: image.width, height: image.height });
          expect(difference(whole, await upright(bytes, whole.region, whole.width, whole.height))).toBeLessThan(8);

          const [left, top] = [Math.floor(x * (image.width - 60)), Math.floor(y * (image.height - 60))];
          const region = { x: left, y: top, width: 40 + w * 20, height: 40 + h * 20 };
          const part = await image.decode({ region, longerSide });
          const scale = Math.min(1, longerSide / Math.max(width, height));
          expect(Math.abs(part.width - part.region.width * scale)).toBeLessThan(1.01);
          expect(part.region.x).toBeLessThanOrEqual(region.x + 1e-9);
          expect(part.region.x + part.region.width).toBeGreaterThanOrEqual(region.x + region.width - 1e-9);
          const full = await image.decode({ region });
          expect(difference(full, await upright(bytes, full.region, full.width, full.height))).toBeLessThan(1);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("transforms boxes like pictures in all eight orientations, and back", () => {
    const box = { x: 1, y: 2, width: 3, height: 4 };
    const all = [1, 2, 3, 4, 5, 6, 7, 8].map((orientation) =>
      JSON.stringify(toUpright(box, orientation, { width: 10, height: 20 })),
    );
    expect(new Set(all).size).toBe(8);
  });

  it("rejects a side beyond 65,535 pixels before decoding, and reads a panorama of 20,000", async () => {
    const chunk = (type: string, data: Uint8Array): Buffer => {
      const body = Buffer.concat([Buffer.from(type), data]);
      const out = Buffer.alloc(body.length + 8);
      out.writeUInt32BE(data.length);
      body.copy(out, 4);
      out.writeUInt32BE(crc32(body), body.length + 4);
      return out;
    };
    const line = (width: number): Buffer => {
      const header = Buffer.alloc(13);
      header.writeUInt32BE(width, 0);
      header.writeUInt32BE(1, 4);
      header[8] = 1;
      const data = deflateSync(Buffer.alloc(Math.ceil(width / 8) + 1));
      const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
      return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))]);
    };
    const before = process.resourceUsage().maxRSS;
    await expect(openImage(line(60_000_000))).rejects.toMatchObject({
      code: "IMAGE_SIDE_TOO_LONG",
      message: expect.stringContaining("65535"),
    });
    expect((process.resourceUsage().maxRSS - before) / 1024).toBeLessThan(100);
    expect(await (await openImage(line(20_000))).decode()).toMatchObject({ width: 20_000, height: 1 });
  });

  it("uses the given name of bytes", async () => {
    await expect(openImage({ name: "album.tar/1.jpg", data: Buffer.from("text") })).rejects.toMatchObject({
      code: "IMAGE_UNKNOWN_FORMAT",
      message: expect.stringMatching(/^album\.tar\/1\.jpg: /),
    });
  });
});

describe("damaged JPEG files", () => {
  it.each([false, true])("is read without its end marker, and not without data: progressive %s", async (progressive) => {
    const bytes = await sharp(samplePhotograph("sample2")).resize(200).jpeg({ progressive }).toBuffer();
    const whole = await (await openImage(bytes)).decode();
    for (const cut of [1, 2]) expect(difference(await (await openImage(bytes.subarray(0, -cut))).decode(), whole)).toBe(0);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: bytes.length - 60 }), async (length) => {
        expect(await codeOf(openImage(bytes.subarray(0, length)).then((image) => image.decode()))).toMatch(
          /^IMAGE_(CORRUPT|UNKNOWN_FORMAT)$/,
        );
      }),
      { numRuns: 60 },
    );
  });

  it("is read with any JFIF version, and other damage is still detected", async () => {
    const plain = await sharp(samplePhotograph("sample2")).resize(200).jpeg().toBuffer();
    const jfif = Buffer.from("\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0", "latin1");
    const bytes = Buffer.concat([plain.subarray(0, 2), jfif, plain.subarray(2)]);
    const at = bytes.indexOf("JFIF\0") + 5;
    for (const version of [0, 2, 255]) {
      const odd = Buffer.from(bytes);
      odd[at] = version;
      expect(difference(await (await openImage(odd)).decode(), await (await openImage(bytes)).decode())).toBe(0);
      expect(await codeOf(openImage(odd.subarray(0, odd.length >> 1)).then((image) => image.decode()))).toBe("IMAGE_CORRUPT");
    }
  });
});

/** A little-endian TIFF: directories of [tag, value], the first of them the page, the others below it; data behind. */
function tiffOf(directories: readonly (readonly [number, number | "data" | "below"][])[], data: Uint8Array): Buffer {
  const starts: number[] = [];
  let at = 8;
  for (const each of directories) {
    starts.push(at);
    at += 2 + 12 * each.length + 4;
  }
  const out = Buffer.alloc(at);
  out.write("II*\0", "latin1");
  out.writeUInt32LE(8, 4);
  for (const [i, entries] of directories.entries()) {
    let place = (starts[i] as number) + 2;
    out.writeUInt16LE(entries.length, starts[i] as number);
    for (const [tag, value] of entries) {
      out.writeUInt16LE(tag, place);
      out.writeUInt16LE(4, place + 2);
      out.writeUInt32LE(1, place + 4);
      out.writeUInt32LE(value === "data" ? at : value === "below" ? (starts[1] as number) : value, place + 8);
      place += 12;
    }
  }
  return Buffer.concat([out, data]);
}
const box = (type: string, ...content: Uint8Array[]): Buffer => {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8);
  head.write(type, 4, "latin1");
  return Buffer.concat([head, body]);
};

describe("RAW files", () => {
  const sensor = [262, 32803] as const;
  const shows = async (bytes: Uint8Array, width: number, height: number) => {
    const view = await (await openImage(bytes)).decode();
    expect([view.width, view.height]).toEqual([width, height]);
  };

  it("is read from the JPEG named by a directory, with its own orientation", async () => {
    const jpeg = await jpegOf(600, 400);
    await shows(
      tiffOf(
        [[[254, 0], [256, 6000], [257, 4000], sensor.slice() as [number, number], [274, 6], [513, "data"], [514, jpeg.length]]],
        jpeg,
      ),
      400,
      600,
    );
    await shows(
      tiffOf(
        [
          [
            [256, 64],
            [257, 40],
            [50706, 1025],
            [330, "below"],
          ],
          [
            [256, 600],
            [257, 400],
            [259, 7],
            [262, 6],
            [273, "data"],
            [279, jpeg.length],
          ],
        ],
        jpeg,
      ),
      600,
      400,
    );
  });

  it("is read by a JPEG that only a maker note knows (ORF), that the header names (RAF), that lies in boxes (CR3)", async () => {
    const jpeg = await jpegOf(600, 400);
    const orf = tiffOf(
      [
        [
          [256, 4000],
          [257, 3000],
        ],
      ],
      Buffer.concat([Buffer.alloc(999, 7), jpeg]),
    );
    orf.write("IIRO", "latin1");
    await shows(orf, 600, 400);
    const raf = Buffer.concat([Buffer.from("FUJIFILMCCD-RAW 0201".padEnd(84, "\0")), Buffer.alloc(64)]);
    raf.writeUInt32BE(raf.length, 84);
    await shows(Buffer.concat([raf, jpeg]), 600, 400);
    const main = box("CMT1", tiffOf([[[274, 8]]], Buffer.alloc(0)));
    const canon = box("uuid", Buffer.alloc(16), main);
    const thumbnail = box("uuid", Buffer.alloc(16), await jpegOf(160, 120));
    await shows(
      Buffer.concat([
        box("ftyp", Buffer.from("crx \0\0\0\x01crx isom")),
        box("moov", canon),
        thumbnail,
        box("mdat", Buffer.alloc(32), jpeg),
      ]),
      400,
      600,
    );
  });

  it("is rejected with its own code if it has at most a thumbnail", async () => {
    const jpeg = await jpegOf(160, 120);
    const bytes = tiffOf(
      [[[256, 6000], [257, 4000], sensor.slice() as [number, number], [513, "data"], [514, jpeg.length]]],
      jpeg,
    );
    expect(await codeOf(openImage({ name: "a.nef", data: bytes }))).toBe("IMAGE_RAW_WITHOUT_PREVIEW");
  });
});

describe("TIFF files", () => {
  it("uses the full picture if the first one is a thumbnail", async () => {
    const jpeg = await jpegOf(600, 400);
    const bytes = tiffOf(
      [
        [
          [254, 1],
          [256, 1],
          [257, 1],
          [258, 8],
          [259, 1],
          [262, 1],
          [273, 8],
          [277, 1],
          [278, 1],
          [279, 1],
          [330, "below"],
        ],
        [
          [254, 0],
          [256, 600],
          [257, 400],
          [258, 8],
          [259, 7],
          [262, 6],
          [273, "data"],
          [277, 3],
          [278, 400],
          [279, jpeg.length],
        ],
      ],
      jpeg,
    );
    expect([(await openImage(bytes)).width, (await openImage(bytes)).height]).toEqual([600, 400]);
  });
});

describe("HEIC", () => {
  const heic = readFileSync(fileURLToPath(new URL("../../test/fixtures/photo.heic", import.meta.url)));

  it("finds the rotation properties of the primary picture", () => {
    const turned = readFileSync(fileURLToPath(new URL("../../test/fixtures/photo-rotated.heic", import.meta.url)));
    expect(primaryItemProperties(turned)).toContain("irot");
    expect(primaryItemProperties(heic)).not.toContain("irot");
    expect(primaryItemProperties(heic)).toContain("ispe");
    expect(primaryItemProperties(Buffer.from("no boxes at all"))).toBeUndefined();
  });

  it("uses EXIF's orientation only without rotation properties", async () => {
    const { exif } = await sharp(await jpegOf(16, 16, 6)).metadata();
    const turned = readFileSync(fileURLToPath(new URL("../../test/fixtures/photo-rotated.heic", import.meta.url)));
    expect([heicOrientation(heic, exif), heicOrientation(turned, exif), heicOrientation(heic, undefined)]).toEqual([6, 1, 1]);
  });

  it("decodes small, and parts of it", async () => {
    const image = await openImage(heic);
    const whole = await image.decode();
    expect(await image.decode({ longerSide: 80 })).toMatchObject({ width: 80, height: 57 });
    const part = await image.decode({ region: { x: 10, y: 20, width: 30, height: 40 } });
    expect([...part.data.subarray(0, 3)]).toEqual([
      ...whole.data.subarray((20 * whole.width + 10) * 3, (20 * whole.width + 10) * 3 + 3),
    ]);
  });

  it("is read under brands of cameras that heic-decode does not list", async () => {
    const other = Buffer.from(heic);
    other.write("heim", 8, "latin1");
    expect(await (await openImage(other)).decode()).toMatchObject({ width: 320, height: 227 });
  });
});
