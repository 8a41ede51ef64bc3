/** Measurements of one or more models: comparison between models, results by group. */
import * as z from "zod";
import type { PeopleGroups } from "../../datasets/read-groups.ts";
import { FaceNetError } from "../../errors.ts";
import { seededRandom } from "../../metric/seeded-random.ts";
import type { Evaluation, ModelComparison, PairedSignificance } from "../../schemas/evaluation.ts";
import type { EmbeddingManifest } from "../../schemas/model-manifest.ts";
import type { StreamOptions } from "../distance-stream.ts";
import { groupResults, groupResultsOfEveryPair, type JudgedSet, significanceOfEveryPair } from "../group-results.ts";
import { type JudgedPairs, pairedSignificance } from "../paired-significance.ts";
import { type MeasureInput, protocolOf } from "./measure-options.ts";

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

export const groupOption = {
  groups: z
    .string()
    .min(1)
    .optional()
    .describe("CSV file with a column person and columns of labels: FAR and VAL of each group at one threshold for all"),
};

/** @throws FaceNetError OPTION_INVALID where groups were given and the protocol has none */
export function requireGroupable(
  input: Pick<MeasureInput, "protocol" | "pairs"> & { readonly groups?: string | undefined },
): void {
  const protocol = protocolOf(input);
  if (input.groups === undefined || protocol === "pairs" || protocol === "folder" || protocol === "video") return;
  throw new FaceNetError("OPTION_INVALID", {
    option: "groups",
    reason: `${protocol} has no results by group; measure the same images as pairs with the protocol folder`,
  });
}

/** The threshold is that of the strictest wanted FAR, mean over the folds. @throws the signal's reason */
export async function withGroups(
  measured: MeasuredModel,
  { groups }: PeopleGroups,
  { resamples, seed }: { readonly resamples: number; readonly seed: number },
  stream: StreamOptions,
): Promise<MeasuredModel> {
  const { evaluation, judged, everyPair } = measured;
  const faces = judged?.faces ?? everyPair?.faces;
  if (!faces || evaluation.protocol === "identification" || evaluation.protocol === "clustering") return measured;
  const strictest = evaluation.val.toSorted((a, b) => a.far - b.far)[0];
  const threshold = strictest?.threshold ?? evaluation.threshold;
  const bootstrap = { resamples, random: seededRandom(seed) };
  const results = judged
    ? groupResults(faces, judged.list, groups, { threshold, bootstrap, distanceOf: judged.distanceOf })
    : await groupResultsOfEveryPair(faces, groups, { threshold, bootstrap, stream });
  const labelled = new Set([...groups.values()].flatMap((people) => [...people]));
  const without = faces.people.filter((person) => !labelled.has(person)).length;
  const unknown = [...labelled].filter((person) => !faces.people.includes(person));
  const warnings = [
    ...(without > 0 ? [`${without} of ${faces.people.length} people are in no group`] : []),
    ...(unknown.length > 0
      ? [`groups names ${unknown.length} people of whom no face was measured, such as ${unknown.slice(0, 3).join(", ")}`]
      : []),
  ];
  return { ...measured, evaluation: { ...evaluation, groups: results, warnings: [...evaluation.warnings, ...warnings] } };
}
