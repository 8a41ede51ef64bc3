/** Thresholds and probabilities for deciding on a distance, and their source. */
import * as z from "zod";

/** Largest squared L2 distance accepted as one person, at a target false accept rate. */
export const Threshold = z.strictObject({
  far: z.number().positive().max(1).describe("share of impostor pairs accepted"),
  distance: z.number().min(0).max(4).describe("squared L2"),
});
export type Threshold = z.infer<typeof Threshold>;

/** P(same person | distance d) = 1 / (1 + exp(slope * (d - midpoint))). */
export const LogisticCurve = z.strictObject({ midpoint: z.number().min(0).max(4), slope: z.number().positive() });
export type LogisticCurve = z.infer<typeof LogisticCurve>;

/** P(same person | distance d), linear between points and constant beyond the first and the last. */
export const IsotonicCurve = z.strictObject({
  points: z
    .array(z.strictObject({ distance: z.number().min(0).max(4), probability: z.number().min(0).max(1) }))
    .min(1)
    .describe("distances ascending, probabilities non-increasing"),
});
export type IsotonicCurve = z.infer<typeof IsotonicCurve>;

export const ProbabilityCurve = z.union([LogisticCurve, IsotonicCurve]);
export type ProbabilityCurve = z.infer<typeof ProbabilityCurve>;

/**
 * A model's thresholds and probability, measured on a user's photographs and used in place of the model's own. `facenet calibrate`
 * adds its measurements: LabelledCalibration, GalleryCalibration.
 */
export const Calibration = z.object({
  version: z.literal(1),
  model: z.string(),
  sha256: z.string().describe("of the model's network: a calibration is valid for these weights only"),
  compared: z.enum(["bytes", "floats"]),
  thresholds: z.array(Threshold.strip()).min(1),
  probability: ProbabilityCurve.nullable(),
  calibratedOn: z.string(),
});
export type Calibration = z.infer<typeof Calibration>;

/** Source of a result's threshold and probability. */
export const ThresholdOrigin = z.object({
  from: z
    .enum(["model", "stored", "file", "gallery"])
    .describe(
      "the model's own; stored for it by `facenet calibrate`; a file given with --calibration; the gallery's own impostor pairs",
    ),
  calibratedOn: z.string().describe("faces they were measured on"),
});
export type ThresholdOrigin = z.infer<typeof ThresholdOrigin>;
