import * as z from "zod";

const spread = {
  mean: z.number(),
  standardError: z.number().describe("standard deviation / sqrt(folds)"),
  standardDeviation: z.number().describe("over the folds, as the reference implementation prints it"),
};

/** How good an embedding is at "same or different" on a list of pairs. Rates are 0 to 1. */
export const Evaluation = z.object({
  pairs: z.int().describe("pairs measured"),
  skipped: z.int().describe("pairs left out; why is in skippedPairs"),
  accuracy: z.object(spread).describe("mean over the folds, each at the threshold that is best on the others"),
  val: z.array(
    z.object({
      far: z.number(),
      ...spread,
      threshold: z.number(),
      measuredFar: z.number(),
      expectedFalseAccepts: z.number().describe("pairs that this FAR amounts to; below 10 the figure rests on few"),
    }),
  ),
  auc: z.number(),
  eer: z.number(),
  threshold: z.number().describe("squared L2, mean of the folds' best"),
  model: z.string(),
  detector: z.string(),
  compared: z.enum(["bytes", "floats"]),
  flip: z.boolean(),
  folds: z.array(z.object({ fold: z.int(), threshold: z.number(), accuracy: z.number(), pairs: z.int() })),
  inSample: z.boolean().describe("one fold only: the threshold was picked on the pairs it was tested on"),
  images: z.int(),
  imagesWithoutFace: z.array(z.string()),
  failures: z.array(z.object({ image: z.string(), code: z.string(), message: z.string() })),
  skippedPairs: z.array(z.object({ left: z.string(), right: z.string(), same: z.boolean(), reason: z.string() })),
});
export type Evaluation = z.infer<typeof Evaluation>;
