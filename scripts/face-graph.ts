import type { KnnGraph } from "../src/clustering/knn-graph.ts";
import { CodeIndex } from "../src/gallery/code-index.ts";
import { knnGraph } from "../src/gallery/knn-graph.ts";

/** The exact graph of codes in their order. */
export async function faceGraph(codes: readonly Int8Array[], k: number): Promise<KnnGraph> {
  const index = await CodeIndex.create({ dimensions: codes[0]?.length ?? 128 });
  for (const [row, code] of codes.entries()) index.add([row], code);
  return { size: codes.length, ...(await knnGraph(index, k)) };
}
