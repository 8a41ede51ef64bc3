import * as z from "zod";
import { Face } from "./face.ts";
import { ImageFailure } from "./failure.ts";
import { ThresholdOrigin } from "./threshold.ts";

/** Presentation attack detection (ISO/IEC 30107) is not performed. */
export const Liveness = z.literal("not assessed").describe("whether the camera saw a person or a picture of one");

/** Result of verification. */
export const Verdict = z.object({
  verified: z.boolean().describe("distance <= threshold"),
  distance: z.number().min(0).max(4).describe("squared L2 of the unit-length embeddings"),
  threshold: z.number().min(0).max(4).describe("squared L2"),
  falseAcceptRate: z.number().describe("share of impostor pairs accepted at this threshold"),
  strangersAsClose: z.number().describe("share of impostor pairs at least as close as this pair, within the measured rates"),
  probability: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .describe(
      "probability of one person, assuming both cases are equally frequent; null for a model without a probability curve",
    ),
  model: z.string(),
  calibration: ThresholdOrigin,
  liveness: Liveness,
  faces: z.tuple([Face.extend({ image: z.string() }), Face.extend({ image: z.string() })]).describe("the two faces compared"),
});
export type Verdict = z.infer<typeof Verdict>;

/** Distances between all faces of several photographs. */
export const Comparison = z.object({
  model: z.string(),
  threshold: z.number(),
  falseAcceptRate: z.number(),
  calibration: ThresholdOrigin,
  faces: z.array(
    Face.extend({ image: z.string(), index: z.int().describe("index of the face in its photograph, most confident first") }),
  ),
  distances: z.array(z.array(z.number())).describe("squared L2, [faces, faces]"),
  withoutFace: z.array(z.string()).describe("photographs without a detected face"),
  failures: z.array(ImageFailure),
});
export type Comparison = z.infer<typeof Comparison>;
