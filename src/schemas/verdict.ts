import * as z from "zod";
import { Face } from "./face.ts";
import { ThresholdOrigin } from "./threshold.ts";

/** Nothing looks whether a face is one of flesh or a picture of one (presentation attack detection, ISO/IEC 30107). */
export const Liveness = z.literal("not assessed").describe("whether a person or a picture of one was before the camera");

/** Are two faces of one person, and on what grounds. */
export const Verdict = z.object({
  verified: z.boolean().describe("distance <= threshold"),
  distance: z.number().min(0).max(4).describe("squared L2 of the unit-length embeddings"),
  threshold: z.number().min(0).max(4).describe("squared L2"),
  falseAcceptRate: z.number().describe("rate of pairs of different people that pass this threshold"),
  strangersAsClose: z
    .number()
    .describe("rate of pairs of different people at least as close as this pair, within the measured rates"),
  probability: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .describe("of one person, were both cases equally frequent; null for a model without a curve"),
  model: z.string(),
  calibration: ThresholdOrigin,
  liveness: Liveness,
  faces: z.tuple([Face.extend({ image: z.string() }), Face.extend({ image: z.string() })]).describe("the two faces compared"),
});
export type Verdict = z.infer<typeof Verdict>;

/** Distances among all faces of some photographs. */
export const Comparison = z.object({
  model: z.string(),
  threshold: z.number(),
  falseAcceptRate: z.number(),
  calibration: ThresholdOrigin,
  faces: z.array(Face.extend({ image: z.string(), index: z.int().describe("which face of its photograph, the surest is 0") })),
  distances: z.array(z.array(z.number())).describe("squared L2, [faces, faces]"),
  withoutFace: z.array(z.string()).describe("photographs in which no face was found"),
  failures: z.array(z.object({ image: z.string(), code: z.string(), message: z.string() })),
});
export type Comparison = z.infer<typeof Comparison>;
