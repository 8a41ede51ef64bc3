/** How a network is trained, and what is told of it meanwhile. The configuration is saved in every checkpoint. */
import * as z from "zod";

export const minerNames = ["semi-hard", "random-violator", "batch-hard", "batch-all"] as const;
export type MinerName = (typeof minerNames)[number];

export const lossNames = ["triplet", "softmax", "am-softmax"] as const;
export type LossName = (typeof lossNames)[number];

export const augmentations = ["flip", "crop", "jpeg", "colour", "blur"] as const;
export type Augmentation = (typeof augmentations)[number];

export const optimizerNames = ["adagrad", "sgd", "adam", "rmsprop"] as const;

/** All that decides what comes out of a training. An unknown key is an error. */
export const TrainingConfiguration = z.strictObject({
  network: z.string(),
  loss: z.enum(lossNames),
  miner: z.enum(minerNames),
  margin: z.number().min(0).max(4),
  centerLoss: z.number().min(0),
  peoplePerBatch: z.int().min(2),
  imagesPerPerson: z.int().min(2),
  chunk: z.int().min(2),
  optimizer: z.enum(optimizerNames),
  learningRate: z.number().positive(),
  schedule: z.string().nullable().describe("the text of a schedule file"),
  steps: z.int().min(0),
  weightDecay: z.number().min(0),
  averageDecay: z.number().min(0).lt(1),
  augment: z.array(z.enum(augmentations)),
  heldOut: z.number().min(0).max(0.9),
  seed: z.int(),
});
export type TrainingConfiguration = z.infer<typeof TrainingConfiguration>;

/** The paper's settings where it gives them (FaceNet, section 3), else the reference implementation's. */
export const trainingDefaults = {
  loss: "triplet",
  miner: "semi-hard",
  margin: 0.2,
  centerLoss: 0,
  peoplePerBatch: 45,
  imagesPerPerson: 40,
  chunk: 60,
  optimizer: "adagrad",
  learningRate: 0.05,
  schedule: null,
  steps: 10_000,
  weightDecay: 0,
  averageDecay: 0,
  augment: ["flip", "crop"],
  heldOut: 0.1,
  seed: 666,
} as const satisfies Omit<TrainingConfiguration, "network">;

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
