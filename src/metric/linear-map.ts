/**
 * Linear map from the embeddings of one model to those of another, by ridge regression on faces embedded by both:
 * W minimises |W [x, 1] - y|^2 + lambda |W|^2 (Hoerl and Kennard 1970), solved by Cholesky decomposition. Mapped
 * embeddings are scaled
 * to unit length.
 */
import { normalize, squaredL2 } from "./distance.ts";

/** Affine map between embedding spaces: [size, inputs + 1] row-major, the last column is the offset. */
export type LinearMap = { readonly inputs: number; readonly size: number; readonly weights: Float64Array };

/** Embeddings of one face by both models. */
export type EmbeddingPair = {
  readonly from: Float32Array;
  readonly to: Float32Array;
  /** Group, such as the person: its faces are kept together in the split that chooses lambda. */
  readonly group: number;
};

/** Ridge factors, relative to the mean square of an input. */
const RIDGES = [1e-4, 1e-3, 1e-2, 1e-1, 1];
/** Share of the groups used to choose lambda. */
const CHOSEN_ON = 0.2;

/**
 * Fits a linear map. The ridge factor is the one with the smallest mean squared distance on a fifth of the groups.
 *
 * @param pairs embeddings of unit length
 * @throws RangeError for fewer than two groups
 * @example
 * import { applyLinearMap, fitLinearMap } from "facenet128/metric";
 * const quarterTurn = [0, 1, 2, 3].map((group) => {
 *   const [x, y] = [Math.cos(group), Math.sin(group)];
 *   return { from: Float32Array.of(x, y), to: Float32Array.of(-y, x), group };
 * });
 * const mapped = applyLinearMap(fitLinearMap(quarterTurn), Float32Array.of(1, 0));
 * console.log(mapped[1]?.toFixed(2)); // 1.00
 */
export function fitLinearMap(pairs: readonly EmbeddingPair[]): LinearMap {
  const groups = [...new Set(pairs.map(({ group }) => group))];
  if (groups.length < 2) throw new RangeError(`a linear map needs two or more groups of faces, got ${groups.length}`);
  const apart = new Set(groups.filter((_, i) => i % Math.round(1 / CHOSEN_ON) === 1));
  const fitted = normalEquations(pairs.filter(({ group }) => !apart.has(group)));
  const judged = pairs.filter(({ group }) => apart.has(group));
  const costs = RIDGES.map((ridge) => meanDistance(solve(fitted, ridge), judged));
  const best = RIDGES[costs.indexOf(Math.min(...costs))] as number;
  return solve(normalEquations(pairs), best);
}

/**
 * Maps an embedding to the other model's space and scales it to unit length.
 *
 * @param vector embedding of the source model
 * @example
 * const map = { inputs: 2, size: 2, weights: Float64Array.of(0, -1, 0, 1, 0, 0) };
 * console.log(Array.from(applyLinearMap(map, Float32Array.of(0, 1)))); // [-1, 0]
 */
export function applyLinearMap({ inputs, size, weights }: LinearMap, vector: ArrayLike<number>): Float32Array {
  const mapped = new Float32Array(size);
  for (let o = 0, at = 0; o < size; o++) {
    let sum = 0;
    for (let i = 0; i < inputs; i++, at++) sum += (weights[at] as number) * (vector[i] as number);
    mapped[o] = sum + (weights[at++] as number);
  }
  return normalize(mapped);
}

/** Mean squared L2 distance between mapped embeddings and those of the target model. */
export function meanDistance(map: LinearMap, pairs: readonly EmbeddingPair[]): number {
  return pairs.reduce((sum, { from, to }) => sum + squaredL2(applyLinearMap(map, from), to), 0) / pairs.length;
}

/** X'X [inputs + 1, inputs + 1] and X'Y [inputs + 1, size], X with a column of ones. */
type NormalEquations = {
  readonly inputs: number;
  readonly size: number;
  readonly gram: Float64Array;
  readonly products: Float64Array;
};

function normalEquations(pairs: readonly EmbeddingPair[]): NormalEquations {
  const inputs = pairs[0]?.from.length ?? 0;
  const size = pairs[0]?.to.length ?? 0;
  const columns = inputs + 1;
  const gram = new Float64Array(columns * columns);
  const products = new Float64Array(columns * size);
  const row = new Float64Array(columns).fill(1);
  for (const { from, to } of pairs) {
    row.set(from);
    for (let i = 0; i < columns; i++) {
      const value = row[i] as number;
      for (let j = 0; j <= i; j++) gram[i * columns + j] = (gram[i * columns + j] as number) + value * (row[j] as number);
      for (let o = 0; o < size; o++) products[i * size + o] = (products[i * size + o] as number) + value * (to[o] as number);
    }
  }
  return { inputs, size, gram, products };
}

/** Solves (X'X + lambda) W' = X'Y; the offset is not regularised. */
function solve({ inputs, size, gram, products }: NormalEquations, ridge: number): LinearMap {
  const columns = inputs + 1;
  let trace = 0;
  for (let i = 0; i < inputs; i++) trace += gram[i * columns + i] as number;
  const lower = gram.slice();
  for (let i = 0; i < inputs; i++) lower[i * columns + i] = (lower[i * columns + i] as number) + (ridge * trace) / inputs;
  decompose(lower, columns);
  const solution = products.slice();
  for (let i = 0; i < columns; i++)
    substitute(solution, size, i, 0, i, (k) => lower[i * columns + k] as number, lower[i * columns + i]);
  for (let i = columns - 1; i >= 0; i--)
    substitute(solution, size, i, i + 1, columns, (k) => lower[k * columns + i] as number, lower[i * columns + i]);
  const weights = new Float64Array(size * columns);
  for (let i = 0; i < columns; i++) for (let o = 0; o < size; o++) weights[o * columns + i] = solution[i * size + o] as number;
  return { inputs, size, weights };
}

/**
 * Cholesky decomposition in place: the lower triangle of a symmetric positive definite matrix becomes L, with L L'
 * equal to it.
 */
function decompose(lower: Float64Array, n: number): void {
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = lower[i * n + j] as number;
      for (let k = 0; k < j; k++) sum -= (lower[i * n + k] as number) * (lower[j * n + k] as number);
      lower[i * n + j] = i === j ? Math.sqrt(Math.max(sum, Number.MIN_VALUE)) : sum / (lower[j * n + j] as number);
    }
}

/** Row i of a triangular solve: (row - factors x rows `from` to before `to`) / pivot. */
function substitute(
  rows: Float64Array,
  size: number,
  i: number,
  from: number,
  to: number,
  factor: (k: number) => number,
  pivot = 1,
): void {
  for (let k = from; k < to; k++) {
    const share = factor(k);
    for (let o = 0; o < size; o++) rows[i * size + o] = (rows[i * size + o] as number) - share * (rows[k * size + o] as number);
  }
  for (let o = 0; o < size; o++) rows[i * size + o] = (rows[i * size + o] as number) / pivot;
}
