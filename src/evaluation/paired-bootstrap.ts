/**
 * Is one model's VAL higher than another's, or was it only lucky with these people? Both are looked at on the same
 * drawings of people, so that what makes a drawing hard for both drops out of the difference.
 */
import {
  type BootstrapInterval,
  type BootstrapOptions,
  createWeightedRoc,
  drawPeople,
  type PeoplePairs,
  quantile,
} from "./bootstrap.ts";
import { computeRoc, farAtThreshold, type Roc, valAtFar } from "./roc.ts";

/** Pairs of people with the distances that two models give them. */
export type PairedDistances = Omit<PeoplePairs, "distances"> & {
  /** [n] squared L2 by the one model */
  readonly a: ArrayLike<number>;
  /** [n] by the other */
  readonly b: ArrayLike<number>;
};

/** The pairs of one model, of which those of two people may be kept only up to a distance. */
export type ModelPairs = {
  /** the curve of all pairs */
  readonly measured: Roc;
  readonly pairs: PeoplePairs;
  /** squared L2 up to which pairs of two people are complete; default: all are */
  readonly limit?: number;
  /** weight of all pairs of two people in a drawing, where not all are kept */
  readonly differentPairs?: (times: Float64Array) => number;
};

/** VAL of a less VAL of b, each at its own threshold for the false accept rate. */
export type ValDifference = {
  readonly far: number;
  readonly a: number;
  readonly b: number;
  readonly difference: number;
  readonly interval: BootstrapInterval | null;
  /** Two-sided: twice the share of drawings in which the difference is not on its side of 0. Null without drawings. */
  readonly pValue: number | null;
};

/** Drawings with pairs of both kinds, below which nothing is said. */
const FEWEST_DRAWINGS = 20;
/** Share of drawings that may not tell before nothing is said. */
const UNKNOWN_SHARE = 0.05;

/**
 * One difference a false accept rate. Thresholds are picked anew in every drawing. The p-value is at least
 * 2 / (drawings + 1), since a finite number of drawings cannot show less.
 *
 * @param fars wanted false accept rates, 0 to 1
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
 * The same where each model has pairs of its own, of the same people by number. A rate has no interval where more than a few
 * drawings would need farther pairs than are kept.
 */
export function valDifferencesOf(
  a: ModelPairs,
  b: ModelPairs,
  fars: readonly number[],
  options: BootstrapOptions,
): ValDifference[] {
  const drawn = drawnDifferences(a, b, fars, options);
  const level = options.level ?? 0.95;
  return fars.map((far, i) => {
    const [valOfA, valOfB] = [valAtFar(a.measured, far), valAtFar(b.measured, far)];
    const values = (drawn[i] as number[]).filter((value) => !Number.isNaN(value)).sort((x, y) => x - y);
    const found = { far, a: valOfA, b: valOfB, difference: valOfA - valOfB };
    const isEnough = values.length >= FEWEST_DRAWINGS && values.length >= (1 - UNKNOWN_SHARE) * (drawn[i] as number[]).length;
    if (!isEnough) return { ...found, interval: null, pValue: null };
    const interval = { level, low: quantile(values, (1 - level) / 2), high: quantile(values, (1 + level) / 2) };
    return { ...found, interval, pValue: twoSided(values) };
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

/** NaN where the threshold may lie beyond the pairs that are kept. */
function valWithin(roc: Roc, far: number, { limit }: ModelPairs): number {
  return limit !== undefined && limit < 4 && farAtThreshold(roc, limit) <= far ? Number.NaN : valAtFar(roc, far);
}

function twoSided(differences: readonly number[]): number {
  const below = differences.filter((difference) => difference <= 0).length;
  const above = differences.filter((difference) => difference >= 0).length;
  return Math.min(1, (2 * (1 + Math.min(below, above))) / (differences.length + 1));
}
