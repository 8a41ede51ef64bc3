/** What `facenet calibrate` answers and writes: a model's thresholds and probability for one's own photographs. */
import * as z from "zod";
import { Interval, OperatingPoint, ReliabilityPoint } from "./evaluation.ts";
import { AppliedCalibration, ProbabilityCurve, Threshold } from "./threshold.ts";

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

export const GalleryThreshold = Threshold.strip().extend({
  basis: z
    .enum(["gallery", "safe side", "model"])
    .describe(
      "where the distance comes from: the gallery's own pairs; the model's was too lenient for what they say, so their safe side; the model's, which they do not contradict",
    ),
  interval: Interval.describe("of the distance that keeps the rate, by drawing photographs"),
  farInterval: Interval.describe("of the rate that the distance really has"),
  modelDistance: z.number().describe("of the model's own threshold, squared L2"),
  modelFar: z.number().describe("the rate that the model's own threshold has in this gallery"),
});
export type GalleryThreshold = z.infer<typeof GalleryThreshold>;

export const GalleryCalibrationFigures = z.object({
  thresholds: z.array(GalleryThreshold).min(1),
  vouchesDownTo: z
    .number()
    .nullable()
    .describe("smallest false match rate that the pairs can vouch for; null where their tail has no fit that holds"),
  probability: ProbabilityCurve.nullable(),
  photographs: z.int().describe("that show two people or more"),
  pairs: z.int().describe("of two faces in one photograph"),
  distinctPairs: z.int().describe("of two people: photographs that show the same two again do not count"),
  leftOut: z
    .object({
      sameGroup: z.int(),
      contactSheets: z.int(),
      companions: z.int(),
      samePersonTwice: z.int(),
    })
    .describe(
      "pairs of one photograph left out: of one person by clustering or by a user; in photographs of photographs; of people hardly ever seen apart; likely of one person twice",
    ),
  goodnessOfFit: z.number().min(0).max(1).describe("share of draws of the fitted tail that fit it no better than the pairs do"),
  tail: z
    .object({ share: z.number(), scale: z.number(), shape: z.number() })
    .describe("generalised Pareto distribution beyond the closest share of pairs, 1 and 0 being the model's own strangers"),
  histogram: z.object({ binWidth: z.number(), counts: z.array(z.number()) }).describe("distances within photographs"),
  curve: z
    .array(z.object({ distance: z.number(), far: z.number(), low: z.number(), high: z.number() }))
    .describe("the fitted rate at a distance, with its 95 % interval"),
});
export type GalleryCalibrationFigures = z.infer<typeof GalleryCalibrationFigures>;

/** Kept in the gallery; its thresholds and probability decide there. */
export const GalleryCalibration = AppliedCalibration.extend(GalleryCalibrationFigures.shape).extend({
  faces: z.int().describe("in the gallery when it was calibrated"),
  at: z.string().describe("when, ISO 8601"),
  automatic: z.boolean().default(false).describe("made by `facenet index` and not asked for: renewed as the gallery grows"),
});
export type GalleryCalibration = z.infer<typeof GalleryCalibration>;

/** The calibration in force, in short. */
export const CalibrationSummary = GalleryCalibration.pick({
  distinctPairs: true,
  photographs: true,
  vouchesDownTo: true,
  at: true,
  automatic: true,
});
export type CalibrationSummary = z.infer<typeof CalibrationSummary>;

/** What a gallery remembers of its calibrations. */
export const CalibrationNote = z.object({
  forgotten: z.boolean().default(false).describe("by `calibrate --forget`: it does not calibrate by itself"),
  triedWith: z.int().default(0).describe("faces that it had when it was last calibrated, or had too few pairs"),
});
export type CalibrationNote = z.infer<typeof CalibrationNote>;

/** What a calibration that was not asked for has changed. */
export const AutomaticCalibration = z.object({
  calibratedOn: z.string(),
  vouchesDownTo: z.number().nullable(),
  renewed: z.boolean().describe("in place of an automatic one of fewer faces"),
  thresholds: z
    .array(z.object({ far: z.number(), before: z.number(), after: z.number() }))
    .describe("squared L2, at the rates that verification and clustering default to"),
});
export type AutomaticCalibration = z.infer<typeof AutomaticCalibration>;
