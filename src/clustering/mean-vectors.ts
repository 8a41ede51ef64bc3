import type { ConstrainedClusters } from "./constraints.ts";

/** The sums of the unit vectors of clusters, from which mean distances between clusters follow exactly. */
export class MeanVectors {
  readonly #vectors: Float32Array;
  readonly #dimensions: number;
  /** [n, dimensions]; the row of a cluster's root is the cluster's */
  readonly #sums: Float32Array;
  /** [n] vectors in a sum */
  readonly #counts: Uint32Array;

  private constructor(vectors: Float32Array, size: number) {
    this.#vectors = vectors;
    this.#dimensions = vectors.length / size;
    this.#sums = new Float32Array(vectors.length);
    this.#counts = new Uint32Array(size);
  }

  /**
   * @param vectors [n, dimensions] unit length
   * @param counted [n] 1 for the faces that shape their cluster's mean
   * @throws RangeError where the vectors are not as many as the faces
   */
  static create(vectors: Float32Array, clusters: ConstrainedClusters, counted: Uint8Array): MeanVectors {
    const { size } = clusters;
    if (size > 0 && (vectors.length === 0 || vectors.length % size !== 0))
      throw new RangeError(`vectors: must have a multiple of ${size} elements, got ${vectors.length}`);
    const means = new MeanVectors(vectors, size);
    const dimensions = means.#dimensions;
    for (let face = 0; face < size; face++) {
      if (!counted[face]) continue;
      const root = clusters.find(face);
      means.#add(root, vectors, face * dimensions);
      means.#counts[root] = (means.#counts[root] as number) + 1;
    }
    return means;
  }

  /** Mean squared L2 over all pairs of two clusters, given by their roots. */
  distance(a: number, b: number): number {
    const pairs = (this.#counts[a] as number) * (this.#counts[b] as number);
    return 2 - (2 * this.#dot(this.#sums, a, b)) / pairs;
  }

  /** Mean squared L2 from a face to a cluster, given by its root. */
  distanceTo(face: number, root: number): number {
    return 2 - (2 * this.#dot(this.#vectors, face, root)) / (this.#counts[root] as number);
  }

  /** Counts what was cluster `gone` to cluster `root`. */
  join(root: number, gone: number): void {
    this.#add(root, this.#sums, gone * this.#dimensions);
    this.#counts[root] = (this.#counts[root] as number) + (this.#counts[gone] as number);
  }

  #add(row: number, from: Float32Array, at: number): void {
    const sums = this.#sums;
    const start = row * this.#dimensions;
    for (let i = 0; i < this.#dimensions; i++) sums[start + i] = (sums[start + i] as number) + (from[at + i] as number);
  }

  #dot(rows: Float32Array, row: number, sum: number): number {
    const sums = this.#sums;
    const [x, y] = [row * this.#dimensions, sum * this.#dimensions];
    let dot = 0;
    for (let i = 0; i < this.#dimensions; i++) dot += (rows[x + i] as number) * (sums[y + i] as number);
    return dot;
  }
}
