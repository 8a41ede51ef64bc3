/** What was measured with each model, beside each other and against each other. */

import { seededRandom } from "../../metric/seeded-random.ts";
import type { Evaluation } from "../../schemas/evaluation.ts";
import type { ModelComparison, PairedSignificance } from "../../schemas/model-comparison.ts";
import type { EmbeddingManifest } from "../../schemas/model-manifest.ts";
import type { StreamOptions } from "../distance-stream.ts";
import { type JudgedSet, significanceOfEveryPair } from "../every-pair.ts";
import { type JudgedPairs, pairedSignificance } from "../paired-significance.ts";

export type MeasuredModel = {
  readonly evaluation: Evaluation;
  /** null for embeddings of a model that is not here */
  readonly card: EmbeddingManifest | null;
  /** null for a protocol that does not judge pairs, or too many to keep */
  readonly judged: JudgedPairs | null;
  /** whose every pair was measured; null for other protocols */
  readonly everyPair: JudgedSet | null;
};

export type CompareOptions = { readonly fars: readonly number[]; readonly resamples: number; readonly seed: number };

/** Every two models; each two with the same drawings of people. @throws the signal's reason */
export async function compareModels(
  measured: readonly MeasuredModel[],
  { fars, resamples, seed }: CompareOptions,
  stream: StreamOptions,
): Promise<ModelComparison> {
  const comparisons: PairedSignificance[] = [];
  for (const [i, a] of measured.entries())
    for (const b of measured.slice(i + 1)) {
      const bootstrap = { resamples, random: seededRandom(seed) };
      if (a.judged && b.judged) comparisons.push(pairedSignificance(a.judged, b.judged, fars, bootstrap));
      else if (a.everyPair && b.everyPair)
        comparisons.push(await significanceOfEveryPair(a.everyPair, b.everyPair, fars, bootstrap, stream));
    }
  return { protocol: "comparison", evaluations: measured.map(({ evaluation }) => evaluation), comparisons };
}
