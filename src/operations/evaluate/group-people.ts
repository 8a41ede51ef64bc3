/** What one threshold does to groups of people, added to what was measured. */
import * as z from "zod";
import type { PeopleGroups } from "../../datasets/read-groups.ts";
import { groupResults } from "../../evaluation/group-results.ts";
import { seededRandom } from "../../metric/seeded-random.ts";
import type { MeasuredModel } from "./compare-models.ts";

export const groupOption = {
  groups: z
    .string()
    .min(1)
    .optional()
    .describe("CSV file with a column person and columns of labels: FAR and VAL of each group at one threshold for all"),
};

/**
 * The threshold is that of the strictest wanted FAR, mean over the folds. Protocols without a list of pairs have no groups.
 */
export function withGroups(
  measured: MeasuredModel,
  { groups }: PeopleGroups,
  { resamples, seed }: { readonly resamples: number; readonly seed: number },
): MeasuredModel {
  const { evaluation, judged } = measured;
  if (judged === null || evaluation.protocol === "identification" || evaluation.protocol === "clustering") return measured;
  const strictest = evaluation.val.toSorted((a, b) => a.far - b.far)[0];
  const results = groupResults(judged.faces, judged.list, groups, {
    threshold: strictest?.threshold ?? evaluation.threshold,
    bootstrap: { resamples, random: seededRandom(seed) },
  });
  const labelled = new Set([...groups.values()].flatMap((people) => [...people]));
  const without = judged.faces.people.filter((person) => !labelled.has(person)).length;
  const warnings = without > 0 ? [`${without} of ${judged.faces.people.length} people are in no group`] : [];
  return { ...measured, evaluation: { ...evaluation, groups: results, warnings: [...evaluation.warnings, ...warnings] } };
}
