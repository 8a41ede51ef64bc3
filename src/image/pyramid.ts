/**
 * Image pyramid: half, quarter, eighth … of the size, each level computed on first use. Sampling
 * at a smaller scale uses the level just above, so that the work is bounded by the result's size and fine
 * detail does not alias.
 */
import type { RgbImage } from "../schemas/image-source.ts";

export type Pyramid = {
  /** The image itself, level 0. */
  readonly image: RgbImage;
  /** Level `index`: sides halved `index` times, rounded up. */
  level(index: number): RgbImage;
};

export function createPyramid(image: RgbImage): Pyramid {
  const levels = [image];
  const level = (index: number): RgbImage => {
    const known = levels[index];
    if (known) return known;
    const made = halved(level(index - 1));
    levels[index] = made;
    return made;
  };
  return { image, level };
}

/** Means of 2 x 2 pixels; at an odd edge the last row or column is repeated. */
export function halved({ data, width, height }: RgbImage): RgbImage {
  const w = (width + 1) >> 1;
  const h = (height + 1) >> 1;
  const out = new Uint8Array(w * h * 3);
  const whole = width >> 1;
  for (let y = 0, at = 0; y < h; y++) {
    let p = 2 * y * width * 3;
    let q = 2 * y + 1 < height ? p + width * 3 : p;
    for (let x = 0; x < whole; x++, p += 6, q += 6, at += 3) {
      out[at] = ((data[p] as number) + (data[p + 3] as number) + (data[q] as number) + (data[q + 3] as number) + 2) >> 2;
      out[at + 1] =
        ((data[p + 1] as number) + (data[p + 4] as number) + (data[q + 1] as number) + (data[q + 4] as number) + 2) >> 2;
      out[at + 2] =
        ((data[p + 2] as number) + (data[p + 5] as number) + (data[q + 2] as number) + (data[q + 5] as number) + 2) >> 2;
    }
    if (whole < w) {
      for (let c = 0; c < 3; c++) out[at + c] = ((data[p + c] as number) + (data[q + c] as number) + 1) >> 1;
      at += 3;
    }
  }
  return { data: out, width: w, height: h };
}
