/** Verification figures of a list of pairs: protocol results, confidence intervals, tables and curves. */
import { rowDistance } from "../metric/embedding-matrix.ts";
import type { OperatingPoint, Verification, WrongPair } from "../schemas/evaluation.ts";
import type { Threshold } from "../schemas/threshold.ts";
import {
  type BootstrapInterval,
  type BootstrapOptions,
  bootstrapByPerson,
  type PeoplePairs,
  type Resample,
} from "./bootstrap.ts";
import { histogramsOfRoc } from "./distance-histogram.ts";
import { comparedFace, type FaceSet } from "./face-set.ts";
import { type LfwResult, lfwProtocol, type MeasuredPairs } from "./lfw-protocol.ts";
import { likelihoodFigures } from "./likelihood.ts";
import { referenceProtocol } from "./reference-protocol.ts";
import { logLoss, reliabilityIntervals, reliabilityOf } from "./reliability.ts";
import {
  acceptsAt,
  areaUnderCurve,
  computeRoc,
  equalErrorRate,
  farAtThreshold,
  type Roc,
  rocPoints,
  thresholdAtFar,
  valAtFar,
  valAtThreshold,
} from "./roc.ts";

/** Pairs of faces of a set, with their folds. */
export type PairList = {
  /** [n] indices in the set; likewise `right`. */
  readonly left: Uint32Array;
  readonly right: Uint32Array;
  /** [n] whole numbers. */
  readonly fold: Uint32Array;
};

export function pairListOf(rows: readonly (readonly [left: number, right: number, fold: number])[]): PairList {
  return {
    left: Uint32Array.from(rows, ([left]) => left),
    right: Uint32Array.from(rows, ([, right]) => right),
    fold: Uint32Array.from(rows, ([, , fold]) => fold),
  };
}

/** Figures of the pairs; the caller adds their origin and the failures. */
export type VerificationFigures = Pick<
  Verification,
  | "pairs"
  | "samePairs"
  | "differentPairs"
  | "accuracy"
  | "val"
  | "auc"
  | "aucInterval"
  | "eer"
  | "eerInterval"
  | "threshold"
  | "folds"
  | "inSample"
  | "thresholds"
  | "modelThresholds"
  | "roc"
  | "histograms"
  | "worst"
  | "reliability"
  | "logLoss"
  | "logLossInterval"
  | "likelihood"
>;

export type VerificationOptions = {
  /** Target false accept rates. */
  readonly fars: readonly number[];
  readonly definitions: Verification["definitions"];
  readonly modelThresholds: readonly Threshold[];
  /** P(same | D), if the model has a probability curve. */
  readonly probability?: ((distance: number) => number) | undefined;
  readonly bootstrap: BootstrapOptions;
  /** Squared L2 of two faces of the set, if it differs from that of their embeddings. */
  readonly distanceOf?: ((a: number, b: number) => number) | undefined;
};

/** Number of worst pairs shown of each kind. */
export const WORST = 20;

/**
 * @throws RangeError as `lfwProtocol`
 */
export function verifyPairs(faces: FaceSet, list: PairList, options: VerificationOptions): VerificationFigures {
  const measured = measurePairs(faces, list, options.distanceOf);
  const roc = computeRoc(measured.distances, measured.same);
  const result = options.definitions === "paper" ? lfwProtocol(measured, options) : referenceProtocol(measured, options);
  const thresholds = roundThresholds(roc);
  const { probability } = options;
  const drawn = peoplePairs(faces, list, measured);
  const intervals = bootstrapByPerson<string>(
    drawn,
    {
      accuracy: weightedAccuracy(faces, list, measured, result),
      auc: (resample) => areaUnderCurve(resample.roc),
      eer: (resample) => equalErrorRate(resample.roc),
      ...Object.fromEntries(options.fars.map((far) => [`val ${far}`, (resample) => valAtFar(resample.roc, far)])),
      ...operatingFigures(thresholds, "round"),
      ...operatingFigures(options.modelThresholds, "model"),
      ...(probability && { logLoss: (resample) => logLoss(resample.roc, probability) }),
    },
    options.bootstrap,
  );
  return {
    pairs: measured.distances.length,
    samePairs: roc.samePairs,
    differentPairs: roc.differentPairs,
    accuracy: { ...result.accuracy, interval: intervals.accuracy ?? null },
    val: result.val.map((at) => ({ ...at, interval: intervals[`val ${at.far}`] ?? null })),
    auc: result.auc,
    aucInterval: intervals.auc ?? null,
    eer: result.eer,
    eerInterval: intervals.eer ?? null,
    threshold: result.threshold,
    folds: [...result.folds],
    inSample: result.inSample ?? false,
    thresholds: operatingPoints(roc, thresholds, "round", intervals),
    modelThresholds: operatingPoints(roc, options.modelThresholds, "model", intervals),
    roc: rocPoints(roc),
    histograms: histogramsOfRoc(roc),
    worst: worstPairs(faces, list, measured, result.threshold),
    reliability: probability
      ? reliabilityOf(roc, probability, intervalsOfReliability(drawn, probability, options.bootstrap))
      : [],
    logLoss: probability ? logLoss(roc, probability) : null,
    logLossInterval: intervals.logLoss ?? null,
    likelihood: probability ? likelihoodFigures(roc, probability) : null,
  };
}

function intervalsOfReliability(
  { distances, ...people }: PeoplePairs,
  probability: (distance: number) => number,
  bootstrap: BootstrapOptions,
) {
  return reliabilityIntervals({ ...people, probabilities: Array.from(distances, probability) }, bootstrap);
}

/** Distance, kind and fold of each pair. */
export function measurePairs(
  { embeddings, person }: FaceSet,
  { left, right, fold }: PairList,
  distanceOf: (a: number, b: number) => number = (a, b) => rowDistance(embeddings, a, b),
): MeasuredPairs {
  const distances = new Float64Array(left.length);
  const same: boolean[] = [];
  for (let i = 0; i < left.length; i++) {
    const [a, b] = [left[i] as number, right[i] as number];
    distances[i] = distanceOf(a, b);
    same.push(person[a] === person[b]);
  }
  return { distances, same, fold };
}

function peoplePairs({ people, person }: FaceSet, { left, right }: PairList, { distances }: MeasuredPairs): PeoplePairs {
  const personOf = (face: number): number => person[face] as number;
  return { distances, left: left.map(personOf), right: right.map(personOf), people: people.length };
}

/** Share of pairs judged correctly at fixed thresholds per fold. */
function weightedAccuracy(
  { person }: FaceSet,
  { left, right }: PairList,
  { distances, same, fold }: MeasuredPairs,
  { folds }: Pick<LfwResult, "folds">,
): (resample: { readonly times: Float64Array }) => number {
  const thresholdOf = new Map(folds.map((each) => [each.fold, each.threshold]));
  const isRight = Uint8Array.from(same, (isSame, i) => {
    return isSame === (distances[i] as number) <= (thresholdOf.get(fold[i] as number) as number) ? 1 : 0;
  });
  return ({ times }) => {
    let [rightly, all] = [0, 0];
    for (let i = 0; i < isRight.length; i++) {
      const [a, b] = [person[left[i] as number] as number, person[right[i] as number] as number];
      const weight = a === b ? (times[a] as number) : (times[a] as number) * (times[b] as number);
      all += weight;
      rightly += weight * (isRight[i] as number);
    }
    return rightly / all;
  };
}

function worstPairs(faces: FaceSet, { left, right }: PairList, { distances, same }: MeasuredPairs, threshold: number) {
  const wrong = Array.from(distances, (_, i) => i).filter((i) => same[i] !== (distances[i] as number) <= threshold);
  const byDistance = wrong.sort((a, b) => (distances[a] as number) - (distances[b] as number));
  const shown = (i: number): WrongPair => ({
    left: comparedFace(faces, left[i] as number),
    right: comparedFace(faces, right[i] as number),
    distance: distances[i] as number,
  });
  return {
    falseAccepts: byDistance
      .filter((i) => !same[i])
      .slice(0, WORST)
      .map(shown),
    falseRejects: byDistance
      .filter((i) => same[i])
      .reverse()
      .slice(0, WORST)
      .map(shown),
  };
}

/** False accept rates shown in a table, as far as the number of pairs allows. */
const ROUND_FARS = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6];

/** Largest threshold for each round rate with at least one expected false accept. */
export function roundThresholds(roc: Roc): Threshold[] {
  return ROUND_FARS.filter((far) => far * roc.differentPairs >= 1).map((far) => ({
    far,
    distance: Math.max(0, thresholdAtFar(roc, far)),
  }));
}

/** Bootstrap figures: VAL and FAR at each fixed threshold. */
export function operatingFigures(thresholds: readonly Threshold[], name: string): Record<string, (resample: Resample) => number> {
  return Object.fromEntries(
    thresholds.flatMap(({ distance }, i) => [
      [`${name} ${i} val`, ({ roc }: Resample) => valAtThreshold(roc, distance)],
      [`${name} ${i} far`, ({ roc }: Resample) => farAtThreshold(roc, distance)],
    ]),
  );
}

/** @param intervals of {@link operatingFigures} with the same thresholds and name */
export function operatingPoints(
  roc: Roc,
  thresholds: readonly Threshold[],
  name: string,
  intervals: Readonly<Record<string, BootstrapInterval | null>>,
): OperatingPoint[] {
  return thresholds.map(({ far, distance }, i) => {
    const { trueAccepts, falseAccepts } = acceptsAt(roc, distance);
    return {
      far,
      threshold: distance,
      val: valAtThreshold(roc, distance),
      valInterval: intervals[`${name} ${i} val`] ?? null,
      measuredFar: farAtThreshold(roc, distance),
      farInterval: intervals[`${name} ${i} far`] ?? null,
      falseAccepts,
      falseRejects: roc.samePairs - trueAccepts,
    };
  });
}
