/**
 * All squared L2 distances within a batch: what miners look at. By ||a||^2 + ||b||^2 - 2 a.b, four columns at a time, so
 * that a row's value is loaded once for four products: 1,800 embeddings of 128 dimensions take about 0.15 s on one core.
 */

/** Embeddings, one after another: `[n, size]`. */
export type Vectors = Float32Array | Float64Array;

/**
 * @param vectors [n, size], of any length
 * @returns [n, n], symmetric, zeros on the diagonal
 * @throws RangeError when the values do not make whole vectors
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

/** How many vectors these are. @throws RangeError when the values do not make whole vectors */
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
