/**
 * The loops that every pair of a {@link Block} goes through, one for each kind of product so that the engine compiles each for one
 * kind of array: plain arithmetic and one branch a pair. A position is a distance counted in bins.
 */
import { type EmbeddingMatrix, rowsOf } from "../metric/embedding-matrix.ts";
import { BINS, BINS_A_UNIT, binOf } from "./distance-histogram.ts";
import type { Block } from "./product-blocks.ts";

/** How far from an edge, in bins, a distance must be to need no second look. */
export const MARGIN = { bytes: 1e-6, floats: 1e-6 * BINS_A_UNIT } as const;

/** What the products of rows and columns are divided by, or added to: see {@link scalesOf}. */
export type Scales = { readonly left: Float64Array; readonly right: Float64Array };

/** Of bytes 1 / length, of floats the square of the length. */
export function scalesOf(matrix: EmbeddingMatrix): Float64Array {
  const { rows, size, compared } = matrix;
  return Float64Array.from({ length: rowsOf(matrix) }, (_, row) => {
    let squares = 0;
    for (let i = row * size; i < (row + 1) * size; i++) squares += (rows[i] as number) ** 2;
    if (compared === "floats") return squares;
    if (squares === 0) throw new RangeError(`row ${row}: a code of zeros has no direction`);
    return 1 / Math.sqrt(squares);
  });
}

/** @param counts [BINS] grows by the pairs of the block; `exact` is asked where rounding could matter */
export function countProductsOfBytes(
  { top, start, columns, products }: Block<Int32Array>,
  { left, right }: Scales,
  counts: Uint32Array,
  exact: (i: number, j: number) => number,
): void {
  const margin = MARGIN.bytes;
  const rows = products.length / columns;
  for (let row = 0, at = 0; row < rows; row++) {
    const own = 2 * BINS_A_UNIT * (left[top + row] as number);
    for (let column = 0; column < columns; column++, at++) {
      const position = 2 * BINS_A_UNIT - (products[at] as number) * (own * (right[start + column] as number));
      const below = position | 0;
      const fraction = position - below;
      if (fraction > margin && fraction < 1 - margin) counts[below + 1] = (counts[below + 1] as number) + 1;
      else countOne(counts, binOf(exact(top + row, start + column)));
    }
  }
}

/** @param counts [BINS] grows by the pairs of the block; `exact` is asked where rounding could matter */
export function countProductsOfFloats(
  { top, start, columns, products }: Block<Float32Array>,
  { left, right }: Scales,
  counts: Uint32Array,
  exact: (i: number, j: number) => number,
): void {
  const margin = MARGIN.floats;
  const rows = products.length / columns;
  for (let row = 0, at = 0; row < rows; row++) {
    const own = left[top + row] as number;
    for (let column = 0; column < columns; column++, at++) {
      const position = BINS_A_UNIT * (own + (right[start + column] as number) - 2 * (products[at] as number));
      const below = position | 0;
      const fraction = position - below;
      if (fraction > margin && fraction < 1 - margin && below < BINS - 1) counts[below + 1] = (counts[below + 1] as number) + 1;
      else countOne(counts, binOf(exact(top + row, start + column)));
    }
  }
}

function countOne(counts: Uint32Array, bin: number): void {
  counts[bin] = (counts[bin] as number) + 1;
}

/** @param found called with every pair that may be within the limit, in bins */
export function closeProductsOfBytes(
  { top, start, columns, products }: Block<Int32Array>,
  scales: Float64Array,
  limit: number,
  found: (i: number, j: number) => void,
): void {
  for (let row = 0, at = 0; at < products.length; row++) {
    const own = 2 * BINS_A_UNIT * (scales[top + row] as number);
    for (let column = 0; column < columns; column++, at++) {
      const position = 2 * BINS_A_UNIT - (products[at] as number) * (own * (scales[start + column] as number));
      if (position <= limit) found(top + row, start + column);
    }
  }
}

/** @param found called with every pair that may be within the limit, in bins */
export function closeProductsOfFloats(
  { top, start, columns, products }: Block<Float32Array>,
  scales: Float64Array,
  limit: number,
  found: (i: number, j: number) => void,
): void {
  for (let row = 0, at = 0; at < products.length; row++) {
    const own = scales[top + row] as number;
    for (let column = 0; column < columns; column++, at++) {
      const position = BINS_A_UNIT * (own + (scales[start + column] as number) - 2 * (products[at] as number));
      if (position <= limit) found(top + row, start + column);
    }
  }
}
