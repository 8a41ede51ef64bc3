/**
 * Chinese whispers (Biemann 2006, "Chinese Whispers - an Efficient Graph Clustering Algorithm"), dlib's face
 * clustering: every face repeatedly takes the label with the largest total weight among its neighbours.
 */
import { ConstrainedClusters } from "./constraints.ts";
import { type Adjacency, adjacencyOf, type Edges, edgesBelow, type KnnGraph } from "./knn-graph.ts";
import { type ClusteringOptions, joinPoorFaces, labelsOf, startersOf } from "./poor-faces.ts";

export type ChineseWhispersOptions = ClusteringOptions & {
  /** Maximum squared L2 between neighbours. */
  readonly thresholdSquaredL2: number;
  /** Uniform numbers from 0 to below 1, for the order in which faces are visited. */
  readonly random: () => number;
  /** Maximum number of iterations; it stops earlier if an iteration changes nothing. Default 20. */
  readonly rounds?: number;
};

/**
 * Neighbours are weighted by cosine similarity. Constraints are enforced when labels are converted to clusters: faces with
 * the same label are merged along the edges, closest first, as far as the constraints allow.
 *
 * @returns [n] cluster of each face, numbered by first face; -1 for a poor face without a cluster
 */
export function chineseWhispers(
  graph: KnnGraph,
  { thresholdSquaredL2, random, rounds = 20, ...options }: ChineseWhispersOptions,
): Int32Array {
  const all = edgesBelow(graph, thresholdSquaredL2);
  const clusters = ConstrainedClusters.create(graph.size, options.constraints, options.previous);
  const starters = startersOf(graph.size, options);
  const labels = Uint32Array.from({ length: graph.size }, (_, face) => clusters.find(face));
  const order = Uint32Array.from(labels.keys());
  const adjacency = adjacencyOf(all);
  for (let round = 0, changed = true; changed && round < rounds; round++) {
    shuffle(order, random);
    changed = false;
    for (const face of order) {
      if (!starters[face]) continue;
      const label = loudest(face, labels, starters, adjacency);
      changed ||= label !== labels[face];
      labels[face] = label;
    }
  }
  joinWithin(clusters, all, starters, labels);
  joinPoorFaces(clusters, all, starters, thresholdSquaredL2);
  return labelsOf(clusters, starters);
}

/** Label with the largest weight around a face; on ties its own, then the smallest. */
function loudest(face: number, labels: Uint32Array, starters: Uint8Array, { offsets, neighbours, distances }: Adjacency): number {
  const weights = new Map<number, number>();
  for (let at = offsets[face] as number; at < (offsets[face + 1] as number); at++) {
    const neighbour = neighbours[at] as number;
    if (!starters[neighbour]) continue;
    const label = labels[neighbour] as number;
    weights.set(label, (weights.get(label) ?? 0) + 1 - (distances[at] as number) / 2);
  }
  let best = labels[face] as number;
  for (const [label, weight] of weights) {
    const most = weights.get(best) ?? 0;
    if (weight > most || (weight === most && best !== labels[face] && label < best)) best = label;
  }
  return best;
}

function joinWithin(clusters: ConstrainedClusters, { a, b }: Edges, starters: Uint8Array, labels: Uint32Array): void {
  for (let edge = 0; edge < a.length; edge++) {
    const [x, y] = [a[edge] as number, b[edge] as number];
    if (starters[x] && starters[y] && labels[x] === labels[y]) clusters.join(x, y);
  }
}

/** Fisher-Yates shuffle, in place. */
function shuffle(values: Uint32Array, random: () => number): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [values[i], values[j]] = [values[j] as number, values[i] as number];
  }
}
