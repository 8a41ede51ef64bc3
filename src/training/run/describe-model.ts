/** What the manifest of a trained model says. */
import { basename, resolve } from "node:path";
import type { FaceImages } from "../../datasets/face-images.ts";
import type { NetworkPlan } from "../../engine/graph/network.ts";
import type { ModelDescription } from "../../models/model-folder.ts";
import type { TrainingConfiguration } from "../../schemas/training.ts";
import type { Calibration } from "../calibrate.ts";
import { pixelScaling } from "../face-loader.ts";
import { alignmentOf } from "./cut-out.ts";

export type ModelFacts = {
  readonly configuration: TrainingConfiguration;
  readonly plan: NetworkPlan;
  readonly folder: string;
  readonly trained: FaceImages;
  /** what thresholds were measured on */
  readonly measured: { readonly people: number; readonly labels: Uint32Array };
  readonly isHeldOut: boolean;
  readonly calibration: Calibration;
  readonly steps: number;
};

export function describeModel({
  configuration,
  plan,
  folder,
  trained,
  measured,
  isHeldOut,
  calibration,
  steps,
}: ModelFacts): ModelDescription {
  const { name, input } = plan.network;
  const { mean, scale } = pixelScaling;
  const { codeScale, ...decisions } = calibration;
  const images = trained.imagesOfPeople.reduce((sum, { length }) => sum + length, 0);
  const loss = configuration.loss === "triplet" ? `triplet loss, ${configuration.miner} mining` : configuration.loss;
  return {
    id: `${name}.${tagOf(folder)}`,
    summary: `${name}, trained from random weights on ${trained.people.length} people`,
    licence: "as that of the images it was trained on",
    origin: {
      package: "own training",
      training: `${images} images of ${trained.people.length} people, ${steps} steps, ${loss}, seed ${configuration.seed}`,
    },
    input: { ...input, layout: "nchw", channels: "rgb", normalization: "fixed", mean: [mean, mean, mean], scale, batch: "any" },
    alignment: alignmentOf(input),
    embedding: { size: plan.dimensions, metric: "squared-l2", codeScale, compared: "bytes" },
    ...decisions,
    calibratedOn: `all pairs of ${measured.labels.length} faces of ${measured.people} people ${isHeldOut ? "held out of the training" : "it was trained on, so that its rates are better than on others: there were too few people to hold some out"}`,
    measured: [],
  };
}

/** The folder's name as a tag of a model id: small letters, digits and dashes. */
export function tagOf(folder: string): string {
  const tag = basename(resolve(folder))
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return tag === "" ? "trained" : tag;
}
