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
  /**
   * Size of the whole photograph at a scale, and pixels to sample it from. Where that is smaller they are of this size: sampled in a
   * tenth of the time.
   */
  resized(scale: number): Promise<Size & { readonly pixels: Pixels }>;
};

type Held = { readonly scale: number; readonly view: Promise<ImageView>; pixels?: Promise<Pixels> };

/** Asking for at most this much more detail than is held already does not pay for decoding again. */
const WORTH_DECODING = 1.1;

/** Decodes at the detail that is asked for, and again only when more is asked for later. */
export function createPhotograph(image: OpenImage): Photograph {
  const { width, height } = image;
  const longerSide = Math.max(width, height);
  const held: Held[] = [];
  /** The least detail that does: what is asked for gives the same pixels, whatever was looked at before. */
  const atLeast = (wanted: number): Held => {
    const scale = Math.min(1, wanted);
    const known = held.filter((one) => scale <= WORTH_DECODING * one.scale).sort((a, b) => a.scale - b.scale)[0];
    if (known) return known;
    const view = image.decode(scale < 1 ? { longerSide: Math.ceil(scale * longerSide) } : {});
    const made = { scale, view };
    held.push(made);
    return made;
  };
  /** Made when asked for: of a file that cannot be decoded, a promise that nobody awaits would end the thread. */
  const pixelsAt = (one: Held): Promise<Pixels> => {
    one.pixels ??= one.view.then((view) => pixelsOf(view, view.region));
    return one.pixels;
  };
  return {
    width,
    height,
    pixels: (scale) => pixelsAt(atLeast(scale)),
    async resized(scale) {
      const size = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
      const source = atLeast(scale);
      const view = await source.view;
      const isSmaller = size.width < view.width;
      const pixels = isSmaller ? pixelsOf(await reducedPixels(view, size), view.region) : await pixelsAt(source);
      return { ...size, pixels };
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
