/** Gallery protocols: open-set identification and clustering. */

import { clusterInThread } from "../../clustering/cluster-faces.ts";
import type { RunContext } from "../../faces/run-context.ts";
import { thresholdForFar } from "../../faces/verdict.ts";
import { identificationThreshold } from "../../gallery/identify-face.ts";
import { normalize } from "../../metric/distance.ts";
import { type EmbeddingMatrix, rowsOf } from "../../metric/embedding-matrix.ts";
import { seededRandom } from "../../metric/seeded-random.ts";
import type { ClusteringEvaluation } from "../../schemas/evaluation.ts";
import type { EmbeddingManifest } from "../../schemas/model-manifest.ts";
import { knnGraph } from "../../search/knn-graph.ts";
import { computeClusteringMeasures } from "../clustering-measures.ts";
import type { FaceSet } from "../face-set.ts";
import { type IdentificationFigures, identify, openSetOf } from "../identification.ts";
import type { LabelledFaces } from "./labelled-faces.ts";
import type { MeasureInput } from "./measure-options.ts";

/**
 * People with at least two images are enrolled with the first and searched with the rest; people with one image are strangers.
 *
 * @throws RangeError as `openSetOf`
 */
export function identifyOpenSet(
  { faces, model }: LabelledFaces,
  { fpirs, resamples, seed }: Pick<MeasureInput, "fpirs" | "resamples" | "seed">,
): IdentificationFigures {
  const openSet = openSetOf(faces);
  return identify(faces, openSet, {
    thresholds: fpirs.map((fpir) => ({ fpir, distance: identificationThreshold(model, fpir, openSet.enrolled.length) })),
    fpirs,
    bootstrap: { resamples, random: seededRandom(seed) },
  });
}

/** Warns of a target rate below the smallest one of the model's calibration. */
export function identificationWarnings(
  { model }: LabelledFaces,
  { enrolled, probes, strangers }: IdentificationFigures,
  fpirs: readonly number[],
): string[] {
  const smallest = Math.min(...model.thresholds.map(({ far }) => far));
  const unreached = fpirs.filter((fpir) => fpir / enrolled < smallest);
  return [
    ...unreached.map(
      (fpir) =>
        `FPIR ${fpir} among ${enrolled} people requires a false accept rate of ${(fpir / enrolled).toPrecision(2)} per pair; the model's thresholds reach down to ${smallest}, which was used`,
    ),
    ...fpirs
      .filter((fpir) => fpir * strangers < 10)
      .map(
        (fpir) =>
          `FPIR ${fpir} amounts to ${(fpir * strangers).toPrecision(2)} strangers; with fewer than 10 the rate is unreliable`,
      ),
    ...(probes < 100 ? [`only ${probes} probes`] : []),
  ];
}

/** As in `facenet cluster` (docs/decisions/0005-clustering.md). */
const NEIGHBOURS = 20;
const DEFAULT_FAR = 1e-4;

export type ClusteringFigures = Pick<
  ClusteringEvaluation,
  "algorithm" | "threshold" | "faces" | "clusters" | "clustersOfOne" | "pairwise" | "bCubed" | "normalizedMutualInformation"
>;

/** @throws RangeError for faces that are not compared as bytes, which the graph of the gallery requires */
export async function clusterLabelled(
  faces: FaceSet,
  model: EmbeddingManifest,
  { algorithm, threshold: given, seed }: Pick<MeasureInput, "algorithm" | "threshold" | "seed">,
  { signal }: Pick<RunContext, "signal">,
): Promise<ClusteringFigures> {
  const { embeddings } = faces;
  if (embeddings.compared !== "bytes")
    throw new RangeError("clustering compares byte codes; leave compared out, or set it to bytes");
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
