/** What `facenet experiment` answers: one study of the paper, repeated, beside the paper's own figures. */
import * as z from "zod";
import { Spread } from "./evaluation.ts";

export const Study = z.enum(["jpeg", "pixels", "dimensions", "bytes"]);
export type Study = z.infer<typeof Study>;

export const ExperimentLevel = z.object({
  level: z.string().describe("what was varied, in words"),
  value: z.number().describe("the same as a number: quality, pixels, dimensions or bytes a face"),
  accuracy: Spread,
  val: Spread.describe("at the experiment's false accept rate"),
  paper: z
    .object({ val: z.number(), standardError: z.number().nullable() })
    .nullable()
    .describe("the paper's VAL at FAR 1e-3, where it gives one"),
});
export type ExperimentLevel = z.infer<typeof ExperimentLevel>;

export const Experiment = z.object({
  study: Study,
  question: z.string(),
  model: z.string(),
  compared: z.string(),
  dataset: z.string(),
  folds: z.array(z.int()).nullable().describe("of the list that were used; null: all"),
  pairs: z.int(),
  skipped: z.int().describe("pairs without a face on both images"),
  far: z.number(),
  levels: z.array(ExperimentLevel),
  difference: z.string().describe("in what our protocol and the paper's differ"),
});
export type Experiment = z.infer<typeof Experiment>;
