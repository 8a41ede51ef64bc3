/**
 * Significance of the difference between two models on the same images: exact McNemar test for accuracy, paired bootstrap over
 * people for VAL.
 */
import { percentileInterval } from "../metric/statistics.ts";
import type { PairedSignificance } from "../schemas/evaluation.ts";
import { type BootstrapInterval, type BootstrapOptions, createWeightedRoc, drawPeople, type PeoplePairs } from "./bootstrap.ts";
import type { FaceSet } from "./face-set.ts";
import type { LfwResult } from "./lfw-protocol.ts";
import { computeRoc, farAtThreshold, type Roc, valAtFar } from "./roc.ts";
import { measurePairs, type PairList } from "./verification.ts";

/** Pairs of a model, with the thresholds of its folds. */
export type JudgedPairs = {
  readonly model: string;
  readonly faces: FaceSet;
  readonly list: PairList;
  readonly folds: LfwResult["folds"];
  /** Squared L2 of two faces of the set, if it differs from that of their embeddings. */
  readonly distanceOf?: ((a: number, b: number) => number) | undefined;
};

/**
 * Pairs of the two models are matched by their two images and their fold.
 *
 * @param fars target false accept rates, 0 to 1
 * @throws RangeError unless both models measured common pairs of both kinds
 */
export function pairedSignificance(
  a: JudgedPairs,
  b: JudgedPairs,
  fars: readonly number[],
  bootstrap: BootstrapOptions,
): PairedSignificance {
  const ofB = new Map(judgements(b).map((judgement) => [judgement.key, judgement]));
  const people = new Map<string, number>();
  const numberOf = (person: string): number => {
    const number = people.get(person) ?? people.size;
    people.set(person, number);
    return number;
  };
  const common = judgements(a).flatMap((one) => {
    const other = ofB.get(one.key);
    return other === undefined ? [] : [{ left: numberOf(one.left), right: numberOf(one.right), a: one, b: other }];
  });
  const onlyARight = common.filter((pair) => pair.a.judgedRight && !pair.b.judgedRight).length;
  const onlyBRight = common.filter((pair) => pair.b.judgedRight && !pair.a.judgedRight).length;
  const pairs = {
    left: common.map(({ left }) => left),
    right: common.map(({ right }) => right),
    a: common.map((pair) => pair.a.distance),
    b: common.map((pair) => pair.b.distance),
    people: people.size,
  };
  return {
    a: a.model,
    b: b.model,
    pairs: common.length,
    accuracy: { onlyARight, onlyBRight, pValue: mcnemarExact({ onlyA: onlyARight, onlyB: onlyBRight }) },
    val: valDifferences(pairs, fars, bootstrap),
  };
}

type Judgement = {
  readonly key: string;
  readonly left: string;
  readonly right: string;
  readonly distance: number;
  readonly judgedRight: boolean;
};

function judgements({ faces, list, folds, distanceOf }: JudgedPairs): Judgement[] {
  const { distances, same } = measurePairs(faces, list, distanceOf);
  const thresholdOf = new Map(folds.map(({ fold, threshold }) => [fold, threshold]));
  const personOf = (face: number): string => faces.people[faces.person[face] as number] as string;
  return Array.from(list.left, (left, i) => {
    const [right, fold] = [list.right[i] as number, list.fold[i] as number];
    const distance = distances[i] as number;
    return {
      key: JSON.stringify([faces.images[left], faces.images[right], fold]),
      left: personOf(left),
      right: personOf(right),
      distance,
      judgedRight: same[i] === distance <= (thresholdOf.get(fold) as number),
    };
  });
}

/** Pairs of people with their distances by two models. */
export type PairedDistances = Omit<PeoplePairs, "distances"> & {
  /** [n] squared L2 by the first model. */
  readonly a: ArrayLike<number>;
  /** [n] by the second model. */
  readonly b: ArrayLike<number>;
};

/** Pairs of one model; different pairs may be kept only up to a distance. */
export type ModelPairs = {
  /** Curve of all pairs. */
  readonly measured: Roc;
  readonly pairs: PeoplePairs;
  /** Squared L2 up to which different pairs are complete; default: all are. */
  readonly limit?: number;
  /** Total weight of different pairs in a resample, if not all are kept. */
  readonly differentPairs?: (times: Float64Array) => number;
};

/** VAL of a minus VAL of b, each at its own threshold for the false accept rate. */
export type ValDifference = {
  readonly far: number;
  readonly a: number;
  readonly b: number;
  readonly difference: number;
  readonly interval: BootstrapInterval | null;
  /** Two-sided: twice the share of resamples in which the difference has the other sign or is 0. Null without resamples. */
  readonly pValue: number | null;
};

/** Minimum number of resamples with pairs of both kinds. */
const FEWEST_DRAWINGS = 20;
/** Maximum share of resamples without a result. */
const UNKNOWN_SHARE = 0.05;

/**
 * One difference per false accept rate. Thresholds are chosen anew in every resample. The p-value is at least 2 / (resamples +
 * 1), the smallest that a finite number of resamples can show.
 *
 * @param fars target false accept rates, 0 to 1
 * @throws RangeError unless there are pairs of both kinds
 */
export function valDifferences(
  { a, b, ...people }: PairedDistances,
  fars: readonly number[],
  options: BootstrapOptions,
): ValDifference[] {
  const same = Array.from(people.left, (person, i) => person === people.right[i]);
  const of = (distances: ArrayLike<number>): ModelPairs => ({
    measured: computeRoc(distances, same),
    pairs: { ...people, distances },
  });
  return valDifferencesOf(of(a), of(b), fars, options);
}

/**
 * The same for models with separate pairs of the same people. A rate has no interval if more than a few resamples need pairs
 * beyond those kept.
 */
export function valDifferencesOf(
  a: ModelPairs,
  b: ModelPairs,
  fars: readonly number[],
  options: BootstrapOptions,
): ValDifference[] {
  const drawn = drawnDifferences(a, b, fars, options);
  return fars.map((far, i) => {
    const [valOfA, valOfB] = [valAtFar(a.measured, far), valAtFar(b.measured, far)];
    const values = (drawn[i] as number[]).filter((value) => !Number.isNaN(value)).sort((x, y) => x - y);
    const found = { far, a: valOfA, b: valOfB, difference: valOfA - valOfB };
    const isEnough = values.length >= FEWEST_DRAWINGS && values.length >= (1 - UNKNOWN_SHARE) * (drawn[i] as number[]).length;
    if (!isEnough) return { ...found, interval: null, pValue: null };
    return { ...found, interval: percentileInterval(values), pValue: twoSided(values) };
  });
}

/** [fars][drawings] */
function drawnDifferences(
  a: ModelPairs,
  b: ModelPairs,
  fars: readonly number[],
  { resamples, random }: BootstrapOptions,
): number[][] {
  const [rocOfA, rocOfB] = [createWeightedRoc(a.pairs, a.differentPairs), createWeightedRoc(b.pairs, b.differentPairs)];
  const { people } = a.pairs;
  const drawn = fars.map((): number[] => []);
  for (let i = 0; i < (people < 2 ? 0 : resamples); i++) {
    const times = drawPeople(people, random);
    const [ofA, ofB] = [rocOfA(times), rocOfB(times)];
    if (ofA.samePairs === 0 || ofA.differentPairs === 0) continue;
    for (const [k, far] of fars.entries()) drawn[k]?.push(valWithin(ofA, far, a) - valWithin(ofB, far, b));
  }
  return drawn;
}

/** NaN if the threshold may lie beyond the pairs kept. */
function valWithin(roc: Roc, far: number, { limit }: ModelPairs): number {
  return limit !== undefined && limit < 4 && farAtThreshold(roc, limit) <= far ? Number.NaN : valAtFar(roc, far);
}

function twoSided(differences: readonly number[]): number {
  const below = differences.filter((difference) => difference <= 0).length;
  const above = differences.filter((difference) => difference >= 0).length;
  return Math.min(1, (2 * (1 + Math.min(below, above))) / (differences.length + 1));
}

/** Numbers of pairs that only one of two models judged correctly. */
export type Disagreement = { readonly onlyA: number; readonly onlyB: number };

/**
 * Two-sided p-value of the exact test (McNemar 1947, with the binomial instead of the chi-squared distribution): the probability
 * that fair coins favour one model at least this strongly. 1 without disagreements.
 *
 * The test assumes independent pairs. Pairs that share a face are not, so a small p-value on pairs of few people overstates the
 * evidence.
 *
 * @throws RangeError for counts that are not whole numbers from 0
 * @example
 * mcnemarExact({ onlyA: 1, onlyB: 9 }); // 0.0215
 */
export function mcnemarExact({ onlyA, onlyB }: Disagreement): number {
  for (const count of [onlyA, onlyB]) {
    if (!Number.isSafeInteger(count) || count < 0)
      throw new RangeError(`mcnemar: counts must be whole numbers from 0, got ${count}`);
  }
  const n = onlyA + onlyB;
  const fewer = Math.min(onlyA, onlyB);
  // In logarithms: 2^-n is 0 in floating point from n = 1075 on.
  let logTerm = -n * Math.LN2;
  let tail = Math.exp(logTerm);
  for (let k = 0; k < fewer; k++) {
    logTerm += Math.log((n - k) / (k + 1));
    tail += Math.exp(logTerm);
  }
  return Math.min(1, 2 * tail);
}
