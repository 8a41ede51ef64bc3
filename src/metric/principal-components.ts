/**
 * Principal components about the origin, by orthogonal iteration (Golub and Van Loan, Matrix Computations, section 8.2.4).
 * The mean is not subtracted: embeddings are compared by angle.
 */
import { seededRandom } from "./seeded-random.ts";

/**
 * Enough for eigenvalues that differ by a tenth. Closer ones may be mixed within their common plane, which loses no
 * information.
 */
const ROUNDS = 40;

/**
 * Principal components about the origin: directions of the largest second moments.
 *
 * @param vectors n vectors of one size
 * @param count number of directions, at most the size
 * @param random uniform, 0 to below 1, for the initial basis
 * @returns [count, size] orthonormal, largest eigenvalue first
 * @throws RangeError for more directions than dimensions, or fewer than two vectors
 * @example
 * import { principalComponents } from "facenet128/metric";
 * const [first] = principalComponents([Float32Array.of(3, 0), Float32Array.of(0, 1)], 1);
 * console.log(Math.abs(first?.[0] ?? 0).toFixed(3)); // 1.000
 */
export function principalComponents(
  vectors: readonly Float32Array[],
  count: number,
  random: () => number = seededRandom(1),
): Float64Array[] {
  const size = vectors[0]?.length ?? 0;
  if (vectors.length < 2 || count > size)
    throw new RangeError(`${count} directions of ${vectors.length} vectors of ${size} dimensions cannot be found`);
  const covariance = covarianceOf(vectors, size);
  let basis = orthonormal(Array.from({ length: count }, () => Float64Array.from({ length: size }, () => random() - 0.5)));
  for (let round = 0; round < ROUNDS; round++) basis = orthonormal(basis.map((direction) => times(covariance, direction)));
  return basis;
}

/**
 * The vector's components along directions, scaled to unit length.
 *
 * @example
 * import { project } from "facenet128/metric";
 * console.log(Array.from(project(Float32Array.of(3, 4, 9), [Float64Array.of(0, 1, 0)]))); // [1]
 */
export function project(vector: Float32Array, directions: readonly Float64Array[]): Float32Array {
  const components = Float64Array.from(directions, (direction) => dot(direction, vector));
  const length = Math.sqrt(dot(components, components));
  return Float32Array.from(components, (value) => value / length);
}

/** Second moments about the origin, not the mean: embeddings are compared by angle. */
function covarianceOf(vectors: readonly Float32Array[], size: number): Float64Array[] {
  const covariance = Array.from({ length: size }, () => new Float64Array(size));
  for (const vector of vectors)
    for (let i = 0; i < size; i++) {
      const row = covariance[i] as Float64Array;
      const value = vector[i] as number;
      for (let j = 0; j < size; j++) row[j] = (row[j] as number) + value * (vector[j] as number);
    }
  return covariance;
}

function times(matrix: readonly Float64Array[], vector: Float64Array): Float64Array {
  return Float64Array.from(matrix, (row) => dot(row, vector));
}

/** Gram-Schmidt, twice for accuracy. If the vectors span fewer directions than requested, coordinate axes fill the rest. */
function orthonormal(directions: readonly Float64Array[]): Float64Array[] {
  const basis: Float64Array[] = [];
  for (const direction of directions) basis.push(unitBeside(basis, direction) ?? unusedAxis(basis, direction.length));
  return basis;
}

/** The component of a direction orthogonal to others, of length 1; undefined if it is only rounding. */
function unitBeside(basis: readonly Float64Array[], direction: Float64Array): Float64Array | undefined {
  const rest = direction.slice();
  for (const other of [...basis, ...basis]) {
    const share = dot(rest, other);
    for (let i = 0; i < rest.length; i++) rest[i] = (rest[i] as number) - share * (other[i] as number);
  }
  const length = Math.sqrt(dot(rest, rest));
  return length > 1e-9 * Math.sqrt(dot(direction, direction)) ? rest.map((value) => value / length) : undefined;
}

function unusedAxis(basis: readonly Float64Array[], size: number): Float64Array {
  for (let axis = 0; axis < size; axis++) {
    const direction = unitBeside(
      basis,
      Float64Array.from({ length: size }, (_, i) => (i === axis ? 1 : 0)),
    );
    if (direction) return direction;
  }
  throw new RangeError("more directions than dimensions");
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
