/** What `facenet calibrate` answers and writes: a model's thresholds and probability for one's own photographs. */
import * as z from "zod";
import { Interval, OperatingPoint, ReliabilityPoint } from "./evaluation.ts";
import { AppliedCalibration, Threshold } from "./threshold.ts";

export const CalibratedThreshold = Threshold.extend({
  interval: Interval.nullable().describe("of the distance, by drawing people; null where too few pairs are close"),
  farInterval: Interval.nullable().describe("of the rate that this distance really has"),
  val: z.number().describe("share of the pairs of one person that pass"),
  expectedFalseAccepts: z.number().describe("pairs that the rate amounts to; below 10 the threshold rests on few"),
});
export type CalibratedThreshold = z.infer<typeof CalibratedThreshold>;

/** The whole record; other commands read the applied part of it, with `--calibration FILE`. */
export const Calibration = AppliedCalibration.extend({
  thresholds: z.array(CalibratedThreshold).min(1),
  people: z.int(),
  faces: z.int(),
  samePairs: z.int(),
  differentPairs: z.int(),
  logLoss: z
    .object({ logistic: z.number().nullable(), isotonic: z.number() })
    .describe("of people that the curve was not fitted on, both kinds of pairs weighted alike; 0.693 is what a coin says"),
  reliability: z.array(ReliabilityPoint).describe("of the chosen curve, on people that it was not fitted on"),
  modelThresholds: z.array(OperatingPoint).describe("what the model's own thresholds do here"),
  imagesWithoutFace: z.array(z.string()),
  failures: z.array(z.object({ image: z.string(), code: z.string(), message: z.string() })),
  copies: z
    .array(z.object({ image: z.string(), of: z.string() }))
    .describe("images left out: the embedding of another to the last bit"),
  warnings: z.array(z.string()),
  file: z.string().describe("where the calibration was written"),
  stored: z.boolean().describe("for the model: every command decides by it without being told to"),
});
export type Calibration = z.infer<typeof Calibration>;

/** What `facenet calibrate --forget` answers. */
export const ForgottenCalibration = z.object({
  model: z.string(),
  forgotten: z.boolean().describe("false: there was none"),
  file: z.string().describe("where it was"),
});
export type ForgottenCalibration = z.infer<typeof ForgottenCalibration>;
