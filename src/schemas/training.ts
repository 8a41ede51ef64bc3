/** Training configuration, saved in every checkpoint, and training log. */
import * as z from "zod";

export const minerNames = ["semi-hard", "random-violator", "batch-hard", "batch-all"] as const;
export type MinerName = (typeof minerNames)[number];

export const lossNames = ["triplet", "softmax", "am-softmax", "arcface", "adaface", "distillation"] as const;

export const augmentations = ["flip", "crop", "jpeg", "colour", "blur", "resolution"] as const;
export type Augmentation = (typeof augmentations)[number];

export const optimizerNames = ["adamw", "adam", "sgd", "adagrad", "rmsprop"] as const;
export type OptimizerName = (typeof optimizerNames)[number];

export const rateSchedules = ["cosine", "linear", "step", "constant"] as const;

/** Hyper-parameters of the optimisers. Defaults are torch.optim's; each optimiser uses those that apply to it. */
export const OptimizerConstants = z.strictObject({
  momentum: z.number().min(0).lt(1).optional().describe("of sgd and rmsprop (default: 0)"),
  dampening: z.number().min(0).lt(1).optional().describe("of sgd's momentum (default: 0)"),
  nesterov: z.boolean().optional().describe("Nesterov momentum, of sgd (default: false)"),
  beta1: z.number().min(0).lt(1).optional().describe("of adam and adamw: decay of the running mean (default: 0.9)"),
  beta2: z.number().min(0).lt(1).optional().describe("of adam and adamw: decay of the running mean of squares (default: 0.999)"),
  amsgrad: z.boolean().optional().describe("of adam and adamw: divide by the largest mean of squares so far (default: false)"),
  epsilon: z.number().min(0).optional().describe("added to the denominator (default: 1e-8; adagrad: 1e-10)"),
  initialAccumulator: z.number().min(0).optional().describe("of adagrad; TensorFlow's is 0.1 (default: 0)"),
  accumulatorDecay: z
    .number()
    .min(0)
    .optional()
    .describe("of adagrad: learning rate decay, divides the rate by 1 + (step - 1) x decay (default: 0)"),
  smoothing: z.number().min(0).lt(1).optional().describe("of rmsprop: decay of the running mean of squares (default: 0.99)"),
  centred: z.boolean().optional().describe("of rmsprop: centred, divides by the standard deviation (default: false)"),
});
export type OptimizerConstants = z.infer<typeof OptimizerConstants>;

/** Options of a parameter group: `fc=rate:10/decay:0`. */
export const groupPattern = /^([^=]+)=(?=[rd])(?:rate:([\d.e-]+))?(?:(?:^|\/|(?<==))decay:([\d.e-]+))?$/;

/** Everything that determines the result of a training. An unknown key is an error. */
export const TrainingConfiguration = z.strictObject({
  network: z.string(),
  from: z
    .string()
    .optional()
    .describe("model to start from instead of random weights: an id, an architecture or a path; see tune"),
  tune: z
    .string()
    .min(1)
    .optional()
    .describe(
      'what of the model named by from is trained: "head", a linear head on its embeddings (default), "all" of its network (default with a teacher), or the first layer that is trained, such as conv20',
    ),
  dimensions: z.int().min(2).max(4096).optional().describe("of the embedding (default: the network's own, 128 of most)"),
  loss: z.enum(lossNames),
  teacher: z.string().optional().describe("model whose embeddings the network learns to reproduce: distillation, without labels"),
  compatibleWith: z
    .string()
    .optional()
    .describe(
      "model that the network's embeddings stay comparable to: its embeddings of the same faces join the triplets (harmonic embedding)",
    ),
  miner: z.enum(minerNames),
  margin: z.number().min(0).max(4),
  centerLoss: z.number().min(0),
  classScale: z
    .number()
    .positive()
    .optional()
    .describe("scale of a classification loss's logits (default: softmax 16, am-softmax 30, arcface and adaface 64)"),
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
  schedule: z.string().nullable().describe("content of a schedule file"),
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

/** Default learning rate of each optimiser. */
export const defaultRates: Readonly<Record<OptimizerName, number>> = {
  adamw: 1e-3,
  adam: 1e-3,
  sgd: 0.05,
  adagrad: 0.01,
  rmsprop: 1e-3,
};

/**
 * Defaults for training on a few hundred people on a CPU, with the paper's loss. The paper's optimiser and mini-batch, for
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

/** Log record of one training step. */
export const TrainingStep = z.object({
  step: z.int().describe("counted from 1"),
  epoch: z.number().describe("mean number of times each image has been seen"),
  loss: z.number(),
  learningRate: z.number(),
  images: z.int().describe("in the mini-batch"),
  pairs: z.int().describe("anchor-positive pairs considered; 0 for a classification loss"),
  triplets: z.int().describe("selected by the miner"),
  active: z.int().describe("triplets with a loss above 0; for a classification loss, misclassified images"),
  positiveDistance: z.number().nullable().describe("mean over genuine pairs in the batch, squared L2"),
  negativeDistance: z.number().nullable().describe("mean over impostor pairs in the batch, squared L2"),
  gradientNorm: z.number().optional().describe("over all parameters, before clipping; present if clipping is on"),
  imagesPerSecond: z.number(),
  waitedMs: z.number().describe("part of the step spent waiting for decoded images"),
});
export type TrainingStep = z.infer<typeof TrainingStep>;

/** Accuracy on held-out people, over all pairs of their faces. */
export const HeldOutResult = z.object({
  step: z.int(),
  people: z.int(),
  faces: z.int(),
  accuracy: z.number().describe("at the best threshold, genuine and impostor pairs weighted equally"),
  auc: z.number(),
  eer: z.number(),
  val: z.array(z.object({ far: z.number(), val: z.number() })),
});
export type HeldOutResult = z.infer<typeof HeldOutResult>;
