/** What was measured with each model, beside each other and against each other. */
import { type JudgedPairs, pairedSignificance } from "../../evaluation/paired-significance.ts";
import { seededRandom } from "../../metric/seeded-random.ts";
import type { Evaluation } from "../../schemas/evaluation.ts";
import type { ModelComparison } from "../../schemas/model-comparison.ts";
import type { EmbeddingManifest } from "../../schemas/model-manifest.ts";

export type MeasuredModel = {
  readonly evaluation: Evaluation;
  /** null for embeddings of a model that is not here */
  readonly card: EmbeddingManifest | null;
  /** null for a protocol that does not judge pairs, or too many to keep */
  readonly judged: JudgedPairs | null;
};

export type CompareOptions = { readonly fars: readonly number[]; readonly resamples: number; readonly seed: number };

/** Every two models; each two with the same drawings of people. */
export function compareModels(measured: readonly MeasuredModel[], { fars, resamples, seed }: CompareOptions): ModelComparison {
  const judged = measured.flatMap((one) => one.judged ?? []);
  return {
    protocol: "comparison",
    evaluations: measured.map(({ evaluation }) => evaluation),
    comparisons: judged.flatMap((a, i) =>
      judged.slice(i + 1).map((b) => pairedSignificance(a, b, fars, { resamples, random: seededRandom(seed) })),
    ),
  };
}
