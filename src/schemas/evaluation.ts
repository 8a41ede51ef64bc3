/**
 * Results of `facenet evaluate` for every protocol. Rates are 0 to 1, distances squared L2. Reports are made from these
 * alone: points of the plots, worst errors and tables are included.
 */
import * as z from "zod";
import { Box } from "./face.ts";
import { ImageFailure } from "./failure.ts";
import { ThresholdOrigin } from "./threshold.ts";

/** Evaluation protocols. */
export const protocols = ["pairs", "folder", "hold-out", "video", "identification", "clustering"] as const;
export const Protocol = z.enum(protocols);
export type Protocol = z.infer<typeof Protocol>;

/** Confidence interval by resampling people (bootstrap by person). */
export const Interval = z.object({
  level: z.number().describe("confidence level, such as 0.95"),
  low: z.number(),
  high: z.number(),
});
export type Interval = z.infer<typeof Interval>;

/** A mean over folds or splits. */
export const Spread = z.object({
  mean: z.number(),
  standardError: z.number().describe("of the mean: sample standard deviation (n - 1) / sqrt(n)"),
  standardDeviation: z.number().describe("over the folds, as printed by the reference implementation"),
  interval: Interval.nullable(),
});
export type Spread = z.infer<typeof Spread>;

/** VAL at a FAR, over folds or splits. */
export const ValAtFar = z.object({
  far: z.number(),
  ...Spread.shape,
  threshold: z.number().describe("squared L2, mean over the folds"),
  measuredFar: z.number(),
  expectedFalseAccepts: z.number().describe("impostor pairs at this FAR; below 10 the figure is unreliable"),
});
export type ValAtFar = z.infer<typeof ValAtFar>;

/** VAL and FAR of one threshold over all pairs. */
export const OperatingPoint = z.object({
  far: z.number().describe("target rate"),
  threshold: z.number().describe("squared L2"),
  val: z.number(),
  valInterval: Interval.nullable(),
  measuredFar: z.number(),
  farInterval: Interval.nullable(),
  falseAccepts: z.int(),
  falseRejects: z.int(),
});
export type OperatingPoint = z.infer<typeof OperatingPoint>;

/** One point of the ROC curve. A pair is accepted if its distance is at most `threshold`. */
export const RocPoint = z.object({ far: z.number(), val: z.number(), threshold: z.number() });
export type RocPoint = z.infer<typeof RocPoint>;

/** Counts of pairs by distance: bin i holds i * binWidth < D <= (i + 1) * binWidth, the first also D = 0. */
export const DistanceHistograms = z.object({
  binWidth: z.number(),
  same: z.array(z.int()),
  different: z.array(z.int()),
});
export type DistanceHistograms = z.infer<typeof DistanceHistograms>;

/** One face of a compared pair. */
export const ComparedFace = z.object({
  image: z.string().describe("path; for a video its folder"),
  person: z.string(),
  box: Box.nullable().describe("of the face in the image; null for embeddings read from a file without it"),
});
export type ComparedFace = z.infer<typeof ComparedFace>;

/** A misclassified pair. */
export const WrongPair = z.object({ left: ComparedFace, right: ComparedFace, distance: z.number() });
export type WrongPair = z.infer<typeof WrongPair>;

/** One bin of a reliability diagram; genuine and impostor pairs are weighted equally. */
export const ReliabilityPoint = z.object({
  predicted: z.number().describe("mean probability of the pairs in the bin"),
  observed: z.number().describe("share of genuine pairs, both kinds weighted equally"),
  interval: Interval.nullable().describe("of that share, bootstrap by person"),
  pairs: z.int(),
});
export type ReliabilityPoint = z.infer<typeof ReliabilityPoint>;

/** Calibration of a probability as a likelihood ratio. */
export const LikelihoodFigures = z.object({
  cllr: z.number().describe("log-likelihood-ratio cost in bits: 0 is perfect, 1 is uninformative"),
  cllrMinimum: z.number().describe("of the optimal non-increasing curve fitted to these pairs"),
  expectedCalibrationError: z
    .number()
    .describe("mean absolute difference of predicted and observed shares, both kinds of pairs weighted equally"),
});
export type LikelihoodFigures = z.infer<typeof LikelihoodFigures>;

const labelRates = {
  samePairs: z.number(),
  differentPairs: z.number(),
  frr: z.number().nullable().describe("share of genuine pairs rejected; null without any"),
  frrInterval: Interval.nullable(),
  measuredFar: z.number().nullable().describe("share of impostor pairs accepted; null without any"),
  farInterval: Interval.nullable(),
};

/** The threshold applied to all pairs of a comparison, and its source. */
const commonThreshold = {
  threshold: z.number().describe("squared L2"),
  far: z.number().nullable().describe("target rate of the threshold; null if the threshold was given"),
  thresholdFrom: z
    .enum(["option", "model", "pairs"])
    .describe("option: given; model: the model's, measured elsewhere; pairs: chosen on these pairs"),
};
export type CommonThreshold = z.infer<z.ZodObject<typeof commonThreshold>>;

/** Error-versus-discard: FRR when the genuine pairs of worst quality are left out, for each measure separately. */
export const ErrorVersusDiscard = z.object({
  ...commonThreshold,
  pairs: z.int().describe("genuine pairs; a pair has the quality of the worse of its two faces"),
  measures: z.array(
    z.object({
      measure: z.string(),
      points: z.array(
        z.object({
          discarded: z.number().describe("share of the pairs left out"),
          limit: z.number().describe("smallest value of the measure that is kept; angles are negated"),
          frr: z.number().nullable(),
          interval: Interval.nullable(),
        }),
      ),
    }),
  ),
  acceptable: z
    .object({
      discarded: z.number(),
      frr: z.number().nullable(),
      interval: Interval.nullable(),
      frrOfDiscarded: z.number().nullable(),
      intervalOfDiscarded: Interval.nullable(),
    })
    .describe("without pairs that have a face that is not acceptable"),
});
export type ErrorVersusDiscard = z.infer<typeof ErrorVersusDiscard>;

/** The label with the highest rate. */
export const WorstLabel = z.object({
  label: z.string(),
  ratio: z.number().describe("its rate divided by the geometric mean of all labels' rates (NIST IR 8429)"),
  interval: Interval.nullable(),
});
export type WorstLabel = z.infer<typeof WorstLabel>;

/** Error rates within and between the labels of one attribute, at a single threshold. */
export const LabelComparison = z.object({
  column: z.string(),
  ...commonThreshold,
  labels: z
    .array(z.object({ label: z.string(), people: z.int(), images: z.int(), ...labelRates }))
    .describe("both faces have the label"),
  between: z
    .array(z.object({ labels: z.tuple([z.string(), z.string()]), ...labelRates }))
    .describe("one face of each label; genuine pairs are of people photographed under both"),
  worstFar: WorstLabel.nullable().describe("null with fewer than two rates, or if one is 0"),
  worstFrr: WorstLabel.nullable(),
});
export type LabelComparison = z.infer<typeof LabelComparison>;

/** Fields of every protocol. */
const common = {
  model: z.string(),
  detector: z.string().nullable().describe("null for embeddings from a file"),
  calibration: ThresholdOrigin.describe("of the model's thresholds and probability"),
  compared: z.enum(["bytes", "floats"]),
  flip: z.boolean(),
  definitions: z.enum(["paper", "reference"]).describe("paper: D <= d, exact thresholds; reference: D < d on its grids"),
  people: z.int(),
  images: z.int(),
  imagesWithoutFace: z.array(z.string()),
  failures: z.array(ImageFailure),
  copies: z.array(z.object({ image: z.string(), of: z.string() })).describe("images whose embedding is identical to another's"),
  warnings: z.array(z.string()).describe("reasons to distrust these figures"),
};

/** Verification (1:1) on pairs of faces. */
export const Verification = z.object({
  protocol: z.enum(["pairs", "folder", "hold-out", "video"]),
  pairs: z.int().describe("pairs measured"),
  samePairs: z.int(),
  differentPairs: z.int(),
  skipped: z.int().describe("pairs left out; skippedPairs has the reasons"),
  accuracy: Spread.describe("mean over the folds, each at the best threshold on the other folds"),
  val: z.array(ValAtFar),
  auc: z.number(),
  aucInterval: Interval.nullable(),
  eer: z.number(),
  eerInterval: Interval.nullable(),
  threshold: z.number().describe("squared L2, mean of the folds' best thresholds"),
  ...common,
  folds: z.array(z.object({ fold: z.int(), threshold: z.number(), accuracy: z.number(), pairs: z.int() })),
  inSample: z.boolean().describe("one fold only: the threshold was chosen on the test pairs"),
  thresholds: z.array(OperatingPoint).describe("at round false accept rates, chosen on all of these pairs"),
  modelThresholds: z.array(OperatingPoint).describe("the model's own thresholds, chosen elsewhere, measured here"),
  roc: z.array(RocPoint).describe("ascending, dense where FAR is low: for a plot over log FAR"),
  histograms: DistanceHistograms,
  worst: z
    .object({ falseAccepts: z.array(WrongPair), falseRejects: z.array(WrongPair) })
    .describe("pairs misclassified at `threshold`: impostor pairs, closest first, and genuine pairs, farthest first"),
  reliability: z.array(ReliabilityPoint).describe("of the model's probability; empty for a model without a probability curve"),
  logLoss: z
    .number()
    .nullable()
    .describe(
      "of the model's probability on these pairs, both kinds weighted equally; 0.693 is chance; null without a probability curve",
    ),
  logLossInterval: Interval.nullable(),
  likelihood: LikelihoodFigures.nullable().default(null).describe("of the model's probability; null without a probability curve"),
  groups: z.array(LabelComparison).describe("by attribute, at a single threshold; empty without attributes"),
  quality: ErrorVersusDiscard.nullable().default(null).describe("null if the faces' quality is unknown or pairs are not kept"),
  skippedPairs: z.array(z.object({ left: z.string(), right: z.string(), same: z.boolean(), reason: z.string() })),
});
export type Verification = z.infer<typeof Verification>;

/** Open-set identification (1:N). */
export const IdentificationEvaluation = z.object({
  protocol: z.literal("identification"),
  enrolled: z.int().describe("people in the gallery, one image each"),
  probes: z.int().describe("further images of the enrolled people"),
  strangers: z.int().describe("images of people not in the gallery"),
  rates: z
    .array(
      z.object({
        fpir: z.number().describe("target false positive identification rate"),
        threshold: z.number(),
        thresholdFrom: z.enum(["calibration", "strangers"]).describe("calibration: other people; strangers: these same images"),
        dir: z.number().describe("detection and identification rate: the correct person ranks first, within the threshold"),
        dirInterval: Interval.nullable(),
        measuredFpir: z.number(),
        fpirInterval: Interval.nullable(),
        wrongPerson: z.number().describe("share of probes identified as another enrolled person"),
      }),
    )
    .describe("at thresholds chosen beforehand, then at thresholds that reach the rate on these strangers"),
  curve: z.array(z.object({ fpir: z.number(), dir: z.number(), threshold: z.number() })).describe("ascending"),
  cmc: z
    .array(z.object({ rank: z.int(), rate: z.number() }))
    .describe("probes whose person is among the nearest, without a threshold"),
  ...common,
});
export type IdentificationEvaluation = z.infer<typeof IdentificationEvaluation>;

const PrecisionRecall = z.object({ precision: z.number(), recall: z.number(), f: z.number() });

/** Clustering. */
export const ClusteringEvaluation = z.object({
  protocol: z.literal("clustering"),
  algorithm: z.string(),
  threshold: z.number(),
  faces: z.int(),
  clusters: z.int(),
  clustersOfOne: z.int(),
  pairwise: PrecisionRecall,
  bCubed: PrecisionRecall,
  normalizedMutualInformation: z.number(),
  ...common,
});
export type ClusteringEvaluation = z.infer<typeof ClusteringEvaluation>;

/** Result of any protocol, discriminated by `protocol`. */
export const Evaluation = z.discriminatedUnion("protocol", [Verification, IdentificationEvaluation, ClusteringEvaluation]);
export type Evaluation = z.infer<typeof Evaluation>;

/** Two models compared on the pairs measured with both. */
export const PairedSignificance = z.object({
  a: z.string(),
  b: z.string(),
  pairs: z.int().describe("measured with both"),
  accuracy: z
    .object({
      onlyARight: z.int(),
      onlyBRight: z.int(),
      pValue: z.number().describe("exact McNemar test, two-sided; assumes independent pairs"),
    })
    .nullable()
    .describe("each model at the thresholds of its own folds; null for all pairs of a folder, which are not independent"),
  val: z.array(
    z.object({
      far: z.number(),
      a: z.number().describe("VAL over all of these pairs; b likewise"),
      b: z.number(),
      difference: z.number().describe("a - b"),
      interval: Interval.nullable().describe("bootstrap by person, same resamples for both"),
      pValue: z.number().nullable().describe("two-sided, from those resamples"),
    }),
  ),
});
export type PairedSignificance = z.infer<typeof PairedSignificance>;

/** Several models measured on the same pairs. */
export const ModelComparison = z.object({
  protocol: z.literal("comparison"),
  evaluations: z.array(Evaluation),
  comparisons: z.array(PairedSignificance).describe("each pair of models; empty for protocols without pairs"),
});
export type ModelComparison = z.infer<typeof ModelComparison>;
