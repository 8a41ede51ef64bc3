/** The paper's studies: levels, its figures, and in what we cannot do as it did (FaceNet, section 5; VAL at FAR 1e-3). */
import type { ExperimentLevel, Study } from "../../schemas/experiment.ts";

type Level = Pick<ExperimentLevel, "level" | "value" | "paper">;

export type StudyPlan = {
  readonly question: string;
  /** What `value` counts, for tables and axes. */
  readonly unit: string;
  readonly levels: readonly Level[];
  readonly difference: string;
};

const onPairs =
  "The paper measures all pairs of 100,000 x 100,000 hold-out faces of one kind of photograph; here it is a list of pairs in folds, thresholds picked on the other folds, standard error over the folds.";
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

/** Faces cut out for the studies of pictures are squares of this side (face-cache.ts). */
export const studyPlans: Readonly<Record<Study, StudyPlan>> = {
  jpeg: {
    question: "How much does JPEG compression cost?",
    unit: "JPEG quality",
    levels: qualities.map(([quality, val]) => ({ level: `quality ${quality}`, value: quality, paper: paper(val) })),
    difference: `${onPairs} Faces are cut out at 160 x 160, compressed, and scaled to the network's input; the paper's NN1 takes 220 x 220, and its table is of the first split. The photographs were JPEG files already.`,
  },
  pixels: {
    question: "How few pixels does a face need?",
    unit: "pixels",
    levels: sides.map(([side, val]) => ({ level: `${side} x ${side}`, value: side * side, paper: paper(val) })),
    difference: `${onPairs} Faces are cut out at 160 x 160, scaled to the size, and scaled to the network's input, so sizes above 160 (and above what the photograph holds) add nothing; the paper's NN1 takes 220 x 220, and its table is of the first split.`,
  },
  dimensions: {
    question: "How many dimensions does an embedding need?",
    unit: "dimensions",
    levels: sizes.map(([size, val, error]) => ({ level: `${size}`, value: size, paper: paper(val, error) })),
    difference: `${onPairs} The paper trains a network for each size; here one network's vectors are reduced to their first principal components, found on other people (--fit).`,
  },
  bytes: {
    question: "How few bytes does a face need?",
    unit: "bytes a face",
    levels: [
      { level: "float32", value: 4, paper: paper(87.9, 1.9) },
      { level: "float16", value: 2, paper: null },
      { level: "int8", value: 1, paper: paper(87.9, 1.9) },
      { level: "1 bit", value: 0.125, paper: null },
    ],
    difference: `${onPairs} The paper gives no table: it says that 128 floats can be quantised to 128 bytes without loss of accuracy, so NN1's figure at 128 dimensions stands at both.`,
  },
};
