/**
 * Agglomerative clustering by average linkage (FaceNet, section 5.8) over the k-NN graph, for any number of faces.
 *
 * The mean squared L2 distance between all pairs of two clusters of unit vectors needs no pair: it is
 * 2 - 2 (x · y), x and y being the clusters' mean vectors. So nothing has to be assumed about pairs that the graph
 * does not know; the graph only says which clusters are compared at all. As the mean over a joined cluster lies
 * between the means of its parts, a pair of clusters within the threshold always has an edge within it: with every
 * such edge in the graph the result is that of `averageLinkage`.
 */
import { ClusterGraph } from "./cluster-graph.ts";
import { ConstrainedClusters } from "./constraints.ts";
import { edgesBelow, type KnnGraph } from "./knn-graph.ts";
import { MeanVectors } from "./mean-vectors.ts";
import { PairHeap } from "./pair-heap.ts";
import { type ClusteringOptions, joinPoorFaces, labelsOf, startersOf } from "./poor-faces.ts";

export type AgglomerativeOptions = ClusteringOptions & {
  /** Largest mean squared L2 between two clusters that become one, 0 to 4; one exactly at it does. */
  readonly thresholdSquaredL2: number;
};

/**
 * Joins the two clusters that are closest on average, again and again, while that average is at most the threshold.
 *
 * @param vectors [n, dimensions] unit length, in the order of the graph
 * @returns [n] cluster of each face, counting up from the first face's; -1 for a poor face that is alone
 * @throws RangeError for vectors or options whose length does not fit the graph
 * @example
 * const graph = computeKnnGraph(vectors, 128, 20);
 * const labels = agglomerative(graph, vectors, { thresholdSquaredL2: 1.0931 });
 */
export function agglomerative(
  graph: KnnGraph,
  vectors: Float32Array,
  { thresholdSquaredL2, ...options }: AgglomerativeOptions,
): Int32Array {
  const edges = edgesBelow(graph, thresholdSquaredL2);
  const clusters = ConstrainedClusters.create(graph.size, options.constraints, options.previous);
  const starters = startersOf(graph.size, options);
  const means = MeanVectors.create(vectors, clusters, starters);

  /** [clusters] the face that stands for a cluster */
  const faceOf: number[] = [];
  /** [n] the cluster that a face, standing for it, starts as; -1 without edges */
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
    if (!clusters.join(x, y)) continue; // forbidden, and will stay so for all that they become part of
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
