/**
 * From a file, bytes or raw pixels to an upright RGB picture. The only place that decodes; every failure
 * names the image and the rule it breaks.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { FaceNetError, reasonOf } from "../errors.ts";
import { type ImageSource, imageName } from "../schemas/image-source.ts";
import type { RawPixels, RgbImage } from "../schemas/pixels.ts";
import { decodeHeic, isHeic } from "./heic.ts";

/** Enough for the largest phone sensors (200 megapixels); a decoded pixel takes 3 bytes. */
export const DEFAULT_MAX_PIXELS = 200_000_000;

export type DecodeOptions = {
  /** Larger pictures are refused before they are decoded; width x height. */
  readonly maxPixels?: number;
  /**
   * Sides may be divided by so much, for pictures that are wanted small: a JPEG is then read several times as fast.
   * From 1, the default. The result tells by its own size what was done; HEIC comes whole.
   */
  readonly shrink?: number;
};

const formats: ReadonlySet<string> = new Set(["jpeg", "png", "webp", "avif", "heif", "tiff", "gif"]);

/** What decoders complain of in files that every viewer shows: not a reason to refuse a photograph. */
const harmless =
  /extraneous bytes before marker|Invalid SOS parameters|iCCP|known incorrect sRGB|unknown (field|tag)|Adobe color transform|ICC profile/i;

/**
 * Decodes the first frame, turned upright by its EXIF orientation, in sRGB, transparency over white.
 *
 * @throws FaceNetError IMAGE_NOT_FOUND, IMAGE_IS_DIRECTORY, IMAGE_NOT_READABLE, IMAGE_EMPTY, IMAGE_UNKNOWN_FORMAT,
 * IMAGE_CORRUPT, IMAGE_TOO_LARGE, IMAGE_INVALID_PIXELS, HEIC_NOT_INSTALLED
 */
export async function decodeImage(
  source: ImageSource,
  { maxPixels = DEFAULT_MAX_PIXELS, shrink = 1 }: DecodeOptions = {},
): Promise<RgbImage> {
  const image = imageName(source);
  if (isRawPixels(source)) return fromRawPixels(source, image, maxPixels);
  const bytes = await readBytes(source, image);
  if (bytes.length === 0) throw new FaceNetError("IMAGE_EMPTY", { image });
  if (isHeic(bytes)) return decodeHeic(bytes, image, maxPixels);
  return decodeWithSharp(bytes, image, { maxPixels, shrink });
}

export function isRawPixels(source: ImageSource): source is RawPixels {
  return typeof source === "object" && "channels" in source && "data" in source;
}

async function readBytes(source: Exclude<ImageSource, RawPixels>, image: string): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  const path = source instanceof URL ? filePath(source) : source;
  try {
    return await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") throw new FaceNetError("IMAGE_NOT_FOUND", { image }, error);
    if (code === "EISDIR") throw new FaceNetError("IMAGE_IS_DIRECTORY", { image }, error);
    throw new FaceNetError("IMAGE_NOT_READABLE", { image, reason: code ?? reasonOf(error) }, error);
  }
}

/** The file that a URL names. @throws FaceNetError IMAGE_NOT_READABLE for a URL of anything else */
export function filePath(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw new FaceNetError(
      "IMAGE_NOT_READABLE",
      { image: `${url.protocol}//${url.host}${url.pathname}`, reason: reasonOf(error) },
      error,
    );
  }
}

async function decodeWithSharp(
  bytes: Uint8Array,
  image: string,
  { maxPixels, shrink }: Required<DecodeOptions>,
): Promise<RgbImage> {
  sharp.cache(false); // every picture is read once; a cache would only grow
  const metadata = await sharp(bytes, { limitInputPixels: false, failOn: "none" })
    .metadata()
    .catch((error: unknown) => {
      const unknown = /unsupported image format/i.test(reasonOf(error)) && !hasSignature(bytes);
      if (unknown) throw new FaceNetError("IMAGE_UNKNOWN_FORMAT", { image }, error);
      throw new FaceNetError("IMAGE_CORRUPT", { image, reason: firstLine(error) }, error);
    });
  const { width, height } = metadata;
  if (!formats.has(metadata.format)) throw new FaceNetError("IMAGE_UNKNOWN_FORMAT", { image });
  if (width * height > maxPixels) throw new FaceNetError("IMAGE_TOO_LARGE", { image, width, height, maxPixels });
  const longerSide = Math.ceil(Math.max(width, height) / shrink);
  const decode = (failOn: "warning" | "error") =>
    sharp(bytes, { limitInputPixels: maxPixels, failOn, autoOrient: true })
      .resize(shrink > 1 ? { width: longerSide, height: longerSide, fit: "inside" } : {})
      .flatten({ background: "white" })
      .toColourspace("srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
  const { data, info } = await decode("warning")
    .catch((error: unknown) => {
      if (harmless.test(reasonOf(error))) return decode("error");
      throw error;
    })
    .catch((error: unknown) => {
      throw new FaceNetError("IMAGE_CORRUPT", { image, reason: firstLine(error) }, error);
    });
  return fromRawPixels({ data, width: info.width, height: info.height, channels: info.channels as 1 | 3 | 4 }, image, maxPixels);
}

/** Does it begin as JPEG, PNG, TIFF (either byte order), WebP or GIF do? Cut short, they may not be recognised otherwise. */
function hasSignature(bytes: Uint8Array): boolean {
  return /^(\xff\xd8\xff|\x89PNG|II\*\0|MM\0\*|RIFF....WEBP|GIF8)/s.test(Buffer.from(bytes.subarray(0, 12)).toString("latin1"));
}

/** Grey becomes three equal colours; transparency goes over white. */
function fromRawPixels({ data, width, height, channels }: RawPixels, image: string, maxPixels: number): RgbImage {
  const count = width * height;
  const valid = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0 && [1, 3, 4].includes(channels);
  if (!valid || data.length !== count * channels) {
    throw new FaceNetError("IMAGE_INVALID_PIXELS", {
      image,
      reason: `${data.length} bytes for ${width} x ${height} x ${channels}`,
    });
  }
  if (count > maxPixels) throw new FaceNetError("IMAGE_TOO_LARGE", { image, width, height, maxPixels });
  if (channels === 3) return { data: new Uint8Array(data.buffer, data.byteOffset, data.length), width, height };
  const rgb = new Uint8Array(count * 3);
  for (let i = 0; i < count; i++) {
    const alpha = channels === 4 ? (data[i * 4 + 3] as number) / 255 : 1;
    for (let c = 0; c < 3; c++) {
      const value = channels === 1 ? (data[i] as number) : (data[i * 4 + c] as number);
      rgb[i * 3 + c] = Math.round(value * alpha + 255 * (1 - alpha));
    }
  }
  return { data: rgb, width, height };
}

const firstLine = (error: unknown): string => reasonOf(error).split("\n")[0]?.trim() ?? "";
