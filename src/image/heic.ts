/** HEIC photographs, through the optional package heic-decode (libheif in WebAssembly). */
import { FaceNetError, reasonOf } from "../errors.ts";
import type { RgbImage } from "../schemas/pixels.ts";

/** Brands of the ISO base media file format that hold HEVC pictures; AVIF is not among them. */
const brands = new Set(["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"]);

export function isHeic(bytes: Uint8Array): boolean {
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (text(4, 8) !== "ftyp") return false;
  const major = text(8, 12);
  // The generic brands mif1 and msf1 say "some image": AVIF names itself among the compatible brands.
  return brands.has(major) && !(major.startsWith("m") && text(16, 64).includes("avif"));
}

type Heic = { width: number; height: number; decode(): Promise<{ data: Uint8ClampedArray }> };
type HeicDecode = { all(input: { buffer: Uint8Array }): Promise<Heic[] & { dispose?: () => void }> };

/** The file's rotation is applied by libheif itself. */
export async function decodeHeic(bytes: Uint8Array, image: string, maxPixels: number): Promise<RgbImage> {
  const { all } = await loadHeicDecode(image);
  const images = await all({ buffer: bytes }).catch((error: unknown) => {
    throw new FaceNetError("IMAGE_CORRUPT", { image, reason: reasonOf(error) }, error);
  });
  try {
    const [first] = images;
    if (!first) throw new FaceNetError("IMAGE_CORRUPT", { image, reason: "no picture inside" });
    const { width, height } = first;
    if (width * height > maxPixels) throw new FaceNetError("IMAGE_TOO_LARGE", { image, width, height, maxPixels });
    const { data } = await first.decode().catch((error: unknown) => {
      throw new FaceNetError("IMAGE_CORRUPT", { image, reason: reasonOf(error) }, error);
    });
    const rgb = new Uint8Array(width * height * 3);
    for (let i = 0, p = 0, q = 0; i < width * height; i++, p += 4, q += 3) {
      rgb[q] = data[p] as number;
      rgb[q + 1] = data[p + 1] as number;
      rgb[q + 2] = data[p + 2] as number;
    }
    return { data: rgb, width, height };
  } finally {
    images.dispose?.();
  }
}

async function loadHeicDecode(image: string): Promise<HeicDecode> {
  const name = "heic-decode"; // a variable: the package is optional and the compiler must not look for it
  try {
    return ((await import(name)) as { default: HeicDecode }).default;
  } catch (error) {
    throw new FaceNetError("HEIC_NOT_INSTALLED", { image }, error);
  }
}
