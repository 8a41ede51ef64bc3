/** The options that decide what a training makes: what was given, else what the checkpoint says, else the defaults. */
import { readFile } from "node:fs/promises";
import type * as z from "zod";
import type { Optimiser } from "../../engine/graph/optimiser.ts";
import { FaceNetError, reasonOf } from "../../errors.ts";
import {
  defaultRates,
  groupPattern,
  OptimizerConstants,
  TrainingConfiguration,
  trainingDefaults,
} from "../../schemas/training.ts";
import type { Checkpoint } from "../checkpoint.ts";
import { parseSchedule } from "../learning-rate.ts";

/** The network that is trained where none is named: small enough for one's own computer. */
export const DEFAULT_NETWORK = "nn4-small";

const { shape } = TrainingConfiguration;

/** A field of the configuration as an option: it may be left out, so that a run that goes on keeps what it had. */
function option<K extends keyof typeof trainingDefaults>(key: K, says: string): z.ZodOptional<(typeof shape)[K]> {
  const standard = trainingDefaults[key];
  return shape[key].optional().describe(`${says} (default: ${Array.isArray(standard) ? standard.join(",") : standard})`) as never;
}

/** Options of the configuration, as flags. */
export const configurationOptions = {
  network: shape.network.optional().describe(`what to train, an architecture by its name (default: ${DEFAULT_NETWORK})`),
  dimensions: shape.dimensions,
  steps: option("steps", "mini-batches to train for, in all"),
  loss: option(
    "loss",
    "triplet, or a classification of the people: softmax, am-softmax (CosFace), arcface, adaface; distillation with --teacher",
  ),
  teacher: shape.teacher,
  compatibleWith: shape.compatibleWith,
  miner: option("miner", "which triplets of a mini-batch are used"),
  margin: option("margin", "of the triplet loss, squared L2"),
  centerLoss: option("centerLoss", "factor of center loss, added to a classification loss"),
  classScale: shape.classScale,
  classMargin: shape.classMargin,
  subCenters: option(
    "subCenters",
    "directions a person has in a classification loss, for labels with errors (sub-center ArcFace: 3)",
  ),
  classShare: option(
    "classShare",
    "share of the people that a step of a classification loss compares with, for more than 100,000 (partial FC)",
  ),
  peoplePerBatch: option("peoplePerBatch", "people in a mini-batch"),
  imagesPerPerson: option("imagesPerPerson", "images of each of them, at most"),
  randomNegatives: option(
    "randomNegatives",
    "images added to each mini-batch at random, of people not in it otherwise and of those with one image only; triplet loss",
  ),
  chunk: option("chunk", "images computed at once: less takes less memory"),
  reduction: option("reduction", "of the triplet loss over the triplets of a mini-batch; the paper's is the sum"),
  optimizer: option("optimizer", "how gradients become steps, each as torch.optim has it"),
  ...OptimizerConstants.shape,
  learningRate: shape.learningRate.optional().describe(
    `the highest (default: ${Object.entries(defaultRates)
      .map(([name, rate]) => `${name} ${rate}`)
      .join(", ")})`,
  ),
  rateSchedule: option(
    "rateSchedule",
    "how the rate falls after the warm-up: cosine and linear to the final one, step at milestones",
  ),
  warmup: option("warmup", "share of the steps over which the rate rises to the highest"),
  milestones: option("milestones", "shares of the steps after which `step` lowers the rate"),
  milestoneFactor: option("milestoneFactor", "that it is lowered by there"),
  finalRate: option("finalRate", "share of the highest rate at the end of cosine and linear"),
  weightDecay: option("weightDecay", "L2; with adamw decoupled from the gradient"),
  decays: option("decays", "what weight decay is for: weights, or biases and scales too"),
  groups: option("groups", "parameters with a rate or decay of their own, by the beginning of their names: fc=rate:10/decay:0"),
  clipNorm: option("clipNorm", "largest norm of the whole gradient; 0: not clipped"),
  averageDecay: option("averageDecay", "of a moving average of the weights, which then is the model; 0: none"),
  batchNormMomentum: option("batchNormMomentum", "share of the old value in batch normalisation's running statistics"),
  reestimate: option("reestimate", "mini-batches from which those statistics are estimated anew for each evaluation; 0: none"),
  augment: option("augment", "random changes of the images; none: an empty list"),
  heldOut: option("heldOut", "share of the people to measure on instead of training"),
  seed: option("seed", "of everything that is drawn"),
};

type Given = { readonly [K in keyof typeof configurationOptions]?: TrainingConfiguration[K] | undefined } & {
  readonly schedule?: string | undefined;
};

/** What cannot change once training has begun. */
const fixed = ["network", "dimensions", "loss", "teacher", "compatibleWith", "subCenters", "seed", "heldOut"] as const;

/**
 * @param saved the checkpoint to resume from, and its file
 * @throws FaceNetError SCHEDULE_INVALID; FILE_NOT_READABLE; CHECKPOINT_MISMATCH for an option that a training cannot change on its way
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
    const reason = `go with the triplet loss only: ${configuration.loss} has no class for them`;
    throw new FaceNetError("OPTION_INVALID", { option: "randomNegatives", reason });
  }
  return configuration;
}

/** @throws FaceNetError OPTION_INVALID */
function requireReferences({ loss, teacher, compatibleWith }: TrainingConfiguration): void {
  const invalid = (option: string, reason: string) => new FaceNetError("OPTION_INVALID", { option, reason });
  if ((loss === "distillation") !== (teacher !== undefined))
    throw invalid("teacher", `goes with the loss distillation, got ${loss}`);
  if (compatibleWith !== undefined && loss !== "triplet")
    throw invalid("compatibleWith", `goes with the triplet loss only, got ${loss}`);
}

async function readSchedule(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new FaceNetError("FILE_NOT_READABLE", { file, reason: reasonOf(error) }, error);
  });
  parseSchedule(text, file);
  return text;
}

/** The optimiser of a configuration, with the constants that it has. */
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

/** Options of the trainer that a configuration decides. */
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
