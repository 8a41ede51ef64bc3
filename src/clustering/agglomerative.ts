/**
 * Agglomerative clustering by average linkage (FaceNet, section 5.8) over the k-NN graph, for any number of faces.
 *
 * The mean squared L2 distance between all pairs of two clusters of unit vectors can be computed without the pairs: it is
 * 2 - 2 (x · y), x and y being the clusters' mean vectors. So no assumption is needed about pairs missing from the graph;
 * the graph only determines which clusters are compared at all. As the mean over a merged cluster lies
 * between the means of its parts, two clusters within the threshold always have an edge within it: if the graph contains every
 * such edge, the result is that of `averageLinkage`.
 */
import { ClusterGraph } from "./cluster-graph.ts";
import { ConstrainedClusters } from "./constraints.ts";
import { edgesBelow, type KnnGraph } from "./knn-graph.ts";
import { PairHeap } from "./pair-heap.ts";
import { type ClusteringOptions, joinPoorFaces, labelsOf, startersOf } from "./poor-faces.ts";

export type AgglomerativeOptions = ClusteringOptions & {
  /** Largest mean squared L2, inclusive, at which two clusters are merged, 0 to 4. */
  readonly thresholdSquaredL2: number;
  /** [n] added to every distance of a face, as in the graph (`withOffsets`). Default: zeros. */
  readonly offsets?: Float32Array | undefined;
};

/**
 * Repeatedly merges the two clusters that are closest on average, while that average is at most the threshold.
 *
 * @param vectors [n, dimensions] unit length, in the order of the graph
 * @returns [n] cluster of each face, numbered by first face; -1 for a poor face without a cluster
 * @throws RangeError if the length of vectors or options does not match the graph
 * @example
 * const graph = computeKnnGraph(vectors, 128, 20);
 * const labels = agglomerative(graph, vectors, { thresholdSquaredL2: 1.0931 });
 */
export function agglomerative(
  graph: KnnGraph,
  vectors: Float32Array,
  { thresholdSquaredL2, offsets, ...options }: AgglomerativeOptions,
): Int32Array {
  const edges = edgesBelow(graph, thresholdSquaredL2);
  const clusters = ConstrainedClusters.create(graph.size, options.constraints, options.previous);
  const starters = startersOf(graph.size, options);
  const means = MeanVectors.create(vectors, clusters, starters, offsets);

  /** [clusters] representative face of each cluster */
  const faceOf: number[] = [];
  /** [n] initial cluster represented by a face; -1 without edges */
  const startOf = new Int32Array(graph.size).fill(-1);
  const isBetweenStarters = (edge: number) => starters[edges.a[edge] as number] && starters[edges.b[edge] as number];
  for (let edge = 0; edge < edges.a.length; edge++) {
    if (!isBetweenStarters(edge)) continue;
    for (const ends of [edges.a, edges.b]) {
      const face = clusters.find(ends[edge] as number);
      if (startOf[face] === -1) startOf[face] = faceOf.push(face) - 1;
    }
  }
  const neighbours = new ClusterGraph(faceOf.length);
  const heap = new PairHeap();
  const consider = (a: number, b: number): void => {
    const distance = means.distance(faceOf[a] as number, faceOf[b] as number);
    if (distance <= thresholdSquaredL2) heap.push(Math.min(a, b), Math.max(a, b), distance);
  };
  for (let edge = 0; edge < edges.a.length; edge++) {
    if (!isBetweenStarters(edge)) continue;
    const a = startOf[clusters.find(edges.a[edge] as number)] as number;
    const b = startOf[clusters.find(edges.b[edge] as number)] as number;
    if (a === b) continue;
    neighbours.connect(a, b);
    consider(a, b);
  }

  const isLive = (a: number, b: number) => neighbours.isLive(a) && neighbours.isLive(b);
  let roomy = 2 * heap.length;
  for (let pair = heap.pop(); pair; pair = heap.pop()) {
    const { a, b } = pair;
    if (!isLive(a, b)) continue;
    const [x, y] = [faceOf[a] as number, faceOf[b] as number];
    if (!clusters.join(x, y)) continue; // forbidden, also for every cluster that contains them
    const face = clusters.find(x);
    means.join(face, face === x ? y : x);
    const joined = neighbours.join(a, b);
    faceOf.push(face);
    for (const neighbour of neighbours.neighboursOf(joined)) consider(neighbour, joined);
    if (heap.length <= roomy) continue;
    heap.retain(isLive);
    roomy = 2 * heap.length;
  }

  joinPoorFaces(clusters, edges, starters, thresholdSquaredL2, (poor, good) => means.distanceTo(poor, clusters.find(good)));
  return labelsOf(clusters, starters);
}

/** Sums of the unit vectors of clusters; they give exact mean distances between clusters. */
export class MeanVectors {
  readonly #vectors: Float32Array;
  readonly #dimensions: number;
  /** [n, dimensions]; a cluster's sum is in the row of its root */
  readonly #sums: Float32Array;
  /** [n] number of vectors in a sum */
  readonly #counts: Uint32Array;
  readonly #offsets: Float32Array;
  /** [n] sums of offsets, in double precision */
  readonly #offsetSums: Float64Array;

  private constructor(vectors: Float32Array, size: number, offsets: Float32Array = new Float32Array(size)) {
    this.#vectors = vectors;
    this.#offsets = offsets;
    this.#offsetSums = new Float64Array(size);
    this.#dimensions = vectors.length / size;
    this.#sums = new Float32Array(vectors.length);
    this.#counts = new Uint32Array(size);
  }

  /**
   * @param vectors [n, dimensions] unit length
   * @param counted [n] 1 for faces included in their cluster's mean
   * @param offsets [n] added to every distance of a face
   * @throws RangeError if the number of vectors differs from the number of faces
   */
  static create(vectors: Float32Array, clusters: ConstrainedClusters, counted: Uint8Array, offsets?: Float32Array): MeanVectors {
    const { size } = clusters;
    if (size > 0 && (vectors.length === 0 || vectors.length % size !== 0))
      throw new RangeError(`vectors: must have a multiple of ${size} elements, got ${vectors.length}`);
    const means = new MeanVectors(vectors, size, offsets);
    const dimensions = means.#dimensions;
    for (let face = 0; face < size; face++) {
      if (!counted[face]) continue;
      const root = clusters.find(face);
      means.#add(root, vectors, face * dimensions);
      means.#counts[root] = (means.#counts[root] as number) + 1;
      means.#offsetSums[root] = (means.#offsetSums[root] as number) + (means.#offsets[face] as number);
    }
    return means;
  }

  /** Mean squared L2 over all pairs of two clusters, given by their roots. */
  distance(a: number, b: number): number {
    const pairs = (this.#counts[a] as number) * (this.#counts[b] as number);
    return 2 - (2 * this.#dot(this.#sums, a, b)) / pairs + this.#meanOffset(a) + this.#meanOffset(b);
  }

  /** Mean squared L2 from a face to a cluster, given by its root. */
  distanceTo(face: number, root: number): number {
    const plain = 2 - (2 * this.#dot(this.#vectors, face, root)) / (this.#counts[root] as number);
    return plain + (this.#offsets[face] as number) + this.#meanOffset(root);
  }

  /** Merges the sums of cluster `gone` into cluster `root`. */
  join(root: number, gone: number): void {
    this.#add(root, this.#sums, gone * this.#dimensions);
    this.#counts[root] = (this.#counts[root] as number) + (this.#counts[gone] as number);
    this.#offsetSums[root] = (this.#offsetSums[root] as number) + (this.#offsetSums[gone] as number);
  }

  #meanOffset(root: number): number {
    return (this.#offsetSums[root] as number) / (this.#counts[root] as number);
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
