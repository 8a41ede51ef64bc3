/** Options of an evaluation, shared by all protocols. */
import * as z from "zod";
import { Protocol } from "../../schemas/evaluation.ts";
import { alignedOption, flipOption, lookOptions, modelOptions, outputFile } from "../../schemas/options.ts";

const numbers = (what: z.ZodNumber) => z.array(what).min(1);

/** Which faces to measure, and how. */
export const measureOptions = {
  images: z
    .string()
    .optional()
    .describe(
      "folder with one sub-folder per person: NAME/NAME_0001.jpg for a list of pairs, else any images; videos: NAME/VIDEO/",
    ),
  embeddings: z
    .string()
    .optional()
    .describe("instead of --images: file of `facenet embed`, JSON lines or .npy; the folder of an image names its person"),
  protocol: Protocol.optional().describe(
    "what to measure: a list of pairs; all pairs of a folder; the paper's hold-out test; videos; open-set identification; clustering (default: pairs with --pairs, else folder)",
  ),
  pairs: z.string().optional().describe("list of pairs in LFW's format; with --protocol video, YouTube Faces' splits.txt"),
  balanced: z.int().min(1).optional().describe("instead of all pairs: number of random pairs of each kind (same and different)"),
  pairsOut: outputFile.optional().describe("file to write the pairs of --balanced to, in LFW's format"),
  folds: numbers(z.int().min(1)).optional().describe("folds of the list to use, counted from 1 (default: all)"),
  splits: z.int().min(1).max(100).default(5).describe("hold-out: splits of the people"),
  halfSize: z.int().min(1).default(100_000).describe("hold-out: maximum faces per half of a split"),
  frames: z.int().min(1).default(100).describe("video: frames per video, the first by the numbers in their names"),
  fars: numbers(z.number().min(0).max(1)).default([1e-2, 1e-3]).describe("false accept rates at which VAL is measured"),
  fpirs: numbers(z.number().positive().max(1))
    .default([1e-2])
    .describe("identification: target false positive identification rates"),
  algorithm: z.enum(["agglomerative", "chinese-whispers", "dbscan"]).default("agglomerative").describe("clustering: algorithm"),
  threshold: z
    .number()
    .min(0)
    .max(4)
    .optional()
    .describe(
      "squared L2 distance; clustering: default the model's at a false accept rate of 1e-4; --groups: default the model's at the strictest of --fars",
    ),
  definitions: z
    .enum(["paper", "reference"])
    .default("paper")
    .describe("paper: a pair is accepted at D <= d, thresholds are exact; reference: D < d on grids, as validate_on_lfw does"),
  resamples: z
    .int()
    .min(0)
    .max(100_000)
    .default(1000)
    .describe("resamples for confidence intervals (bootstrap over people); 0: no intervals"),
  seed: z.int().min(0).default(1).describe("seed of all random numbers"),
  compared: z
    .enum(["bytes", "floats"])
    .optional()
    .describe("representation that distances are computed from (default: the model's)"),
  faces: z.enum(["central", "largest"]).default("central").describe("which face to use of an image with several"),
  ...lookOptions,
  flip: flipOption,
  aligned: alignedOption,
  ...modelOptions,
};

/** Input for one model. */
export type MeasureInput = z.output<z.ZodObject<typeof measureOptions>> & {
  /** Model that embeds the other side of each pair. */
  readonly galleryModel?: string | undefined;
};

/** The given protocol, or the one implied by the other options. */
export function protocolOf({ protocol, pairs }: Pick<MeasureInput, "protocol" | "pairs">): Protocol {
  return protocol ?? (pairs === undefined ? "folder" : "pairs");
}
