/** Decodes a photograph in one call, for callers that need a single image. Otherwise use {@link openImage}. */
import type { ImageSource, RgbImage } from "../schemas/image-source.ts";
import { type OpenOptions, openImage } from "./open-image.ts";

export type DecodeOptions = OpenOptions & {
  /** Divides the sides by this factor, 1 or more, if a small image is enough. Default 1. The result states its own size. */
  readonly shrink?: number | undefined;
};

/**
 * Decodes the first frame, turned upright by its EXIF orientation, in sRGB, transparency over white.
 *
 * @throws FaceNetError like {@link openImage} and its `decode`
 */
export async function decodeImage(source: ImageSource, { shrink = 1, maxPixels }: DecodeOptions = {}): Promise<RgbImage> {
  const image = await openImage(source, { maxPixels });
  const { data, width, height } = await image.decode(
    shrink > 1 ? { longerSide: Math.ceil(Math.max(image.width, image.height) / shrink) } : {},
  );
  return { data, width, height };
}
