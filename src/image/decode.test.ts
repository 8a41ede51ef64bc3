import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { crc32, deflateSync } from "node:zlib";
import sharp, { type Sharp } from "sharp";
import { describe, expect, it } from "vitest";
import { samplePhotograph } from "../../test/sample-photographs.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { FaceNetError } from "../errors.ts";
import type { RgbImage } from "../schemas/image-source.ts";
import { decodeImage } from "./decode.ts";

const folder = await temporaryFolder("decode");

const inFolder = (name: string, bytes: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

/** Four quarters of different colours, so that every rotation and mirroring is visible; `width` x `height`. */
const quarters = (width = 48, height = 32): RgbImage => {
  const data = new Uint8Array(width * height * 3);
  const colours = [
    [220, 40, 40],
    [40, 200, 60],
    [40, 60, 220],
    [230, 220, 50],
  ];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++)
      data.set(colours[(x < width / 2 ? 0 : 1) + (y < height / 2 ? 0 : 2)] as number[], (y * width + x) * 3);
  }
  return { data, width, height };
};
const draw = ({ data, width, height }: RgbImage = quarters()): Sharp => sharp(data, { raw: { width, height, channels: 3 } });
const photograph = () => sharp(samplePhotograph("sample2")).resize(240);

const meanDifference = (a: RgbImage, b: RgbImage): number => {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  expect(a.data).toHaveLength(b.data.length);
  return a.data.reduce((sum, value, i) => sum + Math.abs(value - (b.data[i] as number)), 0) / a.data.length;
};
const pixel = ({ data, width }: RgbImage, x: number, y: number): number[] =>
  Array.from(data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3));

const refusal = async (work: Promise<unknown>): Promise<FaceNetError> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(FaceNetError);
  return error as FaceNetError;
};

describe("formats", () => {
  it.each<[string, (image: Sharp) => Sharp, number]>([
    ["JPEG", (image) => image.jpeg({ quality: 95, chromaSubsampling: "4:4:4" }), 2],
    ["progressive JPEG", (image) => image.jpeg({ quality: 95, progressive: true, chromaSubsampling: "4:4:4" }), 2],
    ["PNG", (image) => image.png(), 0],
    ["16-bit PNG", (image) => image.toColourspace("rgb16").png(), 1],
    ["PNG with a palette", (image) => image.png({ palette: true }), 1],
    ["WebP", (image) => image.webp({ lossless: true }), 0],
    ["AVIF", (image) => image.avif({ quality: 90, chromaSubsampling: "4:4:4" }), 3],
    ["TIFF", (image) => image.tiff({ compression: "lzw" }), 0],
    ["GIF", (image) => image.gif(), 2],
    ["CMYK JPEG", (image) => image.toColourspace("cmyk").jpeg({ quality: 100 }), 30], // print cannot show these colours; inverted it is 120 off
  ])("decodes %s", async (_, save, tolerance) => {
    expect(meanDifference(await decodeImage(await save(draw()).toBuffer()), quarters())).toBeLessThanOrEqual(tolerance);
  });

  it("converts grey to three equal channels", async () => {
    const image = await decodeImage(
      await sharp(Buffer.from([0, 90, 255, 30]), { raw: { width: 2, height: 2, channels: 1 } })
        .png()
        .toBuffer(),
    );
    expect(Array.from(image.data)).toEqual([0, 0, 0, 90, 90, 90, 255, 255, 255, 30, 30, 30]);
  });

  it("composites transparency over white", async () => {
    const rgba = Buffer.from([200, 100, 0, 0, 200, 100, 0, 255, 200, 100, 0, 128]);
    const image = await decodeImage(
      await sharp(rgba, { raw: { width: 3, height: 1, channels: 4 } })
        .png()
        .toBuffer(),
    );
    expect(pixel(image, 0, 0)).toEqual([255, 255, 255]);
    expect(pixel(image, 1, 0)).toEqual([200, 100, 0]);
    for (const [c, expected] of [227, 177, 127].entries()) expect(pixel(image, 2, 0)[c]).toBeCloseTo(expected, -0.5);
  });

  it.each(["gif", "webp"] as const)("uses the first frame of an animated %s", async (format) => {
    const frame = (red: number) =>
      sharp({ create: { width: 8, height: 8, channels: 3, background: { r: red, g: 0, b: 0 } } })
        .png()
        .toBuffer();
    const animated = await sharp([await frame(250), await frame(20)], { join: { animated: true } })
      .toFormat(format)
      .toBuffer();
    expect((await sharp(animated).metadata()).pages).toBe(2);
    const image = await decodeImage(animated);
    expect([image.width, image.height]).toEqual([8, 8]);
    expect(pixel(image, 4, 4)[0]).toBeGreaterThan(240);
  });

  it("converts a wide-gamut profile to sRGB", async () => {
    const p3 = await draw().withIccProfile("p3").png().toBuffer();
    expect((await sharp(p3).metadata()).icc).toBeDefined();
    expect(meanDifference(await decodeImage(p3), quarters())).toBeLessThan(3);
  });

  it("accepts a picture of one pixel", async () => {
    expect(await decodeImage(await draw(quarters(1, 1)).png().toBuffer())).toMatchObject({ width: 1, height: 1 });
  });

  it("accepts files that every viewer accepts: bytes after the end, stray bytes before a marker", async () => {
    const jpeg = await draw().jpeg().toBuffer();
    const tables = jpeg.indexOf(Buffer.from([0xff, 0xdb]));
    const plain = await decodeImage(jpeg);
    const trailing = Buffer.concat([jpeg, Buffer.from("appended by a camera")]);
    const stray = Buffer.concat([jpeg.subarray(0, tables), Buffer.from([1, 2, 3, 4]), jpeg.subarray(tables)]);
    await expect(sharp(stray, { failOn: "warning" }).raw().toBuffer()).rejects.toThrow("extraneous bytes before marker");
    for (const bytes of [trailing, stray]) expect(meanDifference(await decodeImage(bytes), plain)).toBe(0);
  });
});

/** EXIF orientation: where in the upright picture (`w` x `h`) the stored pixel (x, y) belongs. */
const upright: Record<number, (x: number, y: number, w: number, h: number) => [number, number]> = {
  1: (x, y) => [x, y],
  2: (x, y, w) => [w - 1 - x, y],
  3: (x, y, w, h) => [w - 1 - x, h - 1 - y],
  4: (x, y, _, h) => [x, h - 1 - y],
  5: (x, y) => [y, x],
  6: (x, y, w) => [w - 1 - y, x],
  7: (x, y, w, h) => [w - 1 - y, h - 1 - x],
  8: (x, y, _, h) => [y, h - 1 - x],
};

describe("EXIF orientation", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("%i is decoded upright", async (orientation) => {
    const picture = quarters();
    const [width, height] = orientation < 5 ? [picture.width, picture.height] : [picture.height, picture.width];
    const data = new Uint8Array(picture.data.length);
    for (let i = 0; i < width * height; i++) {
      const [x, y] = (upright[orientation] as (typeof upright)[1])(
        i % width,
        Math.floor(i / width),
        picture.width,
        picture.height,
      );
      data.set(pixel(picture, x, y), i * 3);
    }
    const bytes = await draw({ data, width, height })
      .withMetadata({ orientation })
      .jpeg({ quality: 95, chromaSubsampling: "4:4:4" })
      .toBuffer();
    expect(meanDifference(await decodeImage(bytes), picture)).toBeLessThan(2);
  });
});

describe("sources", () => {
  it("gives the same picture from a path, a URL, bytes and raw pixels", async () => {
    const bytes = await draw().png().toBuffer();
    const path = inFolder("a picture, ü.png", bytes);
    const buffer = Uint8Array.from(bytes).buffer;
    for (const source of [path, pathToFileURL(path), bytes, new Uint8Array(buffer), buffer, new Blob([buffer])]) {
      expect(meanDifference(await decodeImage(source), quarters())).toBe(0);
    }
    expect(await decodeImage({ ...quarters(), channels: 3 })).toEqual(quarters());
  });

  it("accepts raw grey and RGBA, with transparency over white", async () => {
    const grey = await decodeImage({ data: Uint8Array.of(7, 200), width: 2, height: 1, channels: 1 });
    expect(Array.from(grey.data)).toEqual([7, 7, 7, 200, 200, 200]);
    const clear = await decodeImage({ data: Uint8ClampedArray.of(9, 9, 9, 0, 100, 50, 0, 51), width: 2, height: 1, channels: 4 });
    expect(Array.from(clear.data)).toEqual([255, 255, 255, 224, 214, 204]);
  });

  it.each<[string, object]>([
    ["too few bytes", { data: new Uint8Array(11), width: 2, height: 2, channels: 3 }],
    ["too many bytes", { data: new Uint8Array(13), width: 2, height: 2, channels: 3 }],
    ["two channels", { data: new Uint8Array(8), width: 2, height: 2, channels: 2 }],
    ["no pixels", { data: new Uint8Array(0), width: 0, height: 0, channels: 3 }],
    ["a broken width", { data: new Uint8Array(9), width: 1.5, height: 2, channels: 3 }],
  ])("refuses raw pixels with %s", async (_, pixels) => {
    const error = await refusal(decodeImage(pixels as Parameters<typeof decodeImage>[0]));
    expect(error).toMatchObject({
      code: "IMAGE_INVALID_PIXELS",
      message: expect.stringContaining("(pixels): raw pixels must be"),
    });
  });

  it("does not treat the path of a URL as a file", async () => {
    const error = await refusal(decodeImage(new URL(`https://example.org${pathToFileURL(inFolder("local.png", "x")).pathname}`)));
    expect(error).toMatchObject({ code: "IMAGE_NOT_READABLE", message: expect.stringContaining("scheme file") });
  });
});

describe("invalid files", () => {
  const expectRefused = async (image: string, code: string, words = "") => {
    const error = await refusal(decodeImage(image));
    expect(error.code).toBe(code);
    expect(error.message).toContain(image);
    expect(error.message).toContain(words);
  };

  it("reports what is wrong with the path", async () => {
    await expectRefused(join(folder, "nowhere.jpg"), "IMAGE_NOT_FOUND", "Check the path");
    await expectRefused(join(inFolder("file.txt", "x"), "below.jpg"), "IMAGE_NOT_FOUND");
    await mkdir(join(folder, "album"));
    await expectRefused(join(folder, "album"), "IMAGE_IS_DIRECTORY", "is a directory");
    await expectRefused(inFolder("empty.jpg", ""), "IMAGE_EMPTY", "0 bytes");
  });

  it("reports why a file is unreadable: a link to itself", async (context) => {
    const path = join(folder, "loop.jpg");
    try {
      symlinkSync(path, path);
    } catch {
      return context.skip("symbolic links cannot be made here");
    }
    await expectRefused(path, "IMAGE_NOT_READABLE", "symbolic links form a loop");
  });

  it("reports why a file is unreadable: permission", async (context) => {
    if (process.getuid?.() === 0) return context.skip("running as root, who may read every file");
    if (process.platform === "win32") return context.skip("Windows has no file modes");
    const path = join(folder, "private.jpg");
    await writeFile(path, "x", { mode: 0 });
    await expectRefused(path, "IMAGE_NOT_READABLE", "permission denied");
  });

  it.each<[string, string]>([
    ["text.jpg", "This is no picture at all, whatever its name says."],
    ["drawing.avif", '<!--ftypavif--><svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>'],
    ["drawing.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="10" height="10"/></svg>'],
    ["paper.pdf", "%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"],
  ])("refuses %s", async (name, text) => {
    await expectRefused(inFolder(name, text), "IMAGE_UNKNOWN_FORMAT", "Supported: JPEG, PNG");
  });

  it.each<["jpeg" | "png" | "webp" | "tiff", number]>([
    ["jpeg", 0.6],
    ["png", 0.6],
    ["webp", 0.6],
    ["tiff", 0.6],
    ["jpeg", 0.01],
    ["png", 0.001],
    ["tiff", 0.001],
  ])("refuses a %s cut off at %d of its length", async (format, share) => {
    const bytes = await photograph().toFormat(format).toBuffer();
    await expectRefused(
      inFolder(`cut-${share}.${format}`, bytes.subarray(0, Math.max(30, bytes.length * share))),
      "IMAGE_CORRUPT",
      "damaged or truncated",
    );
  });

  it("rejects a JPEG whose scan data is damaged", async () => {
    const bytes = await photograph().jpeg().toBuffer();
    for (let at = bytes.length >> 1; at < (bytes.length >> 1) + 400; at++) bytes[at] = 0x55 ^ (bytes[at] as number);
    await expectRefused(inFolder("flipped.jpg", bytes), "IMAGE_CORRUPT");
  });

  it("rejects a PNG whose data is damaged", async () => {
    const bytes = await photograph().png().toBuffer();
    for (let at = bytes.length >> 1; at < (bytes.length >> 1) + 40; at++) bytes[at] = 0x55 ^ (bytes[at] as number);
    await expectRefused(inFolder("flipped.png", bytes), "IMAGE_CORRUPT");
  });
});

describe("the pixel limit", () => {
  const chunk = (type: string, data: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), body.length + 4);
    return out;
  };
  /** A black picture with 1 bit per pixel: 30,000 x 30,000 pixels in 110 kB. */
  const bomb = (side: number): Buffer => {
    const header = Buffer.alloc(13);
    header.writeUInt32BE(side, 0);
    header.writeUInt32BE(side, 4);
    header[8] = 1;
    const data = deflateSync(Buffer.alloc(side * (Math.ceil(side / 8) + 1)));
    return Buffer.concat([
      Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
      chunk("IHDR", header),
      chunk("IDAT", data),
      chunk("IEND", Buffer.alloc(0)),
    ]);
  };

  it("rejects a decompression bomb before decoding it", async () => {
    const path = inFolder("bomb.png", bomb(30_000));
    expect(readFileSync(path).length).toBeLessThan(200_000);
    const before = process.resourceUsage().maxRSS;
    const error = await refusal(decodeImage(path));
    expect(error).toMatchObject({ code: "IMAGE_TOO_LARGE", data: { width: 30_000, height: 30_000, maxPixels: 200_000_000 } });
    expect(error.message).toContain(path);
    expect((process.resourceUsage().maxRSS - before) / 1024).toBeLessThan(50); // MiB; decoded it takes 2,575
  });

  it("counts width x height: at the limit is allowed, one more is not", async () => {
    const bytes = await draw().png().toBuffer();
    expect(await decodeImage(bytes, { maxPixels: 48 * 32 })).toMatchObject({ width: 48 });
    expect((await refusal(decodeImage(bytes, { maxPixels: 48 * 32 - 1 }))).code).toBe("IMAGE_TOO_LARGE");
    expect((await refusal(decodeImage({ ...quarters(), channels: 3 }, { maxPixels: 100 }))).code).toBe("IMAGE_TOO_LARGE");
  });
});

describe("decodeImage with shrink", () => {
  it("returns the same picture, upright, with its sides divided by the factor", async () => {
    const jpeg = await draw(quarters(480, 320)).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer();
    const whole = await decodeImage(jpeg);
    const small = await decodeImage(jpeg, { shrink: 4 });
    expect([whole.width, whole.height, small.width, small.height]).toEqual([320, 480, 80, 120]);
    for (const [x, y] of [
      [0.25, 0.25],
      [0.75, 0.25],
      [0.25, 0.75],
      [0.75, 0.75],
    ] as const) {
      const at = ({ data, width, height }: RgbImage) => {
        const start = (Math.floor(y * height) * width + Math.floor(x * width)) * 3;
        return [...data.subarray(start, start + 3)];
      };
      for (const [channel, value] of at(small).entries())
        expect(Math.abs(value - (at(whole)[channel] as number))).toBeLessThan(12);
    }
  });

  it("does not change a picture at 1", async () => {
    expect((await decodeImage(await draw().png().toBuffer(), { shrink: 1 })).width).toBe(48);
  });
});
