/** The directions in which vectors spread most, about the origin: what is kept when dimensions are left out. */

/** Enough for directions whose spreads differ by a tenth; nearer ones may come out mixed, which loses nothing. */
const ROUNDS = 40;

/**
 * The leading eigenvectors of X'X by orthogonal iteration (Golub and Van Loan, Matrix Computations, section 8.2.4), not about the
 * mean: embeddings are compared by angle.
 *
 * @param vectors [n, size]
 * @param random uniform from 0 to below 1, for where to begin
 * @returns [count, size], orthonormal rows, the widest spread first
 * @throws RangeError for more directions than dimensions
 */
export function principalDirections(vectors: Float32Array, size: number, count: number, random: () => number): Float32Array {
  if (count > size) throw new RangeError(`principal directions: ${count} of ${size} dimensions`);
  const gram = gramMatrix(vectors, size);
  let rows: Float64Array[] = Array.from({ length: count }, () => Float64Array.from({ length: size }, () => random() - 0.5));
  orthonormalise(rows);
  for (let round = 0; round < ROUNDS; round++) {
    rows = rows.map((row) => multiplied(gram, row));
    orthonormalise(rows);
  }
  const out = new Float32Array(count * size);
  for (const [i, row] of rows.entries()) out.set(row, i * size);
  return out;
}

/** [size, size] sums of products. */
function gramMatrix(vectors: Float32Array, size: number): Float64Array {
  const gram = new Float64Array(size * size);
  for (let start = 0; start < vectors.length; start += size) {
    for (let i = 0; i < size; i++) {
      const value = vectors[start + i] as number;
      for (let j = 0; j <= i; j++) gram[i * size + j] = (gram[i * size + j] as number) + value * (vectors[start + j] as number);
    }
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) gram[j * size + i] = gram[i * size + j] as number;
  return gram;
}

function multiplied(matrix: Float64Array, vector: Float64Array): Float64Array {
  const size = vector.length;
  return vector.map((_, i) => {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += (matrix[i * size + j] as number) * (vector[j] as number);
    return sum;
  });
}

/** Gram and Schmidt, twice for rounding, in place. */
function orthonormalise(rows: readonly Float64Array[]): void {
  for (const [i, row] of rows.entries()) {
    for (let pass = 0; pass < 2; pass++) {
      for (const before of rows.slice(0, i)) {
        const along = dot(row, before);
        for (let k = 0; k < row.length; k++) row[k] = (row[k] as number) - along * (before[k] as number);
      }
    }
    const length = Math.sqrt(dot(row, row)) || 1;
    for (let k = 0; k < row.length; k++) row[k] = (row[k] as number) / length;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] as number) * (b[k] as number);
  return sum;
}
