/** "Which faces belong together?" by the algorithms of `facenet cluster`, without anything a user has said. */
import { clusterInThread } from "../../clustering/cluster-in-thread.ts";
import type { RunContext } from "../../faces/run-context.ts";
import { thresholdForFar } from "../../faces/verdict.ts";
import { normalize } from "../../metric/distance.ts";
import { type EmbeddingMatrix, rowsOf } from "../../metric/embedding-matrix.ts";
import type { ClusteringEvaluation } from "../../schemas/evaluation.ts";
import type { EmbeddingManifest } from "../../schemas/model-manifest.ts";
import { knnGraph } from "../../search/knn-graph.ts";
import { computeClusteringMeasures } from "../clustering-measures.ts";
import type { FaceSet } from "../face-set.ts";
import type { MeasureInput } from "./measure-options.ts";

/** As `facenet cluster` (docs/decisions/0005-clustering.md). */
const NEIGHBOURS = 20;
const DEFAULT_FAR = 1e-4;

export type ClusteringFigures = Pick<
  ClusteringEvaluation,
  "algorithm" | "threshold" | "faces" | "clusters" | "clustersOfOne" | "pairwise" | "bCubed" | "normalizedMutualInformation"
>;

/** @throws RangeError for faces that are not compared as bytes: the graph is that of the gallery */
export async function clusterLabelled(
  faces: FaceSet,
  model: EmbeddingManifest,
  { algorithm, threshold: given, seed }: Pick<MeasureInput, "algorithm" | "threshold" | "seed">,
  { signal }: Pick<RunContext, "signal">,
): Promise<ClusteringFigures> {
  const { embeddings } = faces;
  if (embeddings.compared !== "bytes")
    throw new RangeError("clusters are made of byte codes; leave --compared out, or say bytes");
  const threshold = given ?? thresholdForFar(model, DEFAULT_FAR);
  const graph = await knnGraph(embeddings.rows, { dimensions: embeddings.size, k: NEIGHBOURS, signal });
  const options = { algorithm, seed, thresholdSquaredL2: threshold };
  const labels = await clusterInThread({ graph, vectors: unitVectors(embeddings), options }, signal);
  const { people: _, ...measures } = computeClusteringMeasures(labels, faces.person);
  return { algorithm, threshold, ...measures };
}

function unitVectors(matrix: EmbeddingMatrix): Float32Array {
  const { rows, size } = matrix;
  const vectors = new Float32Array(rows.length);
  for (let row = 0; row < rowsOf(matrix); row++)
    vectors.set(normalize(Float32Array.from(rows.subarray(row * size, (row + 1) * size))), row * size);
  return vectors;
}
