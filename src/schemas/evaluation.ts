/**
 * What `facenet evaluate` answers, for every protocol. Rates are 0 to 1, distances squared L2. A report needs nothing
 * else: the points of the plots, the worst errors and the tables are all in here.
 */
import * as z from "zod";
import { Box } from "./face.ts";
import { ThresholdOrigin } from "./threshold.ts";

/** How an evaluation is done: which pairs of faces, or which question. */
export const protocols = ["pairs", "folder", "hold-out", "video", "identification", "clustering"] as const;
export const Protocol = z.enum(protocols);
export type Protocol = z.infer<typeof Protocol>;

/** Where the figure lies in most resamplings of the people (bootstrap by person), or null where none were drawn. */
export const Interval = z.object({
  level: z.number().describe("share of the resamplings within, 0.95 say"),
  low: z.number(),
  high: z.number(),
});
export type Interval = z.infer<typeof Interval>;

/** A mean over folds or splits. */
export const Spread = z.object({
  mean: z.number(),
  standardError: z.number().describe("of the mean: the sample's deviation (n - 1) / sqrt(n)"),
  standardDeviation: z.number().describe("over the folds, as the reference implementation prints it"),
  interval: Interval.nullable(),
});
export type Spread = z.infer<typeof Spread>;

/** VAL at a FAR, over folds or splits. */
export const ValAtFar = z.object({
  far: z.number(),
  ...Spread.shape,
  threshold: z.number().describe("squared L2, mean over the folds"),
  measuredFar: z.number(),
  expectedFalseAccepts: z.number().describe("pairs that this FAR amounts to; below 10 the figure rests on few"),
});
export type ValAtFar = z.infer<typeof ValAtFar>;

/** What a threshold does on all pairs together. */
export const OperatingPoint = z.object({
  far: z.number().describe("the wanted rate"),
  threshold: z.number().describe("squared L2"),
  val: z.number(),
  valInterval: Interval.nullable(),
  measuredFar: z.number(),
  farInterval: Interval.nullable(),
  falseAccepts: z.int(),
  falseRejects: z.int(),
});
export type OperatingPoint = z.infer<typeof OperatingPoint>;

/** One point of the curve; `threshold` accepts a pair at a distance up to and with it. */
export const RocPoint = z.object({ far: z.number(), val: z.number(), threshold: z.number() });
export type RocPoint = z.infer<typeof RocPoint>;

/** Counts of pairs by distance: bin i holds i * binWidth < D <= (i + 1) * binWidth, the first also D = 0. */
export const DistanceHistograms = z.object({
  binWidth: z.number(),
  same: z.array(z.int()),
  different: z.array(z.int()),
});
export type DistanceHistograms = z.infer<typeof DistanceHistograms>;

/** One face as it was compared. */
export const ComparedFace = z.object({
  image: z.string().describe("path; for a video its folder"),
  person: z.string(),
  box: Box.nullable().describe("of the face in the image; null where embeddings came from a file without it"),
});
export type ComparedFace = z.infer<typeof ComparedFace>;

/** A pair that was judged wrongly. */
export const WrongPair = z.object({ left: ComparedFace, right: ComparedFace, distance: z.number() });
export type WrongPair = z.infer<typeof WrongPair>;

/** Of the pairs to which a curve gives about that probability, how many are of one person (both kinds weighted alike). */
export const ReliabilityPoint = z.object({
  predicted: z.number().describe("mean probability of the pairs in the bin"),
  observed: z.number().describe("share of one person, both kinds weighted alike"),
  interval: Interval.nullable().describe("of that share, by drawing people"),
  pairs: z.int(),
});
export type ReliabilityPoint = z.infer<typeof ReliabilityPoint>;

/** How far a probability is a likelihood ratio that means what it says. */
export const LikelihoodFigures = z.object({
  cllr: z.number().describe("log-likelihood-ratio cost in bits: 0 is certainty that is always right, 1 what a coin says"),
  cllrMinimum: z.number().describe("of the best curve that never rises with the distance, chosen on these pairs"),
  expectedCalibrationError: z.number().describe("mean distance of said and observed shares, both kinds of pairs weighted alike"),
});
export type LikelihoodFigures = z.infer<typeof LikelihoodFigures>;

const labelRates = {
  samePairs: z.number(),
  differentPairs: z.number(),
  frr: z.number().nullable().describe("share of the pairs of one person refused; null without one"),
  frrInterval: Interval.nullable(),
  measuredFar: z.number().nullable().describe("share of the pairs of two people accepted; null without one"),
  farInterval: Interval.nullable(),
};

/** The threshold that holds for all pairs of a comparison, and where it comes from. */
const commonThreshold = {
  threshold: z.number().describe("squared L2"),
  far: z.number().nullable().describe("the rate that the threshold is for; null for one that was given"),
  thresholdFrom: z.enum(["option", "model", "pairs"]).describe("given; the model's, measured elsewhere; picked on these pairs"),
};
export type CommonThreshold = z.infer<z.ZodObject<typeof commonThreshold>>;

/** FRR when the pairs of one person of the worst quality are left out, by each measure apart. */
export const ErrorVersusDiscard = z.object({
  ...commonThreshold,
  pairs: z.int().describe("of one person; a pair is worth what the worse of its two faces is"),
  measures: z.array(
    z.object({
      measure: z.string(),
      points: z.array(
        z.object({
          discarded: z.number().describe("share of the pairs left out"),
          limit: z.number().describe("the measure's value from which pairs are kept; angles count negative"),
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
    .describe("leaving out pairs with a face that is not acceptable"),
});
export type ErrorVersusDiscard = z.infer<typeof ErrorVersusDiscard>;

/** The label with the highest rate. */
export const WorstLabel = z.object({
  label: z.string(),
  ratio: z.number().describe("its rate over the geometric mean of all labels' rates (NIST IR 8429)"),
  interval: Interval.nullable(),
});
export type WorstLabel = z.infer<typeof WorstLabel>;

/** Error rates of the labels of one attribute, and between them, at the one threshold. */
export const LabelComparison = z.object({
  column: z.string(),
  ...commonThreshold,
  labels: z
    .array(z.object({ label: z.string(), people: z.int(), images: z.int(), ...labelRates }))
    .describe("both faces have it"),
  between: z
    .array(z.object({ labels: z.tuple([z.string(), z.string()]), ...labelRates }))
    .describe("a face of each; the same pairs are of people photographed under both"),
  worstFar: WorstLabel.nullable().describe("null with fewer than two rates, or where one is 0"),
  worstFrr: WorstLabel.nullable(),
});
export type LabelComparison = z.infer<typeof LabelComparison>;

/** What every protocol has. */
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
  failures: z.array(z.object({ image: z.string(), code: z.string(), message: z.string() })),
  copies: z
    .array(z.object({ image: z.string(), of: z.string() }))
    .describe("images with the embedding of another to the last bit"),
  warnings: z.array(z.string()).describe("what makes these figures less trustworthy than they look, in words"),
};

/** "Same or different?" on pairs of faces. */
export const Verification = z.object({
  protocol: z.enum(["pairs", "folder", "hold-out", "video"]),
  pairs: z.int().describe("pairs measured"),
  samePairs: z.int(),
  differentPairs: z.int(),
  skipped: z.int().describe("pairs left out; why is in skippedPairs"),
  accuracy: Spread.describe("mean over the folds, each at the threshold that is best on the others"),
  val: z.array(ValAtFar),
  auc: z.number(),
  aucInterval: Interval.nullable(),
  eer: z.number(),
  eerInterval: Interval.nullable(),
  threshold: z.number().describe("squared L2, mean of the folds' best"),
  ...common,
  folds: z.array(z.object({ fold: z.int(), threshold: z.number(), accuracy: z.number(), pairs: z.int() })),
  inSample: z.boolean().describe("one fold only: the threshold was picked on the pairs it was tested on"),
  thresholds: z.array(OperatingPoint).describe("for round false accept rates, picked on all of these pairs"),
  modelThresholds: z.array(OperatingPoint).describe("what the model's own thresholds, picked elsewhere, do here"),
  roc: z.array(RocPoint).describe("ascending, dense where FAR is low: for a plot over log FAR"),
  histograms: DistanceHistograms,
  worst: z
    .object({ falseAccepts: z.array(WrongPair), falseRejects: z.array(WrongPair) })
    .describe("different pairs, the closest first, and same pairs, the farthest first, that `threshold` gets wrong"),
  reliability: z.array(ReliabilityPoint).describe("of the model's probability; empty for a model without a curve"),
  logLoss: z
    .number()
    .nullable()
    .describe(
      "of the model's probability on these pairs, both kinds weighted alike: 0.693 is what a coin says; null without a curve",
    ),
  logLossInterval: Interval.nullable(),
  likelihood: LikelihoodFigures.nullable().default(null).describe("of the model's probability; null without a curve"),
  groups: z.array(LabelComparison).describe("by attribute, at one threshold for all; empty without attributes"),
  quality: ErrorVersusDiscard.nullable()
    .default(null)
    .describe("null where the faces' quality is not known, or pairs are not kept"),
  skippedPairs: z.array(z.object({ left: z.string(), right: z.string(), same: z.boolean(), reason: z.string() })),
});
export type Verification = z.infer<typeof Verification>;

/** "Who is it, or nobody known?" */
export const IdentificationEvaluation = z.object({
  protocol: z.literal("identification"),
  enrolled: z.int().describe("people in the gallery, one image each"),
  probes: z.int().describe("other images of theirs"),
  strangers: z.int().describe("images of people who are not in the gallery"),
  rates: z
    .array(
      z.object({
        fpir: z.number().describe("wanted rate of strangers taken for somebody"),
        threshold: z.number(),
        thresholdFrom: z.enum(["calibration", "strangers"]).describe("other people, or these very strangers"),
        dir: z.number().describe("detection and identification rate: the right person first, within the threshold"),
        dirInterval: Interval.nullable(),
        measuredFpir: z.number(),
        fpirInterval: Interval.nullable(),
        wrongPerson: z.number().describe("share of the probes that are taken for another enrolled person"),
      }),
    )
    .describe("at thresholds chosen beforehand, then at ones that hit the rate on these strangers"),
  curve: z.array(z.object({ fpir: z.number(), dir: z.number(), threshold: z.number() })).describe("ascending"),
  cmc: z
    .array(z.object({ rank: z.int(), rate: z.number() }))
    .describe("probes whose person is among the nearest, without threshold"),
  ...common,
});
export type IdentificationEvaluation = z.infer<typeof IdentificationEvaluation>;

const PrecisionRecall = z.object({ precision: z.number(), recall: z.number(), f: z.number() });

/** "Which faces belong together?" */
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

/** The answer to any protocol; `protocol` tells which. */
export const Evaluation = z.discriminatedUnion("protocol", [Verification, IdentificationEvaluation, ClusteringEvaluation]);
export type Evaluation = z.infer<typeof Evaluation>;

/** Two models on the pairs that both could measure. */
export const PairedSignificance = z.object({
  a: z.string(),
  b: z.string(),
  pairs: z.int().describe("measured with both"),
  accuracy: z
    .object({
      onlyARight: z.int(),
      onlyBRight: z.int(),
      pValue: z.number().describe("exact McNemar test, two-sided; takes pairs for independent"),
    })
    .nullable()
    .describe(
      "each model at the thresholds of its own folds; null for every pair of a folder, which are too dependent to be counted",
    ),
  val: z.array(
    z.object({
      far: z.number(),
      a: z.number().describe("VAL on these pairs together, as b"),
      b: z.number(),
      difference: z.number().describe("a - b"),
      interval: Interval.nullable().describe("bootstrap by person, the same drawings for both"),
      pValue: z.number().nullable().describe("two-sided, of those drawings"),
    }),
  ),
});
export type PairedSignificance = z.infer<typeof PairedSignificance>;

/** Several models measured on the same pairs. */
export const ModelComparison = z.object({
  protocol: z.literal("comparison"),
  evaluations: z.array(Evaluation),
  comparisons: z.array(PairedSignificance).describe("every two of them; empty for protocols without pairs"),
});
export type ModelComparison = z.infer<typeof ModelComparison>;
