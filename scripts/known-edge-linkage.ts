/**
 * Average linkage from the distances in the k-NN graph alone: alternatives to src/clustering/agglomerative.ts, which computes the
 * mean over all pairs. Kept for comparison.
 */
import { edgesBelow, type KnnGraph } from "../src/clustering/knn-graph.ts";
import { PairHeap } from "../src/clustering/pair-heap.ts";

export type KnownEdgeLinkage = {
  /** Squared L2 assumed for pairs not in the graph; undefined ignores them. */
  readonly missing?: number | undefined;
  /** Minimum share of the pairs of two clusters in the graph. Default 0. */
  readonly minKnownShare?: number;
};

type Link = { readonly sum: number; readonly count: number };

/** @returns [n] cluster of each face */
export function knownEdgeLinkage(
  graph: KnnGraph,
  threshold: number,
  { missing, minKnownShare = 0 }: KnownEdgeLinkage,
): Int32Array {
  const edges = edgesBelow(graph, 4);
  const links: Map<number, Link>[] = Array.from({ length: graph.size }, () => new Map());
  const members: number[][] = Array.from({ length: graph.size }, (_, face) => [face]);
  const heap = new PairHeap();
  const consider = (a: number, b: number, { sum, count }: Link): void => {
    const pairs = (members[a] as number[]).length * (members[b] as number[]).length;
    const distance = missing === undefined ? sum / count : (sum + (pairs - count) * missing) / pairs;
    if (distance <= threshold && count / pairs >= minKnownShare) heap.push(Math.min(a, b), Math.max(a, b), distance);
  };
  for (const [edge, distance] of edges.distances.entries()) {
    const [a, b] = [edges.a[edge] as number, edges.b[edge] as number];
    links[a]?.set(b, { sum: distance, count: 1 });
    links[b]?.set(a, { sum: distance, count: 1 });
    consider(a, b, { sum: distance, count: 1 });
  }
  for (let pair = heap.pop(); pair; pair = heap.pop()) {
    const { a, b } = pair;
    if (!members[a]?.length || !members[b]?.length) continue; // already merged
    const joined = members.push([...members[a], ...members[b]]) - 1;
    members[a] = [];
    members[b] = [];
    const own = new Map<number, Link>();
    for (const part of [a, b]) {
      for (const [other, { sum, count }] of links[part] as Map<number, Link>) {
        links[other]?.delete(part);
        if (other === a || other === b) continue;
        const before = own.get(other) ?? { sum: 0, count: 0 };
        own.set(other, { sum: before.sum + sum, count: before.count + count });
      }
      links[part] = new Map();
    }
    links.push(own);
    for (const [other, link] of own) {
      links[other]?.set(joined, link);
      consider(other, joined, link);
    }
  }
  const labels = new Int32Array(graph.size);
  for (const [cluster, faces] of members.entries()) for (const face of faces) labels[face] = cluster;
  return labels;
}
