/** Two models or more on the same question, and whether they differ by more than luck. */
import * as z from "zod";
import { Evaluation, Interval } from "./evaluation.ts";

/** Two models on the pairs that both could measure. */
export const PairedSignificance = z.object({
  a: z.string(),
  b: z.string(),
  pairs: z.int().describe("measured with both"),
  accuracy: z
    .object({
      onlyARight: z.int(),
      onlyBRight: z.int(),
      pValue: z.number().describe("exact McNemar test, two-sided; takes pairs for independent"),
    })
    .nullable()
    .describe(
      "each model at the thresholds of its own folds; null for every pair of a folder, which are too dependent to be counted",
    ),
  val: z.array(
    z.object({
      far: z.number(),
      a: z.number().describe("VAL on these pairs together, as b"),
      b: z.number(),
      difference: z.number().describe("a - b"),
      interval: Interval.nullable().describe("bootstrap by person, the same drawings for both"),
      pValue: z.number().nullable().describe("two-sided, of those drawings"),
    }),
  ),
});
export type PairedSignificance = z.infer<typeof PairedSignificance>;

/** Several models measured on the same pairs. */
export const ModelComparison = z.object({
  protocol: z.literal("comparison"),
  evaluations: z.array(Evaluation),
  comparisons: z.array(PairedSignificance).describe("every two of them; empty for protocols without pairs"),
});
export type ModelComparison = z.infer<typeof ModelComparison>;
