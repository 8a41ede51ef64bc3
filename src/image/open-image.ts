/**
 * Opens a photograph from a file, bytes or raw pixels; pixels are decoded on demand. This is the only entry point; every
 * error names the image and the rule it violates.
 */
import { FaceNetError } from "../errors.ts";
import { type ImageSource, imageName, isRawPixels } from "../schemas/image-source.ts";
import { isHeic, openHeic } from "./heic.ts";
import type { OpenImage } from "./image-view.ts";
import { DEFAULT_MAX_PIXELS } from "./pixel-limits.ts";
import { readRaw } from "./raw-preview.ts";
import { readSource } from "./read-source.ts";
import { toRgb, viewPixels } from "./rgb-pixels.ts";
import { type EncodedPicture, openWithSharp } from "./sharp-image.ts";
import { readTiffDirectories, tiffTags } from "./tiff-directories.ts";

export type OpenOptions = {
  /** Larger images are refused before decoding; full width x height. Default 200 megapixels. */
  readonly maxPixels?: number | undefined;
};

/**
 * Reads the file once and takes its upright size from the header and the EXIF orientation. {@link OpenImage.decode}
 * may be called repeatedly: at low resolution for detection, for regions in more detail for cutting faces out.
 *
 * A RAW file is represented by its embedded preview, in size and pixels.
 *
 * @throws FaceNetError IMAGE_NOT_FOUND, IMAGE_IS_DIRECTORY, IMAGE_NOT_READABLE, IMAGE_EMPTY, IMAGE_UNKNOWN_FORMAT, IMAGE_CORRUPT,
 * IMAGE_TOO_LARGE, IMAGE_SIDE_TOO_LONG, IMAGE_RAW_WITHOUT_PREVIEW, IMAGE_INVALID_PIXELS
 */
export async function openImage(source: ImageSource, { maxPixels = DEFAULT_MAX_PIXELS }: OpenOptions = {}): Promise<OpenImage> {
  const name = imageName(source);
  if (isRawPixels(source)) {
    const picture = toRgb(source, name, maxPixels);
    return { name, width: picture.width, height: picture.height, decode: (request = {}) => viewPixels(picture, request) };
  }
  const bytes = await readSource(source, name);
  if (bytes.length === 0) throw new FaceNetError("IMAGE_EMPTY", { image: name });
  if (isHeic(bytes)) return openHeic(bytes, name, maxPixels);
  return openWithSharp(pictureIn(bytes, name), name, maxPixels);
}

/** @throws FaceNetError IMAGE_RAW_WITHOUT_PREVIEW */
function pictureIn(bytes: Uint8Array, image: string): EncodedPicture {
  const raw = readRaw(bytes);
  if (!raw) return largestOfTiff(bytes);
  if (!raw.preview) throw new FaceNetError("IMAGE_RAW_WITHOUT_PREVIEW", { image });
  return { ...raw.preview, orientation: raw.orientation };
}

/** Transparency mask, by its subfile type. */
const MASK = 4;

/** Some TIFF files begin with a thumbnail; of several images of equal size the first is used. */
function largestOfTiff(bytes: Uint8Array): EncodedPicture {
  const directories = readTiffDirectories(bytes);
  const [first] = directories;
  const pictures = directories.filter(({ width, value }) => width > 0 && ((value(tiffTags.subfileType) ?? 0) & MASK) === 0);
  const [largest] = pictures.toSorted((a, b) => b.width * b.height - a.width * a.height);
  if (!first || !largest || largest === first) return { bytes };
  const { page, subifd, value } = largest;
  const orientation = value(tiffTags.orientation) ?? first.value(tiffTags.orientation);
  return { bytes, place: { page, ...(subifd === undefined ? {} : { subifd }) }, orientation };
}
