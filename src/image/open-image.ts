/**
 * From a file, bytes or raw pixels to a photograph of known size, whose pixels are decoded as they are wanted. The only way in; every
 * failure names the image and the rule it breaks.
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
  /** Larger pictures are refused before they are decoded; width x height in full. Default 200 megapixels. */
  readonly maxPixels?: number | undefined;
};

/**
 * Reads the file once and its size from its header, upright by the orientation that the file states. Pixels are decoded by
 * {@link OpenImage.decode}, as often as they are wanted: small for finding faces, parts in more detail for cutting them out.
 *
 * A RAW file is its embedded preview: size and pixels are the preview's.
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

/** A mask of transparency, by its subfile type. */
const MASK = 4;

/** Some TIFF files begin with a thumbnail; of several pictures of one size the first is taken. */
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
