/**
 * Distances between embeddings. Throughout, distance means the squared L2 distance of unit-length vectors:
 * 0 for the same direction, 2 at a right angle, 4 for the opposite (FaceNet, figure 1).
 */

/** Sum of squared differences. Both vectors have the same length. */
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
 * The distance between two byte codes: 2 - 2 cos of the angle between them. Rounding changes a code's length a
 * little; only its direction means anything, so this is the squared L2 distance of the codes scaled to length 1.
 *
 * @throws RangeError for a code of zeros
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

/** Scales a vector to length 1, in place. @throws RangeError for a vector of zeros or one that is not finite. */
export function normalize(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const length = Math.sqrt(sum);
  if (!(length > 0) || !Number.isFinite(length))
    throw new RangeError(`a vector of length ${length} cannot be scaled to length 1`);
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) / length;
  return vector;
}
