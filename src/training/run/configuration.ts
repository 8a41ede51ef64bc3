/** Configuration of a training run: given options, else those of the checkpoint, else the defaults. */
import type * as z from "zod";
import type { Optimiser } from "../../engine/graph/optimiser.ts";
import { FaceNetError } from "../../errors.ts";
import { readText } from "../../files/read-file.ts";
import {
  defaultRates,
  groupPattern,
  OptimizerConstants,
  TrainingConfiguration,
  trainingDefaults,
} from "../../schemas/training.ts";
import type { Checkpoint } from "../checkpoint.ts";
import { parseSchedule } from "../learning-rate.ts";

/** Default network: small enough to train on a personal computer. */
export const DEFAULT_NETWORK = "nn4-small";

const { shape } = TrainingConfiguration;

/** Option for a field of the configuration; optional, so that a resumed run keeps its value. */
function option<K extends keyof typeof trainingDefaults>(key: K, says: string): z.ZodOptional<(typeof shape)[K]> {
  const standard = trainingDefaults[key];
  return shape[key].optional().describe(`${says} (default: ${Array.isArray(standard) ? standard.join(",") : standard})`) as never;
}

/** Options of the configuration, as flags. */
export const configurationOptions = {
  network: shape.network.optional().describe(`architecture to train (default: ${DEFAULT_NETWORK})`),
  from: shape.from,
  tune: shape.tune,
  dimensions: shape.dimensions,
  steps: option("steps", "total number of mini-batches"),
  loss: option(
    "loss",
    "triplet, or a classification loss: softmax, am-softmax (CosFace), arcface, adaface; distillation with --teacher",
  ),
  teacher: shape.teacher,
  compatibleWith: shape.compatibleWith,
  miner: option("miner", "selection of triplets within a mini-batch"),
  margin: option("margin", "margin of the triplet loss, squared L2"),
  centerLoss: option("centerLoss", "weight of center loss, added to a classification loss"),
  classScale: shape.classScale,
  classMargin: shape.classMargin,
  subCenters: option("subCenters", "sub-centers per person in a classification loss, for noisy labels (sub-center ArcFace: 3)"),
  classShare: option(
    "classShare",
    "share of the classes used per step of a classification loss, for more than 100,000 people (partial FC)",
  ),
  peoplePerBatch: option("peoplePerBatch", "people per mini-batch"),
  imagesPerPerson: option("imagesPerPerson", "maximum images per person in a mini-batch"),
  randomNegatives: option(
    "randomNegatives",
    "random images added to each mini-batch as negatives, of other people and of people with a single image; triplet loss only",
  ),
  chunk: option("chunk", "images computed at once; fewer need less memory"),
  reduction: option("reduction", "reduction of the triplet loss over a mini-batch; the paper uses the sum"),
  optimizer: option("optimizer", "optimiser, as in torch.optim"),
  ...OptimizerConstants.shape,
  learningRate: shape.learningRate.optional().describe(
    `maximum learning rate (default: ${Object.entries(defaultRates)
      .map(([name, rate]) => `${name} ${rate}`)
      .join(", ")})`,
  ),
  rateSchedule: option(
    "rateSchedule",
    "decay of the rate after the warm-up: cosine and linear to the final rate, step at milestones",
  ),
  warmup: option("warmup", "share of the steps over which the rate rises to its maximum"),
  milestones: option("milestones", "shares of the steps after which `step` lowers the rate"),
  milestoneFactor: option("milestoneFactor", "factor of the rate at each milestone"),
  finalRate: option("finalRate", "final rate of cosine and linear, as a share of the maximum"),
  weightDecay: option("weightDecay", "L2 weight decay; decoupled from the gradient with adamw"),
  decays: option("decays", "what weight decay applies to: weights, or biases and scales as well"),
  groups: option("groups", "parameter groups with their own rate or decay, by name prefix: fc=rate:10/decay:0"),
  clipNorm: option("clipNorm", "maximum norm of the whole gradient; 0: no clipping"),
  averageDecay: option("averageDecay", "decay of a moving average of the weights, which becomes the model; 0: none"),
  batchNormMomentum: option("batchNormMomentum", "decay of batch normalisation's running statistics"),
  reestimate: option("reestimate", "mini-batches for re-estimating these statistics before each evaluation; 0: none"),
  augment: option("augment", "augmentations of the images; an empty list disables them"),
  heldOut: option("heldOut", "share of the people held out for validation"),
  seed: option("seed", "seed of all random numbers"),
};

type Given = { readonly [K in keyof typeof configurationOptions]?: TrainingConfiguration[K] | undefined } & {
  readonly schedule?: string | undefined;
};

/** Options that cannot change once training has started. */
const fixed = [
  "network",
  "from",
  "tune",
  "dimensions",
  "loss",
  "teacher",
  "compatibleWith",
  "subCenters",
  "seed",
  "heldOut",
] as const;

/**
 * @param saved the checkpoint to resume from, and its file
 * @throws FaceNetError SCHEDULE_INVALID; FILE_NOT_READABLE; CHECKPOINT_MISMATCH for an option that cannot change on resuming
 */
export async function resolveConfiguration(
  given: Given,
  saved?: { readonly checkpoint: Checkpoint; readonly file: string },
): Promise<TrainingConfiguration> {
  const known = Object.keys(configurationOptions) as (keyof typeof configurationOptions)[];
  const set = Object.fromEntries(known.flatMap((key) => (given[key] === undefined ? [] : [[key, given[key]]])));
  const before = saved?.checkpoint.configuration;
  for (const key of fixed) {
    if (before && set[key] !== undefined && set[key] !== before[key]) {
      const reason = `was trained with ${key} ${before[key]}, not ${set[key]}`;
      throw new FaceNetError("CHECKPOINT_MISMATCH", { file: saved?.file, reason });
    }
  }
  const schedule = given.schedule === undefined ? {} : { schedule: await readSchedule(given.schedule) };
  const optimizer = (set.optimizer as TrainingConfiguration["optimizer"] | undefined) ?? before?.optimizer;
  const changesOptimizer = optimizer !== undefined && optimizer !== (before ?? trainingDefaults).optimizer;
  const rate = changesOptimizer ? { learningRate: defaultRates[optimizer] } : {};
  const defaults = { ...trainingDefaults, network: DEFAULT_NETWORK };
  const distils = set.teacher !== undefined && set.loss === undefined ? { loss: "distillation" } : {};
  const configuration = TrainingConfiguration.parse({ ...defaults, ...before, ...rate, ...set, ...distils, ...schedule });
  requireReferences(configuration);
  if (configuration.randomNegatives > 0 && configuration.loss !== "triplet") {
    const reason = `require the triplet loss: ${configuration.loss} has no class for them`;
    throw new FaceNetError("OPTION_INVALID", { option: "randomNegatives", reason });
  }
  return configuration;
}

/** @throws FaceNetError OPTION_INVALID */
function requireReferences({ loss, teacher, compatibleWith }: TrainingConfiguration): void {
  const invalid = (option: string, reason: string) => new FaceNetError("OPTION_INVALID", { option, reason });
  if ((loss === "distillation") !== (teacher !== undefined))
    throw invalid("teacher", `requires the loss distillation, got ${loss}`);
  if (compatibleWith !== undefined && loss !== "triplet")
    throw invalid("compatibleWith", `requires the triplet loss, got ${loss}`);
}

async function readSchedule(file: string): Promise<string> {
  const text = await readText(file);
  parseSchedule(text, file);
  return text;
}

/** Optimiser of a configuration, with its constants. */
export function optimiserOf(configuration: TrainingConfiguration): Optimiser {
  const { optimizer, momentum, dampening, nesterov, beta1, beta2, amsgrad, epsilon } = configuration;
  const { initialAccumulator, accumulatorDecay, smoothing, centred } = configuration;
  switch (optimizer) {
    case "sgd":
      return { kind: "sgd", momentum, dampening, nesterov };
    case "adagrad":
      return { kind: "adagrad", initialAccumulator, rateDecay: accumulatorDecay, epsilon };
    case "rmsprop":
      return { kind: "rmsprop", smoothing, momentum, epsilon, centred };
    case "adam":
    case "adamw":
      return { kind: optimizer, beta1, beta2, epsilon, amsgrad };
    default:
      return optimizer satisfies never;
  }
}

/** Options of the trainer from a configuration. */
export function trainerOptionsOf(configuration: TrainingConfiguration) {
  const { weightDecay, decays, groups, clipNorm, averageDecay, batchNormMomentum } = configuration;
  return {
    optimiser: optimiserOf(configuration),
    weightDecay,
    decays,
    batchNormMomentum,
    groups: groups.map((text) => {
      const [, prefix = "", rate, decay] = groupPattern.exec(text) ?? [];
      return {
        prefix,
        ...(rate !== undefined && { rateFactor: Number(rate) }),
        ...(decay !== undefined && { weightDecay: Number(decay) }),
      };
    }),
    ...(clipNorm > 0 && { clipNorm }),
    ...(averageDecay > 0 && { averageDecay }),
  };
}
