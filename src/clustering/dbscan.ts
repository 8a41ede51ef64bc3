/**
 * DBSCAN (Ester, Kriegel, Sander, Xu 1996) over the k-NN graph. Core faces are exact while `minPoints` is at most
 * k + 1. Two core faces within the threshold are connected when one is among the other's k nearest.
 */
import { ConstrainedClusters } from "./constraints.ts";
import { edgesBelow, type KnnGraph } from "./knn-graph.ts";
import { type ClusteringOptions, joinPoorFaces, labelsOf, startersOf } from "./poor-faces.ts";

export type DbscanOptions = ClusteringOptions & {
  /** Radius of a neighbourhood, squared L2 (the paper's Eps). */
  readonly thresholdSquaredL2: number;
  /** Minimum number of faces in a core face's neighbourhood, including itself (MinPts). Default 3. */
  readonly minPoints?: number;
};

/**
 * Neighbouring core faces are merged, closest first, as far as constraints allow; then each other face
 * is assigned to its closest core face within the threshold. The remaining faces are noise, each on its own.
 *
 * @returns [n] cluster of each face, numbered by first face; -1 for a poor face without a cluster
 * @throws RangeError for a minPoints above k + 1
 */
export function dbscan(graph: KnnGraph, { thresholdSquaredL2, minPoints = 3, ...options }: DbscanOptions): Int32Array {
  if (graph.size > graph.k + 1 && !(minPoints <= graph.k + 1))
    throw new RangeError(`minPoints: must be at most k + 1 = ${graph.k + 1}, got ${minPoints}`);
  const edges = edgesBelow(graph, thresholdSquaredL2);
  const clusters = ConstrainedClusters.create(graph.size, options.constraints, options.previous);
  const starters = startersOf(graph.size, options);
  const core = coreFaces(graph, thresholdSquaredL2, minPoints, starters);
  const taken = new Uint8Array(graph.size);
  for (const border of [false, true]) {
    for (let edge = 0; edge < edges.a.length; edge++) {
      const [a, b] = [edges.a[edge] as number, edges.b[edge] as number];
      if (!starters[a] || !starters[b]) continue;
      if (!border && core[a] && core[b]) clusters.join(a, b);
      if (!border || core[a] === core[b]) continue;
      const [outer, inner] = core[a] ? [b, a] : [a, b];
      if (!taken[outer] && clusters.join(outer, inner)) taken[outer] = 1;
    }
  }
  joinPoorFaces(clusters, edges, starters, thresholdSquaredL2);
  return labelsOf(clusters, starters);
}

/** [n] 1 for a face with enough good faces within the threshold. */
function coreFaces(
  { size, k, neighbours, distances }: KnnGraph,
  threshold: number,
  minPoints: number,
  starters: Uint8Array,
): Uint8Array {
  const core = new Uint8Array(size);
  for (let face = 0; face < size; face++) {
    if (!starters[face]) continue;
    let near = 1;
    for (let at = face * k; at < (face + 1) * k && (distances[at] as number) <= threshold; at++) {
      near += starters[neighbours[at] as number] as number;
    }
    if (near >= minPoints) core[face] = 1;
  }
  return core;
}
