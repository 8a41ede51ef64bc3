/**
 * A photograph for the stages of the pipeline: its size, and pixels in as much detail as a stage needs. Detection looks at
 * a reduced picture; only faces that are small in it call for a second decoding in more detail.
 */
import type { ImageView, OpenImage } from "../image/image-view.ts";
import type { Size } from "../image/orientation.ts";
import { createPyramid } from "../image/pyramid.ts";
import { reducedPixels } from "../image/rgb-pixels.ts";
import { type Affine, type WarpTarget, warp } from "../image/warp.ts";
import type { Box } from "../schemas/face.ts";
import type { RgbImage } from "../schemas/image-source.ts";

/** Pixels of a photograph, addressed in pixels of the full upright picture. */
export type Pixels = {
  /** As `warp` of image/, with a transform to pixels of the full picture. */
  warp(toFull: Affine, target: WarpTarget): void;
};

export type Photograph = {
  /** Of the full upright picture. */
  readonly width: number;
  readonly height: number;
  /** Pixels with at least `scale` of the full picture's detail; from 1 on all of it. */
  pixels(scale: number): Promise<Pixels>;
  /** Pixels to sample the whole photograph at this size from. Where it is smaller they are of this size: sampled in a tenth of the time. */
  resized(size: Size): Promise<Pixels>;
};

/** Asking for at most this much more detail than is held already does not pay for decoding again. */
const WORTH_DECODING = 1.1;

/** Decodes at the detail that is asked for, and again only when more is asked for later. */
export function createPhotograph(image: OpenImage): Photograph {
  const { width, height } = image;
  const longerSide = Math.max(width, height);
  let held: { readonly scale: number; readonly view: Promise<ImageView>; readonly pixels: Promise<Pixels> } | undefined;
  const atLeast = (wanted: number) => {
    const scale = Math.min(1, wanted);
    if (!held || scale > WORTH_DECODING * held.scale) {
      const view = image.decode(scale < 1 ? { longerSide: Math.ceil(scale * longerSide) } : {});
      held = { scale, view, pixels: view.then((decoded) => pixelsOf(decoded, decoded.region)) };
    }
    return held;
  };
  return {
    width,
    height,
    pixels: (scale) => atLeast(scale).pixels,
    async resized(size) {
      const held = atLeast(Math.max(size.width / width, size.height / height));
      const view = await held.view;
      return size.width < view.width ? pixelsOf(await reducedPixels(view, size), view.region) : held.pixels;
    },
  };
}

/** Pixels of a picture in memory. @param shown the part of the full picture that it shows, in the full picture's pixels */
export function pixelsOf(image: RgbImage, shown: Box = { x: 0, y: 0, width: image.width, height: image.height }): Pixels {
  const pyramid = createPyramid(image);
  const [across, down] = [image.width / shown.width, image.height / shown.height];
  return {
    warp: ([a, b, c, d, e, f], target) => {
      warp(pyramid, [a * across, b * across, (c - shown.x) * across, d * down, e * down, (f - shown.y) * down], target);
    },
  };
}
