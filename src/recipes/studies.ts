/** The paper's studies: levels, its figures, and differences from its setup (FaceNet, section 5; VAL at FAR 1e-3). */

import { planNetwork } from "../engine/graph/network.ts";
import { findNetwork } from "../models/networks/registry.ts";
import type { ExperimentLevel, Study, TrainingStudy } from "../schemas/experiment.ts";
import type { TrainingConfiguration } from "../schemas/training.ts";

export type StudyLevel = Pick<ExperimentLevel, "level" | "value" | "paper">;

export type StudyPlan = {
  readonly question: string;
  /** Unit of `value`, for tables and axes. */
  readonly unit: string;
  readonly levels: readonly StudyLevel[];
  /** This study's own difference from the paper's setup; {@link differenceOf} adds those of all studies. */
  readonly difference: string;
};

/** Of every study. */
export const pairsDifference =
  "The paper measures all pairs of 100,000 x 100,000 hold-out faces of one kind of photograph; here a list of pairs is measured in folds, with thresholds from the other folds and standard errors over the folds.";
/** Of every study that trains. */
export const trainingDifference =
  "The scale is small: a network of 0.55 million parameters, a few hundred people, minutes on a CPU; the paper trained for hundreds of hours. The results show the direction of an effect, not its size. One seed; the errors over the folds do not include variation between seeds.";
const paper = (percent: number, standardError: number | null = null) => ({
  val: Math.round(percent * 10) / 1000,
  standardError: standardError === null ? null : Math.round(standardError * 10) / 1000,
});

const qualities = [
  [10, 67.3],
  [20, 81.4],
  [30, 83.9],
  [50, 85.5],
  [70, 86.1],
  [90, 86.5],
] as const;
const sides = [
  [40, 37.8],
  [80, 79.5],
  [120, 84.5],
  [160, 85.7],
  [256, 86.4],
] as const;
const sizes = [
  [64, 86.8, 1.7],
  [128, 87.9, 1.9],
  [256, 87.7, 1.9],
  [512, 85.6, 2.0],
] as const;

const shares = [
  [10, 85.1],
  [20, 85.1],
  [50, null],
  [100, 86.2],
] as const;

/** Settings of each level of the study of miners, in addition to the common ones. */
const ways: readonly (readonly [string, Partial<TrainingConfiguration>])[] = [
  ["semi-hard, margin 0.2", {}],
  ["semi-hard, margin 0.1", { margin: 0.1 }],
  ["semi-hard, margin 0.5", { margin: 0.5 }],
  ["random violator, margin 0.2", { miner: "random-violator" }],
  ["batch-hard, margin 0.2", { miner: "batch-hard" }],
  ["batch-all, margin 0.2", { miner: "batch-all" }],
  ["additive-margin softmax", { loss: "am-softmax" }],
];

/** Networks of the study, by multiply-adds, with the paper's figures from table 3. */
const compared: readonly (readonly [name: string, paper: StudyLevel["paper"]])[] = [
  ["convnet-64", null],
  ["nns2", paper(51.9, 2.9)],
  ["nn4-small", null],
  ["nns1", paper(82.4, 2.4)],
  ["mobilefacenet", null],
  ["nn4", paper(82.0, 2.3)],
];

/** One level of a study with training. */
export type TrainingLevel = StudyLevel & {
  /** share of the training people, 0 to 1 */
  readonly share: number;
  readonly changes: Partial<TrainingConfiguration>;
};

const untrained: TrainingLevel = { level: "untrained", value: 0, paper: null, share: 1, changes: { steps: 0 } };

export const trainingLevels: Readonly<Record<TrainingStudy, readonly TrainingLevel[]>> = {
  data: [
    untrained,
    ...shares.map(([percent, val]) => ({
      level: `${percent} % of the people`,
      value: percent,
      paper: val === null ? null : paper(val),
      share: percent / 100,
      changes: {},
    })),
  ],
  networks: compared.map(([network, figures]) => ({
    level: network,
    value: Number((planNetwork(findNetwork(network)).multiplyAdds / 1e6).toPrecision(3)),
    paper: figures,
    share: 1,
    changes: { network },
  })),
  embedding: sizes.map(([size, val, error]) => ({
    level: `${size}`,
    value: size,
    paper: paper(val, error),
    share: 1,
    changes: { dimensions: size },
  })),
  miner: [untrained, ...ways.map(([level, changes], i) => ({ level, value: i + 1, paper: null, share: 1, changes }))],
};

/** Cut-out faces of the studies of image degradation are squares with this side (face-cache.ts). */
export const studyPlans: Readonly<Record<Study, StudyPlan>> = {
  jpeg: {
    question: "How much does JPEG compression cost?",
    unit: "JPEG quality",
    levels: qualities.map(([quality, val]) => ({ level: `quality ${quality}`, value: quality, paper: paper(val) })),
    difference:
      "Faces are cropped to 160 x 160, compressed, and scaled to the network's input; the paper's NN1 takes 220 x 220, and its table is of the first split. The photographs were JPEG files already.",
  },
  pixels: {
    question: "How few pixels does a face need?",
    unit: "pixels",
    levels: sides.map(([side, val]) => ({ level: `${side} x ${side}`, value: side * side, paper: paper(val) })),
    difference:
      "Faces are cropped to 160 x 160, scaled to the size, and scaled to the network's input, so sizes above 160 (or above the photograph's resolution) add nothing; the paper's NN1 takes 220 x 220, and its table is of the first split.",
  },
  dimensions: {
    question: "How many dimensions does an embedding need?",
    unit: "dimensions",
    levels: sizes.map(([size, val, error]) => ({ level: `${size}`, value: size, paper: paper(val, error) })),
    difference:
      "The paper trains a network for each size; here one network's vectors are reduced to their first principal components, fitted on other people (--fit).",
  },
  bytes: {
    question: "How few bytes does a face need?",
    unit: "bytes per face",
    levels: [
      { level: "float32", value: 4, paper: paper(87.9, 1.9) },
      { level: "float16", value: 2, paper: null },
      { level: "int8", value: 1, paper: paper(87.9, 1.9) },
      { level: "1 bit", value: 0.125, paper: null },
    ],
    difference:
      "The paper gives no table: it states that 128 floats can be quantised to 128 bytes without loss of accuracy, so NN1's figure at 128 dimensions is listed for both.",
  },
  data: {
    question: "How much does more training data help?",
    unit: "% of the training people",
    levels: trainingLevels.data,
    difference:
      "The paper takes 2.6, 26, 52 and 260 million images (1, 10, 20 and 100 %) and trains each for 700 hours; here the number of people varies, and every level is trained for the same number of steps and measured on the same pairs.",
  },
  networks: {
    question: "How much does a larger network help?",
    unit: "million multiply-adds",
    levels: trainingLevels.networks,
    difference:
      "The networks of the paper's table 3 and figure 4 were trained for hundreds of hours on hundreds of millions of faces; here each is trained for the same number of steps, too few for the larger ones, at its own input size.",
  },
  embedding: {
    question: "How many dimensions does an embedding need, with a network trained for each?",
    unit: "dimensions",
    levels: trainingLevels.embedding,
    difference: "As in the paper, a network is trained for each size.",
  },
  miner: {
    question: "Which miner and which margin?",
    unit: "miner and margin",
    levels: trainingLevels.miner,
    difference: "The paper mines semi-hard negatives with margin 0.2 and gives no table of others.",
  },
};

/** All differences of a study from the paper's setup. */
export function differenceOf(study: Study): string {
  const ofTraining = study in trainingLevels ? [trainingDifference] : [];
  return [pairsDifference, studyPlans[study].difference, ...ofTraining].join(" ");
}
