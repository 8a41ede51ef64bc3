/** Result of `facenet experiment`: a study of the paper repeated, next to the paper's figures. */
import * as z from "zod";
import { Spread } from "./evaluation.ts";

export const Study = z.enum(["jpeg", "pixels", "dimensions", "bytes", "data", "miner", "networks", "embedding"]);
export type Study = z.infer<typeof Study>;

/** Studies that train a network for each level; the others measure an existing model. */
export const trainingStudies = ["data", "miner", "networks", "embedding"] as const satisfies readonly Study[];
export type TrainingStudy = (typeof trainingStudies)[number];

export function isTrainingStudy(study: Study): study is TrainingStudy {
  return (trainingStudies as readonly Study[]).includes(study);
}

export const ExperimentLevel = z.object({
  level: z.string().describe("value of the factor varied"),
  value: z
    .number()
    .describe(
      "the level as a number: quality, pixels, dimensions, bytes per face, percent of the people, million multiply-adds; for miners the row of the table",
    ),
  accuracy: Spread,
  val: Spread.describe("at the experiment's false accept rate"),
  paper: z
    .object({ val: z.number(), standardError: z.number().nullable() })
    .nullable()
    .describe("the paper's VAL at FAR 1e-3, if it gives one"),
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
    .describe("training configuration of each level, with all people; null for a study of an existing model"),
  folds: z.array(z.int()).nullable().describe("folds of the list used; null: all"),
  pairs: z.int(),
  skipped: z.int().describe("pairs without a face in both images"),
  far: z.number(),
  levels: z.array(ExperimentLevel),
  difference: z.string().describe("differences between our protocol and the paper's"),
});
export type Experiment = z.infer<typeof Experiment>;
