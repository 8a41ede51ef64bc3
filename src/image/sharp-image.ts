/** Photographs that sharp decodes: JPEG, PNG, WebP, AVIF, TIFF and GIF. Each call decodes no more than necessary. */
import type { Metadata } from "sharp";
import { FaceNetError, reasonOf } from "../errors.ts";
import { isSrgbProfile } from "./colour-profile.ts";
import { type ImageView, type OpenImage, planView, type ViewRequest } from "./image-view.ts";
import { mendJpeg } from "./jpeg-file.ts";
import { loadSharp } from "./load-sharp.ts";
import { turnedSize } from "./orientation.ts";
import { requireWithinLimits } from "./pixel-limits.ts";
import { shaped, toRgb } from "./rgb-pixels.ts";

export type EncodedPicture = {
  readonly bytes: Uint8Array;
  /** Page of a TIFF file. Default the first. */
  readonly place?: { readonly page: number; readonly subifd?: number } | undefined;
  /** EXIF orientation, if it is given outside these bytes. */
  readonly orientation?: number | undefined;
};

/**
 * First bytes of the supported formats. Other files never reach libvips, whose SVG parser would follow references to files
 * and URLs.
 */
const signatures: readonly RegExp[] = [
  /^\xff\xd8/,
  /^\x89PNG/,
  /^GIF8/,
  /^RIFF[\s\S]{4}WEBP/,
  /^(?:II[*+]\0|MM\0[*+])/,
  /^\0[\s\S]{3}ftyp/, // AVIF; four bytes of text there could begin an SVG document
];

const formats: ReadonlySet<string> = new Set(["jpeg", "png", "webp", "avif", "heif", "tiff", "gif"]);

/**
 * Reduction factor from which a file decodes at a smaller scale. libjpeg reduces by powers of two, and sharp leaves the last
 * step to resampling: half size is computed from the full JPEG, a third from its half. Measured with
 * libvips 8.18, one thread, CPU time, 4000 x 3000: in full 58 ms, from a third 38 ms, from a fifth 25 ms, from a ninth 19 ms.
 */
const fastFrom: Readonly<Record<string, number>> = { jpeg: 3, webp: 1 };

/** Decoder warnings for files that every viewer shows: no reason to refuse a photograph. */
const harmless =
  /extraneous bytes before marker|Invalid SOS parameters|iCCP|known incorrect sRGB|unknown (field|tag)|Adobe color transform|ICC (profile|marker)/i;

/** Maximum number of warnings answered by another attempt. */
const ATTEMPTS = 4;

/**
 * Upright by EXIF orientation, the first frame, in sRGB, transparency composited over white.
 *
 * @throws FaceNetError IMAGE_UNKNOWN_FORMAT, IMAGE_CORRUPT, IMAGE_TOO_LARGE, IMAGE_SIDE_TOO_LONG
 */
export async function openWithSharp(picture: EncodedPicture, name: string, maxPixels: number): Promise<OpenImage> {
  loadSharp().cache(false); // every image is read once; a cache would only grow
  const head = Buffer.from(picture.bytes.subarray(0, 12)).toString("latin1");
  if (!signatures.some((signature) => signature.test(head))) throw new FaceNetError("IMAGE_UNKNOWN_FORMAT", { image: name });
  const metadata = await readHeader(picture, name);
  const { format } = metadata;
  if (!formats.has(format)) throw new FaceNetError("IMAGE_UNKNOWN_FORMAT", { image: name });
  requireWithinLimits(name, metadata, maxPixels);
  // libheif has already rotated AVIF.
  const orientation = picture.orientation ?? (format === "heif" ? 1 : (metadata.orientation ?? 1));
  const upright = turnedSize(metadata, orientation);
  const ignoreIcc = metadata.icc !== undefined && isSrgbProfile(metadata.icc);
  let { bytes } = picture;

  const decode = async (request: ViewRequest, failOn: "warning" | "error"): Promise<ImageView> => {
    const plan = planView(upright, request, fastFrom[format] ?? Number.POSITIVE_INFINITY);
    const stored = loadSharp()(bytes, { limitInputPixels: maxPixels, failOn, sequentialRead: true, ignoreIcc, ...picture.place });
    const { data, info } = await shaped(stored, plan, orientation, upright)
      .flatten({ background: "white" })
      .toColourspace("srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    return { ...toRgb({ data, width, height, channels: info.channels as 1 | 3 | 4 }, name, maxPixels), region: plan.region };
  };

  const tolerantly = async (request: ViewRequest): Promise<ImageView> => {
    let failOn: "warning" | "error" = "warning";
    for (let attempt = 1; ; attempt++) {
      try {
        return await decode(request, failOn);
      } catch (error) {
        const complaint = reasonOf(error);
        const mended = format === "jpeg" ? mendJpeg(bytes, complaint) : undefined;
        const isHarmless = failOn === "warning" && harmless.test(complaint);
        if (attempt === ATTEMPTS || (!mended && !isHarmless))
          throw new FaceNetError("IMAGE_CORRUPT", { image: name, reason: firstLine(error) }, error);
        if (mended) bytes = mended;
        else failOn = "error";
      }
    }
  };
  return { name, ...upright, decode: (request = {}) => tolerantly(request) };
}

/** @throws FaceNetError IMAGE_UNKNOWN_FORMAT, IMAGE_CORRUPT */
async function readHeader({ bytes, place }: EncodedPicture, image: string): Promise<Metadata> {
  return loadSharp()(bytes, { limitInputPixels: false, failOn: "none", ...place })
    .metadata()
    .catch((error: unknown) => {
      const unknown = /unsupported image format/i.test(reasonOf(error)) && !hasSignature(bytes);
      if (unknown) throw new FaceNetError("IMAGE_UNKNOWN_FORMAT", { image }, error);
      throw new FaceNetError("IMAGE_CORRUPT", { image, reason: firstLine(error) }, error);
    });
}

/**
 * Whether bytes begin as JPEG, PNG, TIFF (either byte order), WebP or GIF. Needed for truncated files, which may not
 * be recognised otherwise.
 */
function hasSignature(bytes: Uint8Array): boolean {
  return /^(\xff\xd8\xff|\x89PNG|II\*\0|MM\0\*|RIFF....WEBP|GIF8)/s.test(Buffer.from(bytes.subarray(0, 12)).toString("latin1"));
}

const firstLine = (error: unknown): string => reasonOf(error).split("\n")[0]?.trim() ?? "";
