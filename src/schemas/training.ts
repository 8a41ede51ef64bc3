/** How a network is trained, and what is told of it meanwhile. The configuration is saved in every checkpoint. */
import * as z from "zod";

export const minerNames = ["semi-hard", "random-violator", "batch-hard", "batch-all"] as const;
export type MinerName = (typeof minerNames)[number];

export const lossNames = ["triplet", "softmax", "am-softmax", "arcface", "adaface", "distillation"] as const;

export const augmentations = ["flip", "crop", "jpeg", "colour", "blur"] as const;
export type Augmentation = (typeof augmentations)[number];

export const optimizerNames = ["adamw", "adam", "sgd", "adagrad", "rmsprop"] as const;
export type OptimizerName = (typeof optimizerNames)[number];

export const rateSchedules = ["cosine", "linear", "step", "constant"] as const;

/** Constants of the optimisers. What is left out is torch.optim's default; an optimiser takes those that it has. */
export const OptimizerConstants = z.strictObject({
  momentum: z.number().min(0).lt(1).optional().describe("of sgd and rmsprop (default: 0)"),
  dampening: z.number().min(0).lt(1).optional().describe("of sgd's momentum (default: 0)"),
  nesterov: z.boolean().optional().describe("sgd looks ahead (default: false)"),
  beta1: z.number().min(0).lt(1).optional().describe("of adam and adamw: share of the old mean (default: 0.9)"),
  beta2: z.number().min(0).lt(1).optional().describe("of adam and adamw: share of the old mean of squares (default: 0.999)"),
  amsgrad: z.boolean().optional().describe("adam and adamw divide by the largest mean of squares so far (default: false)"),
  epsilon: z.number().min(0).optional().describe("added to the root that is divided by (default: 1e-8; adagrad: 1e-10)"),
  initialAccumulator: z.number().min(0).optional().describe("of adagrad; TensorFlow's is 0.1 (default: 0)"),
  accumulatorDecay: z
    .number()
    .min(0)
    .optional()
    .describe("of adagrad: the rate is divided by 1 + (step - 1) times it (default: 0)"),
  smoothing: z.number().min(0).lt(1).optional().describe("of rmsprop: share of the old mean of squares (default: 0.99)"),
  centred: z.boolean().optional().describe("rmsprop divides by the deviation (default: false)"),
});
export type OptimizerConstants = z.infer<typeof OptimizerConstants>;

/** A group of parameters: `fc=rate:10/decay:0`. */
export const groupPattern = /^([^=]+)=(?=[rd])(?:rate:([\d.e-]+))?(?:(?:^|\/|(?<==))decay:([\d.e-]+))?$/;

/** All that decides what comes out of a training. An unknown key is an error. */
export const TrainingConfiguration = z.strictObject({
  network: z.string(),
  loss: z.enum(lossNames),
  teacher: z
    .string()
    .optional()
    .describe("model whose embeddings the network learns to give: distillation, which needs no labels"),
  compatibleWith: z
    .string()
    .optional()
    .describe("model whose embeddings stay comparable: its embeddings of the same faces join the triplets (harmonic embedding)"),
  miner: z.enum(minerNames),
  margin: z.number().min(0).max(4),
  centerLoss: z.number().min(0),
  classScale: z
    .number()
    .positive()
    .optional()
    .describe("factor of a classification loss's logits (default: softmax 16, am-softmax 30, arcface and adaface 64)"),
  classMargin: z
    .number()
    .min(0)
    .optional()
    .describe(
      "margin of am-softmax, a cosine (default: 0.35), of arcface, radians (default: 0.5), and of adaface (default: 0.4)",
    ),
  subCenters: z.int().min(1).max(16),
  classShare: z.number().gt(0).max(1),
  peoplePerBatch: z.int().min(2),
  imagesPerPerson: z.int().min(2),
  randomNegatives: z.int().min(0),
  chunk: z.int().min(2),
  reduction: z.enum(["mean", "sum"]),
  optimizer: z.enum(optimizerNames),
  ...OptimizerConstants.shape,
  learningRate: z.number().positive(),
  rateSchedule: z.enum(rateSchedules),
  warmup: z.number().min(0).lt(1),
  milestones: z.array(z.number().min(0).max(1)),
  milestoneFactor: z.number().positive().max(1),
  finalRate: z.number().min(0).max(1),
  schedule: z.string().nullable().describe("the text of a schedule file"),
  steps: z.int().min(0),
  weightDecay: z.number().min(0),
  decays: z.enum(["weights", "all"]),
  groups: z.array(
    z.string().regex(groupPattern, "must be PREFIX=rate:FACTOR, PREFIX=decay:VALUE or PREFIX=rate:FACTOR/decay:VALUE"),
  ),
  clipNorm: z.number().min(0),
  averageDecay: z.number().min(0).lt(1),
  batchNormMomentum: z.number().gt(0).lt(1),
  reestimate: z.int().min(0),
  augment: z.array(z.enum(augmentations)),
  heldOut: z.number().min(0).max(0.9),
  seed: z.int(),
});
export type TrainingConfiguration = z.infer<typeof TrainingConfiguration>;

/** Learning rates that suit an optimiser's other defaults. */
export const defaultRates: Readonly<Record<OptimizerName, number>> = {
  adamw: 1e-3,
  adam: 1e-3,
  sgd: 0.05,
  adagrad: 0.01,
  rmsprop: 1e-3,
};

/**
 * What a few hundred people and a processor train well with; the loss is the paper's. The paper's own optimiser and mini-batch, for
 * millions of faces: `recipes/paper.ts`.
 */
export const trainingDefaults = {
  loss: "triplet",
  miner: "semi-hard",
  margin: 0.2,
  centerLoss: 0,
  subCenters: 1,
  classShare: 1,
  peoplePerBatch: 24,
  imagesPerPerson: 4,
  randomNegatives: 0,
  chunk: 96,
  reduction: "mean",
  optimizer: "adamw",
  learningRate: defaultRates.adamw,
  rateSchedule: "cosine",
  warmup: 0.05,
  milestones: [0.8],
  milestoneFactor: 0.1,
  finalRate: 0,
  schedule: null,
  steps: 2000,
  weightDecay: 0.01,
  decays: "weights",
  groups: [],
  clipNorm: 0,
  averageDecay: 0,
  batchNormMomentum: 0.99,
  reestimate: 0,
  augment: ["flip", "crop"],
  heldOut: 0.1,
  seed: 666,
} satisfies Omit<TrainingConfiguration, "network">;

/** One step of training, as it is logged. */
export const TrainingStep = z.object({
  step: z.int().describe("counted from 1"),
  epoch: z.number().describe("how often each image has been seen, on average"),
  loss: z.number(),
  learningRate: z.number(),
  images: z.int().describe("in the mini-batch"),
  pairs: z.int().describe("anchor-positive pairs looked at; 0 for a classification loss"),
  triplets: z.int().describe("that the miner found"),
  active: z.int().describe("triplets with a loss above 0; of a classification loss, images in the wrong class"),
  positiveDistance: z.number().nullable().describe("mean over the pairs of one person in the batch, squared L2"),
  negativeDistance: z.number().nullable().describe("mean over the pairs of two people in the batch, squared L2"),
  gradientNorm: z.number().optional().describe("of all parameters together, before it was clipped; where it is"),
  imagesPerSecond: z.number(),
  waitedMs: z.number().describe("of the step, waiting for images to be decoded"),
});
export type TrainingStep = z.infer<typeof TrainingStep>;

/** What a network is worth on people that it was not trained on, over all pairs of their faces. */
export const HeldOutResult = z.object({
  step: z.int(),
  people: z.int(),
  faces: z.int(),
  accuracy: z.number().describe("at the best threshold, both kinds of pairs counting alike"),
  auc: z.number(),
  eer: z.number(),
  val: z.array(z.object({ far: z.number(), val: z.number() })),
});
export type HeldOutResult = z.infer<typeof HeldOutResult>;
