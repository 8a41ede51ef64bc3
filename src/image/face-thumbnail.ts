/** Thumbnail of a face. */
import type { Box } from "../schemas/face.ts";
import type { RgbImage } from "../schemas/image-source.ts";
import { loadSharp } from "./load-sharp.ts";

export type ThumbnailOptions = {
  /** Side of the square, pixels. Smaller faces are not enlarged. */
  readonly sidePx: number;
  /** Margin around the box on each side, as a share of its longer side. Default 0.3. */
  readonly margin?: number;
  /** JPEG, 1 to 100. Default 78. */
  readonly quality?: number;
};

/**
 * A square JPEG without metadata, centred on the box and moved inwards if it would leave the photograph.
 *
 * @param box in pixels of the photograph; null: the largest square at its centre
 */
export async function faceThumbnail(
  { data, width, height }: RgbImage,
  box: Box | null,
  { sidePx, margin = 0.3, quality = 78 }: ThumbnailOptions,
): Promise<Uint8Array> {
  const around = box ?? { x: 0, y: 0, width, height };
  const wanted = box ? Math.max(box.width, box.height) * (1 + 2 * margin) : Math.min(width, height);
  const side = Math.max(1, Math.min(Math.round(wanted), width, height));
  const within = (middle: number, length: number) => Math.round(Math.min(Math.max(middle - side / 2, 0), length - side));
  return loadSharp()(data, { raw: { width, height, channels: 3 } })
    .extract({
      left: within(around.x + around.width / 2, width),
      top: within(around.y + around.height / 2, height),
      width: side,
      height: side,
    })
    .resize({ width: sidePx, height: sidePx, withoutEnlargement: true })
    .jpeg({ quality, mozjpeg: true })
    .toBuffer();
}
