/**
 * Faces too small, blurred or turned away to identify: they start no cluster and cause no merge, but
 * each may join its closest cluster.
 */
import type { ConstrainedClusters, Constraints } from "./constraints.ts";
import type { Edges } from "./knn-graph.ts";

/** Input of every algorithm besides its own parameters. */
export type ClusteringOptions = {
  readonly constraints?: Constraints | undefined;
  /** [n] 1 for a face good enough to start or grow a cluster, 0 for one that only joins. Default: all 1. */
  readonly mayStart?: Uint8Array | undefined;
  /** [n] person of each face after an earlier run, -1 for none; they stay together. Default: none. */
  readonly previous?: ArrayLike<number> | undefined;
};

/** [n] 1 for faces that may start or grow a cluster: good enough, or identified by a user. */
export function startersOf(size: number, { mayStart, constraints = {} }: ClusteringOptions): Uint8Array {
  if (mayStart && mayStart.length !== size) throw new RangeError(`mayStart: must have ${size} elements, got ${mayStart.length}`);
  const starters = mayStart ? mayStart.slice() : new Uint8Array(size).fill(1);
  const { fixed, mustLink = [] } = constraints;
  for (let face = 0; fixed && face < size; face++) if ((fixed[face] as number) >= 0) starters[face] = 1;
  for (const pair of mustLink) for (const face of pair) starters[face] = 1;
  return starters;
}

/**
 * Assigns poor faces without a cluster, closest first.
 *
 * @param edges between all faces, up to the maximum distance for poor faces
 * @param distanceTo squared L2 from a poor face to the cluster of a good one; default: the edge's distance
 */
export function joinPoorFaces(
  clusters: ConstrainedClusters,
  edges: Edges,
  starters: Uint8Array,
  threshold: number,
  distanceTo: (poor: number, good: number, edge: number) => number = (_poor, _good, edge) => edges.distances[edge] as number,
): void {
  const candidates: { poor: number; good: number; distance: number }[] = [];
  for (let edge = 0; edge < edges.a.length; edge++) {
    const [a, b] = [edges.a[edge] as number, edges.b[edge] as number];
    if (starters[a] === starters[b]) continue;
    const [poor, good] = starters[a] ? [b, a] : [a, b];
    const distance = distanceTo(poor, good, edge);
    if (distance <= threshold) candidates.push({ poor, good, distance });
  }
  candidates.sort((x, y) => x.distance - y.distance);
  for (const { poor, good } of candidates) if (clusters.sizeOf(poor) === 1) clusters.join(poor, good);
}

/** [n] cluster numbers, by first face; -1 for a poor face without a cluster. */
export function labelsOf(clusters: ConstrainedClusters, starters: Uint8Array): Int32Array {
  const numbers = new Map<number, number>();
  return Int32Array.from({ length: clusters.size }, (_, face) => {
    if (!starters[face] && clusters.sizeOf(face) === 1) return -1;
    const root = clusters.find(face);
    const number = numbers.get(root) ?? numbers.size;
    numbers.set(root, number);
    return number;
  });
}
