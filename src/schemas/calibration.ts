/** Results of `facenet calibrate`: a calibration on labelled faces or on a gallery, with the measurements behind it. */
import * as z from "zod";
import { Interval, OperatingPoint, ReliabilityPoint } from "./evaluation.ts";
import { ImageFailure } from "./failure.ts";
import { Calibration, ProbabilityCurve, Threshold } from "./threshold.ts";

export const CalibratedThreshold = Threshold.extend({
  interval: Interval.nullable().describe("of the distance, bootstrap by person; null if too few pairs are close"),
  farInterval: Interval.nullable().describe("of the actual rate at this distance"),
  val: z.number().describe("share of genuine pairs accepted"),
  expectedFalseAccepts: z.number().describe("impostor pairs at this rate; below 10 the threshold is unreliable"),
});
export type CalibratedThreshold = z.infer<typeof CalibratedThreshold>;

/** A calibration on labelled faces, with its measurements; `--calibration FILE` reads the part in {@link Calibration}. */
export const LabelledCalibration = Calibration.extend({
  thresholds: z.array(CalibratedThreshold).min(1),
  people: z.int(),
  faces: z.int(),
  samePairs: z.int(),
  differentPairs: z.int(),
  logLoss: z
    .object({ logistic: z.number().nullable(), isotonic: z.number() })
    .describe("on people held out of the fit, genuine and impostor pairs weighted equally; 0.693 is chance"),
  reliability: z.array(ReliabilityPoint).describe("of the chosen curve, on people held out of the fit"),
  modelThresholds: z.array(OperatingPoint).describe("the model's own thresholds measured here"),
  imagesWithoutFace: z.array(z.string()),
  failures: z.array(ImageFailure),
  copies: z.array(z.object({ image: z.string(), of: z.string() })).describe("images left out: embedding identical to another's"),
  warnings: z.array(z.string()),
  file: z.string().describe("where the calibration was written"),
  stored: z.boolean().describe("for the model: every command uses it by default"),
});
export type LabelledCalibration = z.infer<typeof LabelledCalibration>;

/** Result of `facenet calibrate --forget`. */
export const ForgottenCalibration = z.object({
  model: z.string(),
  forgotten: z.boolean().describe("false: none existed"),
  file: z.string().describe("path of the file"),
});
export type ForgottenCalibration = z.infer<typeof ForgottenCalibration>;

export const GalleryThreshold = Threshold.strip().extend({
  basis: z
    .enum(["gallery", "safe side", "model"])
    .describe(
      "source of the distance. gallery: the gallery's own pairs; safe side: the model's is too lenient for these pairs, so the conservative end of their interval; model: the model's, consistent with these pairs",
    ),
  interval: Interval.describe("of the distance at this rate, bootstrap by photograph"),
  farInterval: Interval.describe("of the actual rate at this distance, among this gallery's people"),
  measuredFar: z
    .number()
    .optional()
    .describe("share of the pairs within photographs at most so far apart; absent in older galleries"),
  measuredInterval: Interval.optional().describe("of that share, by drawing photographs"),
  modelDistance: z.number().describe("of the model's own threshold, squared L2"),
  modelFar: z.number().describe("rate of the model's own threshold in this gallery"),
});
export type GalleryThreshold = z.infer<typeof GalleryThreshold>;

export const GalleryCalibrationFigures = z.object({
  thresholds: z.array(GalleryThreshold).min(1),
  lowestFar: z
    .number()
    .nullable()
    .describe("smallest false match rate that the pairs support; null if no tail fit is acceptable"),
  probability: ProbabilityCurve.nullable(),
  photographs: z.int().describe("photographs with two or more people"),
  pairs: z.int().describe("pairs of faces in one photograph"),
  distinctPairs: z.int().describe("impostor pairs; further photographs of the same two people do not count"),
  leftOut: z
    .object({
      sameGroup: z.int(),
      contactSheets: z.int(),
      companions: z.int(),
      samePersonTwice: z.int(),
    })
    .describe(
      "pairs within a photograph left out: one person according to clustering or a user; in photographs of photographs; people rarely seen apart; probably one person twice",
    ),
  goodnessOfFit: z.number().min(0).max(1).describe("share of samples from the fitted tail that fit no better than the pairs"),
  tail: z
    .object({ share: z.number(), scale: z.number(), shape: z.number() })
    .describe("generalised Pareto distribution fitted to the closest share of pairs; 1 and 0 are the model's own impostors"),
  histogram: z.object({ binWidth: z.number(), counts: z.array(z.number()) }).describe("distances of pairs within photographs"),
  curve: z
    .array(z.object({ distance: z.number(), far: z.number(), low: z.number(), high: z.number() }))
    .describe("fitted rate at a distance, with 95 % interval"),
});
export type GalleryCalibrationFigures = z.infer<typeof GalleryCalibrationFigures>;

/** Thresholds for distances normalised by a cohort, and that cohort: with another, they would keep other rates. */
export const CohortCalibration = z.object({
  faces: z.array(z.array(z.int())).describe("the cohort: faces of each person, whose mean stands for the person"),
  nearest: z.int().describe("people averaged, the nearest of the cohort"),
  ownWithin: z.number().describe("squared L2; people within it are taken for the face's own"),
  middle: z.number().describe("mean of those averages over the gallery's faces, added to each normalised distance"),
  thresholds: z
    .array(
      GalleryThreshold.pick({ far: true, distance: true, farInterval: true }).extend({
        basis: z.enum(["gallery", "safe side"]).describe("gallery: its own pairs; safe side: conservative end of their interval"),
      }),
    )
    .min(1),
});
export type CohortCalibration = z.infer<typeof CohortCalibration>;

/** Stored in the gallery; its thresholds and probability apply there. */
export const GalleryCalibration = Calibration.extend(GalleryCalibrationFigures.shape).extend({
  cohort: CohortCalibration.nullable()
    .default(null)
    .describe("for --normalise cohort; null: too few people, or made automatically"),
  faces: z.int().describe("in the gallery when it was calibrated"),
  at: z.string().describe("when, ISO 8601"),
  automatic: z.boolean().default(false).describe("made automatically by `facenet index`; renewed as the gallery grows"),
});
export type GalleryCalibration = z.infer<typeof GalleryCalibration>;

/** Summary of the calibration in force. */
export const CalibrationSummary = GalleryCalibration.pick({
  distinctPairs: true,
  photographs: true,
  lowestFar: true,
  at: true,
  automatic: true,
});
export type CalibrationSummary = z.infer<typeof CalibrationSummary>;

/** State of automatic calibration in a gallery. */
export const CalibrationNote = z.object({
  forgotten: z.boolean().default(false).describe("by `calibrate --forget`: automatic calibration is off"),
  triedWith: z.int().default(0).describe("number of faces at the last attempt, successful or with too few pairs"),
});
export type CalibrationNote = z.infer<typeof CalibrationNote>;

/** What an automatic calibration has changed. */
export const AutomaticCalibration = z.object({
  calibratedOn: z.string(),
  lowestFar: z.number().nullable(),
  renewed: z.boolean().describe("replaces an automatic calibration on fewer faces"),
  thresholds: z
    .array(z.object({ far: z.number(), before: z.number(), after: z.number() }))
    .describe("squared L2, at the default rates of verification and clustering"),
});
export type AutomaticCalibration = z.infer<typeof AutomaticCalibration>;
