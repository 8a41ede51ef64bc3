/** What calibration without labels finds of a gallery, and keeps with it. */
import * as z from "zod";
import { Interval } from "./evaluation.ts";
import { AppliedCalibration, ProbabilityCurve, Threshold } from "./threshold.ts";

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
});
export type GalleryCalibration = z.infer<typeof GalleryCalibration>;
