/** Size limits of photographs: checked before any pixel is decoded, because a few kilobytes may declare gigabytes. */
import { FaceNetError } from "../errors.ts";
import type { Size } from "./orientation.ts";

/** Enough for the largest phone sensors (200 megapixels); a decoded pixel takes 3 bytes. */
export const DEFAULT_MAX_PIXELS = 200_000_000;

/**
 * JPEG cannot encode a longer side. Buffers of decoders and of the detector's scales grow with each side, not only with
 * the product:
 * a PNG of 60,000,000 x 1 pixels took 2.4 GB.
 */
export const MAX_SIDE = 65_535;

/** @throws FaceNetError IMAGE_SIDE_TOO_LONG, IMAGE_TOO_LARGE */
export function requireWithinLimits(image: string, { width, height }: Size, maxPixels: number): void {
  if (Math.max(width, height) > MAX_SIDE)
    throw new FaceNetError("IMAGE_SIDE_TOO_LONG", { image, width, height, maxSide: MAX_SIDE });
  if (width * height > maxPixels) throw new FaceNetError("IMAGE_TOO_LARGE", { image, width, height, maxPixels });
}
