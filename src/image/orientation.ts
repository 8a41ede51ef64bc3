/**
 * The eight EXIF orientations (tag 0x0112): how the upright image is stored. sharp rotates the pixels;
 * this module converts coordinates.
 */
import type { Sharp } from "sharp";
import type { Box } from "../schemas/face.ts";

export type Size = { readonly width: number; readonly height: number };

/** Whether the orientation swaps width and height. */
export function swapsSides(orientation: number): boolean {
  return orientation >= 5 && orientation <= 8;
}

/** Upright size of a stored image, or the inverse. */
export function turnedSize({ width, height }: Size, orientation: number): Size {
  return swapsSides(orientation) ? { width: height, height: width } : { width, height };
}

/** Maps a box in a stored image of the given size to the upright image. For relative coordinates the size is 1 x 1. */
export function toUpright({ x, y, width, height }: Box, orientation: number, stored: Size): Box {
  const right = stored.width - x - width;
  const below = stored.height - y - height;
  const turned = { width: height, height: width };
  switch (orientation) {
    case 2:
      return { x: right, y, width, height };
    case 3:
      return { x: right, y: below, width, height };
    case 4:
      return { x, y: below, width, height };
    case 5:
      return { x: y, y: x, ...turned };
    case 6:
      return { x: below, y: x, ...turned };
    case 7:
      return { x: below, y: right, ...turned };
    case 8:
      return { x: y, y: right, ...turned };
    default:
      return { x, y, width, height };
  }
}

/** Maps a box in an upright image of the given size to the stored image. */
export function toStored(box: Box, orientation: number, upright: Size): Box {
  // A quarter turn is inverted by the opposite one, every other orientation by itself.
  const inverse = orientation === 6 ? 8 : orientation === 8 ? 6 : orientation;
  return toUpright(box, inverse, upright);
}

/** Rotates stored pixels upright, after resizing and cropping. sharp mirrors before it rotates. */
export function turnUpright(pixels: Sharp, orientation: number): Sharp {
  const angle = [0, 0, 0, 180, 180, 270, 90, 90, 270][orientation] ?? 0;
  const mirrored = [2, 4, 5, 7].includes(orientation) ? pixels.flop() : pixels;
  return angle === 0 ? mirrored : mirrored.rotate(angle);
}
