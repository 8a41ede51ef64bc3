/**
 * Distances between embeddings: squared L2 of unit vectors, 0 for equal directions, 2 for orthogonal and 4 for
 * opposite ones (FaceNet, figure 1).
 */
import type { ProbabilityCurve } from "../schemas/threshold.ts";

/**
 * Squared L2 distance: the sum of squared differences; for unit vectors 0 (same direction) to 4 (opposite).
 *
 * @throws RangeError for vectors of different lengths
 * @example
 * import { squaredL2 } from "facenet128/metric";
 * console.log(squaredL2([1, 0], [0, 1])); // 2
 */
export function squaredL2(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new RangeError(`distance: vectors of ${a.length} and ${b.length} dimensions`);
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    sum += difference * difference;
  }
  return sum;
}

/**
 * Distance of two byte codes: 2 - 2 cos of the angle between them, 0 to 4. Rounding changes a code's length slightly, so
 * this is the
 * squared L2 distance of the codes scaled to unit length.
 *
 * @throws RangeError for codes of different lengths, or a zero code
 * @example
 * import { codeDistance } from "facenet128/metric";
 * console.log(codeDistance(Int8Array.of(100, 0), Int8Array.of(0, 90))); // 2
 */
export function codeDistance(a: Int8Array, b: Int8Array): number {
  if (a.length !== b.length) throw new RangeError(`distance: codes of ${a.length} and ${b.length} dimensions`);
  let dot = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  if (aa === 0 || bb === 0) throw new RangeError("distance: a code of zeros has no direction");
  return Math.min(4, Math.max(0, 2 - (2 * dot) / Math.sqrt(aa * bb)));
}

/**
 * Scales a vector to unit length, in place.
 *
 * @throws RangeError for a zero vector, or one that is not finite
 * @example
 * import { normalize } from "facenet128/metric";
 * console.log(normalize(Float32Array.of(0, 3))[1]); // 1
 */
export function normalize(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const length = Math.sqrt(sum);
  if (!(length > 0) || !Number.isFinite(length))
    throw new RangeError(`a vector of length ${length} cannot be scaled to length 1`);
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) / length;
  return vector;
}

/** Embeddings, concatenated: `[n, size]`. */
export type Vectors = Float32Array | Float64Array;

/**
 * Squared L2 distances of all pairs of vectors.
 *
 * @param vectors [n, size], not necessarily of unit length
 * @returns [n, n], symmetric, zeros on the diagonal
 * @throws RangeError if the number of values is not a multiple of `size`
 * @example
 * import { distanceMatrix } from "facenet128/metric";
 * console.log(Array.from(distanceMatrix(Float32Array.of(1, 0, 0, 1), 2))); // [0, 2, 2, 0]
 */
export function distanceMatrix(vectors: Vectors, size: number): Float32Array {
  const n = vectorCount(vectors, size);
  const x = Float64Array.from(vectors);
  const out = new Float32Array(n * n);
  const lengths = new Float64Array(n);
  for (let i = 0; i < n; i++) lengths[i] = dot(x, i * size, i * size, size);
  const set = (i: number, j: number, product: number): void => {
    const distance = Math.max(0, (lengths[i] as number) + (lengths[j] as number) - 2 * product);
    out[i * n + j] = distance;
    out[j * n + i] = distance;
  };
  for (let i = 0; i < n; i++) {
    const a = i * size;
    let j = 0;
    for (; j + 4 <= i; j += 4) {
      const b = j * size;
      const c = b + size;
      const d = c + size;
      const e = d + size;
      let [p, q, r, s] = [0, 0, 0, 0];
      for (let k = 0; k < size; k++) {
        const value = x[a + k] as number;
        p += value * (x[b + k] as number);
        q += value * (x[c + k] as number);
        r += value * (x[d + k] as number);
        s += value * (x[e + k] as number);
      }
      set(i, j, p);
      set(i, j + 1, q);
      set(i, j + 2, r);
      set(i, j + 3, s);
    }
    for (; j < i; j++) set(i, j, dot(x, a, j * size, size));
  }
  return out;
}

/** Number of vectors. @throws RangeError if the number of values is not a multiple of `size` */
export function vectorCount(vectors: ArrayLike<number>, size: number): number {
  const n = vectors.length / size;
  if (!Number.isInteger(n)) throw new RangeError(`vectors: ${vectors.length} values do not make vectors of ${size} dimensions`);
  return n;
}

function dot(x: Float64Array, a: number, b: number, size: number): number {
  let sum = 0;
  for (let k = 0; k < size; k++) sum += (x[a + k] as number) * (x[b + k] as number);
  return sum;
}

export type BatchSpread = {
  /** Mean squared L2 over the genuine pairs; null without such pairs. */
  readonly positiveDistance: number | null;
  /** Mean squared L2 over the impostor pairs; null without such pairs. */
  readonly negativeDistance: number | null;
};

/**
 * @param distances [n, n]
 * @param labels [n]
 */
export function batchSpread(distances: Float32Array, labels: ArrayLike<number>): BatchSpread {
  const n = labels.length;
  let [near, far, same, different] = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const distance = distances[i * n + j] as number;
      if (labels[i] === labels[j]) {
        near += distance;
        same++;
      } else {
        far += distance;
        different++;
      }
    }
  }
  return {
    positiveDistance: same === 0 ? null : near / same,
    negativeDistance: different === 0 ? null : far / different,
  };
}

/** P(same person | distance), 0 to 1, for equal priors. */
export function probabilityAt(curve: ProbabilityCurve, distance: number): number {
  if ("slope" in curve) return 1 / (1 + Math.exp(curve.slope * (distance - curve.midpoint)));
  const { points } = curve;
  const above = points.findIndex((point) => point.distance >= distance);
  const [low, high] = [points[above - 1], points[above]];
  if (!high) return (points.at(-1) as { probability: number }).probability;
  if (!low) return high.probability;
  const share = (distance - low.distance) / (high.distance - low.distance);
  return low.probability + share * (high.probability - low.probability);
}
