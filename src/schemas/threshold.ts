/** What decides whether a distance is that of one person: thresholds, probabilities, and where they come from. */
import * as z from "zod";

/** Squared L2 distance up to which two faces are taken for one person, for a wanted false accept rate. */
export const Threshold = z.strictObject({
  far: z.number().positive().max(1).describe("rate of pairs of different people that fall below"),
  distance: z.number().min(0).max(4).describe("squared L2"),
});
export type Threshold = z.infer<typeof Threshold>;

/** P(same person | distance d) = 1 / (1 + exp(slope * (d - midpoint))). */
export const LogisticCurve = z.strictObject({ midpoint: z.number().min(0).max(4), slope: z.number().positive() });
export type LogisticCurve = z.infer<typeof LogisticCurve>;

/** P(same person | distance d) on the straight lines between points, and as at the first and the last beyond them. */
export const IsotonicCurve = z.strictObject({
  points: z
    .array(z.strictObject({ distance: z.number().min(0).max(4), probability: z.number().min(0).max(1) }))
    .min(1)
    .describe("distances ascending, probabilities never rising"),
});
export type IsotonicCurve = z.infer<typeof IsotonicCurve>;

export const ProbabilityCurve = z.union([LogisticCurve, IsotonicCurve]);
export type ProbabilityCurve = z.infer<typeof ProbabilityCurve>;

/** Thresholds and probability that a user measured: what a model decides by in place of its own. */
export const AppliedCalibration = z.object({
  version: z.literal(1),
  model: z.string(),
  sha256: z.string().describe("of the model's network: a calibration holds for these weights only"),
  compared: z.enum(["bytes", "floats"]),
  thresholds: z.array(Threshold.strip()).min(1),
  probability: ProbabilityCurve.nullable(),
  calibratedOn: z.string(),
});
export type AppliedCalibration = z.infer<typeof AppliedCalibration>;

/** Which calibration an answer's threshold and probability come from. */
export const ThresholdOrigin = z.object({
  from: z
    .enum(["model", "stored", "file", "gallery"])
    .describe(
      "the model's own; what `facenet calibrate` stored for it; a file given with --calibration; the gallery's own pairs of strangers",
    ),
  calibratedOn: z.string().describe("the faces that they were measured on"),
});
export type ThresholdOrigin = z.infer<typeof ThresholdOrigin>;
