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
import { computeRoc, valAtFar } from "./roc.ts";

/** Pairs of people with the distances that two models give them. */
export type PairedDistances = Omit<PeoplePairs, "distances"> & {
  /** [n] squared L2 by the one model */
  readonly a: ArrayLike<number>;
  /** [n] by the other */
  readonly b: ArrayLike<number>;
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

/**
 * One difference a false accept rate. Thresholds are picked anew in every drawing. The p-value is at least
 * 2 / (drawings + 1), since a finite number of drawings cannot show less.
 *
 * @param fars wanted false accept rates, 0 to 1
 * @throws RangeError unless there are pairs of both kinds
 */
export function valDifferences(pairs: PairedDistances, fars: readonly number[], options: BootstrapOptions): ValDifference[] {
  const same = Array.from(pairs.left, (person, i) => person === pairs.right[i]);
  const measured = { a: computeRoc(pairs.a, same), b: computeRoc(pairs.b, same) };
  const drawn = drawnDifferences(pairs, fars, options);
  const level = options.level ?? 0.95;
  return fars.map((far, i) => {
    const [a, b] = [valAtFar(measured.a, far), valAtFar(measured.b, far)];
    const values = (drawn[i] as number[]).sort((x, y) => x - y);
    if (values.length < FEWEST_DRAWINGS) return { far, a, b, difference: a - b, interval: null, pValue: null };
    const interval = { level, low: quantile(values, (1 - level) / 2), high: quantile(values, (1 + level) / 2) };
    return { far, a, b, difference: a - b, interval, pValue: twoSided(values) };
  });
}

/** [fars][drawings] */
function drawnDifferences(
  { a, b, ...people }: PairedDistances,
  fars: readonly number[],
  { resamples, random }: BootstrapOptions,
): number[][] {
  const [rocOfA, rocOfB] = [createWeightedRoc({ ...people, distances: a }), createWeightedRoc({ ...people, distances: b })];
  const drawn = fars.map((): number[] => []);
  for (let i = 0; i < (people.people < 2 ? 0 : resamples); i++) {
    const times = drawPeople(people.people, random);
    const [ofA, ofB] = [rocOfA(times), rocOfB(times)];
    if (ofA.samePairs === 0 || ofA.differentPairs === 0) continue;
    for (const [k, far] of fars.entries()) drawn[k]?.push(valAtFar(ofA, far) - valAtFar(ofB, far));
  }
  return drawn;
}

function twoSided(differences: readonly number[]): number {
  const below = differences.filter((difference) => difference <= 0).length;
  const above = differences.filter((difference) => difference >= 0).length;
  return Math.min(1, (2 * (1 + Math.min(below, above))) / (differences.length + 1));
}
