/** Evaluations for report tests: synthetic faces, measured by the real protocol. */
import type { FaceSet } from "../../src/evaluation/face-set.ts";
import { type PairList, verifyPairs } from "../../src/evaluation/verification.ts";
import { createEmbeddingMatrix } from "../../src/metric/embedding-matrix.ts";
import { seededRandom } from "../../src/metric/seeded-random.ts";
import type {
  ClusteringEvaluation,
  ErrorVersusDiscard,
  IdentificationEvaluation,
  LabelComparison,
  Verification,
} from "../../src/schemas/evaluation.ts";

const IMAGES_A_PERSON = 4;

/** People on a circle, their images scattered by `noise`: distances are those of the angles. */
function sampleFaces(people: number, noise: number): FaceSet {
  const random = seededRandom(7);
  const angles = Array.from(
    { length: people * IMAGES_A_PERSON },
    (_, i) => Math.floor(i / IMAGES_A_PERSON) * 0.2 + noise * random(),
  );
  return {
    images: angles.map((_, i) => `photos/person-${Math.floor(i / IMAGES_A_PERSON)}/image-${i}.jpg`),
    boxes: angles.map(() => ({ x: 10, y: 10, width: 50, height: 60 })),
    people: Array.from({ length: people }, (_, person) => `person-${person}`),
    person: Uint32Array.from(angles, (_, i) => Math.floor(i / IMAGES_A_PERSON)),
    embeddings: createEmbeddingMatrix(
      angles.map((angle) => Float32Array.of(Math.cos(angle), Math.sin(angle))),
      "floats",
    ),
  };
}

/** All pairs, in two folds. */
function allPairs({ images }: FaceSet): PairList {
  const rows = images.flatMap((_, i) => images.flatMap((__, j) => (j > i ? [[i, j] as const] : [])));
  return {
    left: Uint32Array.from(rows, ([left]) => left),
    right: Uint32Array.from(rows, ([, right]) => right),
    fold: Uint32Array.from(rows, (_, i) => i % 2),
  };
}

const common = {
  detector: "detector.tag",
  calibration: { from: "model", calibratedOn: "faces of other people" },
  compared: "floats",
  flip: false,
  definitions: "paper",
  imagesWithoutFace: [],
  failures: [],
  copies: [],
  warnings: [],
} as const;

/** @param noise radians; 0.25 and more make errors */
export function sampleVerification(model: string, noise = 0.25): Verification {
  const faces = sampleFaces(12, noise);
  const figures = verifyPairs(faces, allPairs(faces), {
    fars: [1e-2, 1e-3],
    definitions: "paper",
    modelThresholds: [{ far: 1e-3, distance: 0.03 }],
    probability: (distance) => 1 / (1 + Math.exp(100 * (distance - 0.04))),
    bootstrap: { resamples: 50, random: seededRandom(1) },
  });
  return {
    protocol: "pairs",
    ...figures,
    ...common,
    model,
    people: faces.people.length,
    images: faces.images.length,
    imagesWithoutFace: [],
    failures: [],
    copies: [],
    warnings: [],
    skipped: 0,
    skippedPairs: [],
    groups: [],
    quality: null,
    likelihood: null,
  };
}

const interval = (low: number, high: number) => ({ level: 0.95, low, high });

/** Two labels, one of them without different-person pairs. */
export const sampleComparison: LabelComparison = {
  column: "age",
  threshold: 1.2,
  far: 1e-3,
  thresholdFrom: "model",
  labels: [
    {
      ...{ label: "x, old", people: 7, images: 16, samePairs: 9, differentPairs: 40 },
      ...{ frr: 0.25, frrInterval: interval(0.1, 0.5), measuredFar: 0.01, farInterval: interval(0.002, 0.03) },
    },
    {
      ...{ label: "young", people: 1, images: 3, samePairs: 3, differentPairs: 0 },
      ...{ frr: 0.125, frrInterval: null, measuredFar: null, farInterval: null },
    },
  ],
  between: [
    {
      ...{ labels: ["x, old", "young"], samePairs: 0, differentPairs: 48 },
      ...{ frr: null, frrInterval: null, measuredFar: 0.005, farInterval: null },
    },
  ],
  worstFar: null,
  worstFrr: { label: "x, old", ratio: 1.41, interval: interval(1.1, 1.9) },
};

/** Two measures, the first of which predicts which pairs fail. */
export const sampleDiscard: ErrorVersusDiscard = {
  threshold: 1.2,
  far: 1e-3,
  thresholdFrom: "model",
  pairs: 900,
  measures: ["sharpness", "size"].map((measure, m) => ({
    measure,
    points: [0, 0.05, 0.2].map((discarded, i) => ({
      ...{ discarded, limit: 10 * i, frr: m === 0 ? 0.04 - 0.01 * i : 0.04 },
      interval: i === 2 ? null : interval(0.01, 0.07),
    })),
  })),
  acceptable: { discarded: 0.1, frr: 0.03, interval: interval(0.01, 0.05), frrOfDiscarded: 0.13, intervalOfDiscarded: null },
};

export const sampleIdentification: IdentificationEvaluation = {
  protocol: "identification",
  enrolled: 100,
  probes: 300,
  strangers: 500,
  rates: [
    {
      fpir: 0.01,
      threshold: 1.1,
      thresholdFrom: "calibration",
      dir: 0.93,
      dirInterval: { level: 0.95, low: 0.9, high: 0.95 },
      measuredFpir: 0.012,
      fpirInterval: null,
      wrongPerson: 0.003,
    },
  ],
  curve: [0.001, 0.01, 0.1].map((fpir, i) => ({ fpir, dir: 0.9 + 0.02 * i, threshold: 1 + 0.1 * i })),
  cmc: [1, 5, 10].map((rank, i) => ({ rank, rate: 0.95 + 0.01 * i })),
  ...common,
  model: "architecture.tag",
  people: 600,
  images: 900,
  imagesWithoutFace: [],
  failures: [],
  copies: [],
  warnings: [],
};

export const sampleClustering: ClusteringEvaluation = {
  protocol: "clustering",
  algorithm: "agglomerative",
  threshold: 1.2,
  faces: 900,
  clusters: 620,
  clustersOfOne: 400,
  pairwise: { precision: 0.99, recall: 0.9, f: 0.943 },
  bCubed: { precision: 0.98, recall: 0.95, f: 0.965 },
  normalizedMutualInformation: 0.991,
  ...common,
  model: "architecture.tag",
  people: 600,
  images: 900,
  imagesWithoutFace: [],
  failures: [],
  copies: [],
  warnings: [],
};
