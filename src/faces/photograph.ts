/**
 * Photograph as the stages of the pipeline use it: its size, and pixels at the resolution a stage needs. Detection uses
 * a reduced image; only faces that are small in it cause a second decoding at higher resolution.
 */
import type { ImageView, OpenImage } from "../image/image-view.ts";
import type { Size } from "../image/orientation.ts";
import { createPyramid } from "../image/pyramid.ts";
import { reducedPixels } from "../image/rgb-pixels.ts";
import { type Affine, type WarpTarget, warp } from "../image/warp.ts";
import type { Box } from "../schemas/face.ts";
import type { RgbImage } from "../schemas/image-source.ts";

/** Pixels of a photograph, addressed in pixels of the full upright image. */
export type Pixels = {
  /** Like `warp` of image/, with a transform to pixels of the full image. */
  warp(toFull: Affine, target: WarpTarget): void;
};

export type Photograph = {
  /** Size of the full upright image. */
  readonly width: number;
  readonly height: number;
  /** Pixels with at least `scale` of the full resolution; all of it from 1. */
  pixels(scale: number): Promise<Pixels>;
  /**
   * Size of the whole photograph at a scale, and pixels to sample it from. If that size is smaller, the pixels have it
   * already and
   * sampling takes a tenth of the time.
   */
  resized(scale: number): Promise<Size & { readonly pixels: Pixels }>;
};

type Held = { readonly scale: number; readonly view: Promise<ImageView>; pixels?: Promise<Pixels> };

/** A request for at most this much more resolution than is decoded does not cause another decoding. */
const WORTH_DECODING = 1.1;

/** Decodes at the requested resolution, and again only when a later stage needs more. */
export function createPhotograph(image: OpenImage): Photograph {
  const { width, height } = image;
  const longerSide = Math.max(width, height);
  const held: Held[] = [];
  /** Lower bound of the resolution: requests below it give the same pixels, whatever was requested before. */
  const atLeast = (wanted: number): Held => {
    const scale = Math.min(1, wanted);
    const known = held.filter((one) => scale <= WORTH_DECODING * one.scale).sort((a, b) => a.scale - b.scale)[0];
    if (known) return known;
    const view = image.decode(scale < 1 ? { longerSide: Math.ceil(scale * longerSide) } : {});
    const made = { scale, view };
    held.push(made);
    return made;
  };
  /** Created on demand: for a file that cannot be decoded, a rejected promise that nobody awaits would end the thread. */
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

/** Pixels of an image in memory. @param shown the part of the full image they cover, in its pixels */
export function pixelsOf(image: RgbImage, shown: Box = { x: 0, y: 0, width: image.width, height: image.height }): Pixels {
  const pyramid = createPyramid(image);
  const [across, down] = [image.width / shown.width, image.height / shown.height];
  return {
    warp: ([a, b, c, d, e, f], target) => {
      warp(pyramid, [a * across, b * across, (c - shown.x) * across, d * down, e * down, (f - shown.y) * down], target);
    },
  };
}
