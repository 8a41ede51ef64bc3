/** A photograph decoded at once: what needs one picture of it and no more. {@link openImage} is for all else. */
import type { ImageSource, RgbImage } from "../schemas/image-source.ts";
import { type OpenOptions, openImage } from "./open-image.ts";

export type DecodeOptions = OpenOptions & {
  /** Sides may be divided by so much, for pictures that are wanted small. From 1, the default. The result tells its own size. */
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
