/** What `facenet experiment` answers: one study of the paper, repeated, beside the paper's own figures. */
import * as z from "zod";
import { Spread } from "./evaluation.ts";

export const Study = z.enum(["jpeg", "pixels", "dimensions", "bytes", "data", "miner"]);
export type Study = z.infer<typeof Study>;

/** Studies that train a network for each level; the others look at one that is there. */
export const trainingStudies = ["data", "miner"] as const satisfies readonly Study[];
export type TrainingStudy = (typeof trainingStudies)[number];

export function isTrainingStudy(study: Study): study is TrainingStudy {
  return (trainingStudies as readonly Study[]).includes(study);
}

export const ExperimentLevel = z.object({
  level: z.string().describe("what was varied, in words"),
  value: z
    .number()
    .describe(
      "the same as a number: quality, pixels, dimensions, bytes a face, percent of the people; the place in the table for miners",
    ),
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
  training: z
    .object({ network: z.string(), steps: z.int(), imagesPerStep: z.int(), people: z.int(), images: z.int(), seed: z.int() })
    .nullable()
    .describe("how each level was trained, with all of the people; null for a study of a model that is there"),
  folds: z.array(z.int()).nullable().describe("of the list that were used; null: all"),
  pairs: z.int(),
  skipped: z.int().describe("pairs without a face on both images"),
  far: z.number(),
  levels: z.array(ExperimentLevel),
  difference: z.string().describe("in what our protocol and the paper's differ"),
});
export type Experiment = z.infer<typeof Experiment>;
