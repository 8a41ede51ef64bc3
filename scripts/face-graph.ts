import type { KnnGraph } from "../src/clustering/knn-graph.ts";
import { knnGraph } from "../src/search/knn-graph.ts";

/** Exact k-NN graph of codes, in their order. */
export async function faceGraph(codes: readonly Int8Array[], k: number): Promise<KnnGraph> {
  const dimensions = codes[0]?.length ?? 128;
  const all = new Int8Array(codes.length * dimensions);
  for (const [row, code] of codes.entries()) all.set(code, row * dimensions);
  return knnGraph(all, { dimensions, k });
}
