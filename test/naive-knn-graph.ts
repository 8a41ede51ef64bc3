/** Reference implementation of the k-NN graph. */
import type { KnnGraph } from "../src/clustering/knn-graph.ts";
import { squaredL2 } from "../src/metric/distance.ts";

/**
 * Compares every face with every other.
 *
 * @param vectors [n, dimensions] unit length
 * @param k neighbours per face, at most n - 1
 */
export function computeKnnGraph(vectors: Float32Array, dimensions: number, k: number): KnnGraph {
  const size = vectors.length / dimensions;
  const kept = Math.max(0, Math.min(k, size - 1));
  const neighbours = new Uint32Array(size * kept);
  const distances = new Float32Array(size * kept);
  const rows = Array.from({ length: size }, (_, i) => vectors.subarray(i * dimensions, (i + 1) * dimensions));
  for (const [i, row] of rows.entries()) {
    const to = Float32Array.from(rows, (other) => squaredL2(row, other));
    const order = rows.map((_, j) => j).filter((j) => j !== i);
    order.sort((x, y) => (to[x] as number) - (to[y] as number) || x - y);
    for (const [rank, j] of order.slice(0, kept).entries()) {
      neighbours[i * kept + rank] = j;
      distances[i * kept + rank] = to[j] as number;
    }
  }
  return { size, k: kept, neighbours, distances };
}
