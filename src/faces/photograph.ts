/** A photograph for the stages of the pipeline: its size, and pixels in as much detail as a stage needs. */
import type { Pyramid } from "../image/pyramid.ts";
import { type Affine, type WarpTarget, warp } from "../image/warp.ts";

/** Pixels of a photograph, addressed in pixels of the full upright picture. */
export type Pixels = {
  /** As `warp` of image/, with a transform to pixels of the full picture. */
  warp(toFull: Affine, target: WarpTarget): void;
};

export type Photograph = {
  /** Of the full upright picture. */
  readonly width: number;
  readonly height: number;
  /** Pixels with at least `scale` of the full picture's detail; 1 is all of it. */
  pixels(scale: number): Promise<Pixels>;
};

/** A photograph that is decoded in full. */
export function photographOf(pyramid: Pyramid): Photograph {
  const { width, height } = pyramid.image;
  const pixels: Pixels = { warp: (toFull, target) => warp(pyramid, toFull, target) };
  return { width, height, pixels: async () => pixels };
}
