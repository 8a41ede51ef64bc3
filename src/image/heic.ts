/** HEIC photographs, through the optional package heic-decode (libheif in WebAssembly). */
import readExif from "exif-reader";
import type { Metadata } from "sharp";
import { FaceNetError, reasonOf } from "../errors.ts";
import type { RgbImage } from "../schemas/image-source.ts";
import type { OpenImage } from "./image-view.ts";
import { primaryItemProperties, textAt } from "./iso-boxes.ts";
import { loadSharp } from "./load-sharp.ts";
import { turnedSize } from "./orientation.ts";
import { requireWithinLimits } from "./pixel-limits.ts";
import { toRgb, uprightPixels, viewPixels } from "./rgb-pixels.ts";

/** Brands of the ISO base media file format with HEVC images; AVIF is not among them. */
const brands = new Set(["heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "msf1"]);
/** Those that heic-decode accepts; libheif itself goes by the content. */
const decoderBrands = new Set(["heic", "heix", "hevc", "hevx", "mif1", "msf1"]);

export function isHeic(bytes: Uint8Array): boolean {
  if (textAt(bytes, 4, 4) !== "ftyp") return false;
  const major = textAt(bytes, 8, 4);
  // The generic brands mif1 and msf1 mean "some image": AVIF lists itself among the compatible brands.
  return brands.has(major) && !(major.startsWith("m") && textAt(bytes, 16, 48).includes("avif"));
}

type Heic = { width: number; height: number; decode(): Promise<{ data: Uint8ClampedArray }> };
type HeicDecode = { all(input: { buffer: Uint8Array }): Promise<Heic[] & { dispose?: () => void }> };

/**
 * HEVC is always decoded in full, and slowly: the pixels of the first call are cached.
 *
 * @throws FaceNetError IMAGE_CORRUPT, IMAGE_TOO_LARGE, IMAGE_SIDE_TOO_LONG
 */
export async function openHeic(bytes: Uint8Array, name: string, maxPixels: number): Promise<OpenImage> {
  const metadata = await loadSharp()(bytes, { limitInputPixels: false, failOn: "none" })
    .metadata()
    .catch((error: unknown) => {
      throw new FaceNetError("IMAGE_CORRUPT", { image: name, reason: reasonOf(error).split("\n")[0] }, error);
    });
  requireWithinLimits(name, metadata, maxPixels);
  const orientation = heicOrientation(bytes, metadata.exif);
  let whole: Promise<RgbImage> | undefined;
  const decodeWhole = async () => uprightPixels(await decodePrimary(bytes, name, metadata), orientation);
  return {
    name,
    ...turnedSize(metadata, orientation),
    decode: async (request = {}) => {
      whole ??= decodeWhole();
      return viewPixels(await whole, request);
    },
  };
}

/**
 * The EXIF orientation still to be applied. The standard (ISO/IEC 23000-22, MIAF, 7.3.6) rotates images by the properties
 * `irot` and `imir` alone, which libheif applies. Files with neither, but with an EXIF orientation, were written by programs that
 * use it as in a JPEG.
 */
export function heicOrientation(bytes: Uint8Array, exif: Buffer | undefined): number {
  const properties = primaryItemProperties(bytes);
  if (!exif || !properties || properties.includes("irot") || properties.includes("imir")) return 1;
  try {
    const orientation = Number(readExif(exif).Image?.Orientation);
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
  } catch {
    return 1;
  }
}

/** The primary image: not always the first one stored. Both libheif versions list the same images. */
async function decodePrimary(bytes: Uint8Array, image: string, { width, height, pagePrimary = 0 }: Metadata): Promise<RgbImage> {
  const corrupt = (error: unknown) => new FaceNetError("IMAGE_CORRUPT", { image, reason: reasonOf(error) }, error);
  const { all } = await loadHeicDecode(image);
  const images = await all({ buffer: withKnownBrand(bytes) }).catch((error: unknown) => {
    throw corrupt(error);
  });
  try {
    const primary = images[pagePrimary];
    if (!primary) throw corrupt("it contains no image");
    if (primary.width !== width || primary.height !== height) throw corrupt("its primary image cannot be identified");
    const { data } = await primary.decode().catch((error: unknown) => {
      throw corrupt(error);
    });
    return toRgb({ data, width, height, channels: 4 }, image, Number.POSITIVE_INFINITY);
  } finally {
    images.dispose?.();
  }
}

function withKnownBrand(bytes: Uint8Array): Uint8Array {
  if (decoderBrands.has(textAt(bytes, 8, 4))) return bytes;
  const changed = Uint8Array.from(bytes);
  changed.set(new TextEncoder().encode("heic"), 8);
  return changed;
}

async function loadHeicDecode(image: string): Promise<HeicDecode> {
  const name = "heic-decode"; // a variable: the package is optional and must not be resolved by the compiler
  try {
    return ((await import(name)) as { default: HeicDecode }).default;
  } catch (error) {
    throw new FaceNetError("HEIC_NOT_INSTALLED", { image }, error);
  }
}
