/**
 * The eight orientations of EXIF (tag 0x0112): how the upright picture lies in the file. Stored pixels are turned by sharp;
 * here is what that does to places in them.
 */
import type { Sharp } from "sharp";
import type { Box } from "../schemas/face.ts";

export type Size = { readonly width: number; readonly height: number };

/** Does the upright picture have the stored one's width as its height? */
export function swapsSides(orientation: number): boolean {
  return orientation >= 5 && orientation <= 8;
}

/** The upright size of a stored picture, or the other way round. */
export function turnedSize({ width, height }: Size, orientation: number): Size {
  return swapsSides(orientation) ? { width: height, height: width } : { width, height };
}

/** A box in the stored picture of the given size, as it lies in the upright one. Of parts of the picture the size is 1 x 1. */
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

/** A box in the upright picture of the given size, as it lies in the stored one. */
export function toStored(box: Box, orientation: number, upright: Size): Box {
  // A quarter turn is undone by the opposite one, every other orientation by itself.
  const inverse = orientation === 6 ? 8 : orientation === 8 ? 6 : orientation;
  return toUpright(box, inverse, upright);
}

/** Turns stored pixels upright, after whatever resizes or cuts them. Sharp mirrors first and turns then. */
export function turnUpright(pixels: Sharp, orientation: number): Sharp {
  const angle = [0, 0, 0, 180, 180, 270, 90, 90, 270][orientation] ?? 0;
  const mirrored = [2, 4, 5, 7].includes(orientation) ? pixels.flop() : pixels;
  return angle === 0 ? mirrored : mirrored.rotate(angle);
}
