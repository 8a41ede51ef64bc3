/**
 * Confidence intervals by resampling people. Pairs that share a person are not independent: one person with a bad photograph
 * affects many pairs at once, and intervals from resampling pairs are too narrow. So people are drawn with replacement, and a
 * pair counts as often as its people were drawn: m(a) times for a same-person pair, m(a) x m(b) times for a different-person pair
 * ("vertex bootstrap", Snijders and Borgatti 1999).
 */
import { percentileInterval } from "../metric/statistics.ts";
import type { Roc } from "./roc.ts";

/** Pairs for a bootstrap; people are whole numbers from 0. */
export type PeoplePairs = {
  /** [n] squared L2. */
  readonly distances: ArrayLike<number>;
  /** [n] the two people; twice the same for a same-person pair. */
  readonly left: ArrayLike<number>;
  readonly right: ArrayLike<number>;
  /** Number of people, including those without a pair. */
  readonly people: number;
};

export type BootstrapOptions = {
  /** 0: no intervals. A 95 % interval requires several hundred. */
  readonly resamples: number;
  readonly random: () => number;
};

export type BootstrapInterval = { readonly level: number; readonly low: number; readonly high: number };

/** One resample: how often each person was drawn, and the ROC of the weighted pairs. */
export type Resample = { readonly times: Float64Array; readonly roc: Roc };

/** Maximum share of resamples without a figure for which an interval is given. */
const UNDEFINED_SHARE = 0.05;

/**
 * Percentile intervals of several figures.
 *
 * @param figures each computed on every resample with pairs of both kinds; NaN if a resample has no such figure
 * @param differentPairs total weight of different pairs in a resample, if `pairs` contains only the closest of them
 * @returns one interval per figure; null without resamples, with fewer than two people, or if more than 5 % of the resamples had
 * no such   figure
 * @example bootstrapByPerson(pairs, { val: ({ roc }) => valAtFar(roc, 1e-3) }, { resamples: 1000, random }).val; // { level:
 * 0.95, low, high }
 */
export function bootstrapByPerson<Name extends string>(
  pairs: PeoplePairs,
  figures: Readonly<Record<Name, (resample: Resample) => number>>,
  options: BootstrapOptions,
  differentPairs?: (times: Float64Array) => number,
): Record<Name, BootstrapInterval | null> {
  const names = Object.keys(figures) as Name[];
  const rocOf = createWeightedRoc(pairs, differentPairs);
  const intervals = bootstrapPeople(
    pairs.people,
    names.length,
    (times) => {
      const resample = { times, roc: rocOf(times) };
      if (resample.roc.samePairs === 0 || resample.roc.differentPairs === 0) return names.map(() => Number.NaN);
      return names.map((name) => figures[name](resample));
    },
    options,
  );
  return Object.fromEntries(names.map((name, i) => [name, intervals[i] ?? null])) as Record<Name, BootstrapInterval | null>;
}

/**
 * Percentile intervals of figures computed from people; otherwise like {@link bootstrapByPerson}.
 *
 * @param figures of a resample in which person p counts `times[p]` times: [count], NaN if there is no such figure
 */
export function bootstrapPeople(
  people: number,
  count: number,
  figures: (times: Float64Array) => ArrayLike<number>,
  { resamples, random }: BootstrapOptions,
): (BootstrapInterval | null)[] {
  const drawn = Array.from({ length: count }, () => [] as number[]);
  for (let i = 0; i < (people < 2 ? 0 : resamples); i++) {
    const values = figures(drawPeople(people, random));
    for (const [figure, own] of drawn.entries()) if (!Number.isNaN(values[figure])) own.push(values[figure] as number);
  }
  return drawn.map((values) => {
    if (values.length === 0 || values.length < resamples * (1 - UNDEFINED_SHARE)) return null;
    return percentileInterval(values.sort((a, b) => a - b));
  });
}

/** How often each of n people occurs in n draws with replacement. */
export function drawPeople(people: number, random: () => number): Float64Array {
  const times = new Float64Array(people);
  for (let i = 0; i < people; i++) {
    const person = Math.floor(random() * people);
    times[person] = (times[person] as number) + 1;
  }
  return times;
}

/**
 * ROC of the same pairs for any resample of people; pairs are sorted once. A curve is valid until the next one is requested,
 * because they share arrays.
 *
 * @param differentPairs total weight of different pairs in a resample, if `pairs` contains only the closest of them
 */
export function createWeightedRoc(
  pairs: PeoplePairs,
  differentPairs?: (times: Float64Array) => number,
): (times: Float64Array) => Roc {
  const order = sortedOrder(pairs.distances);
  // sorted by distance, so that every resample is one pass
  const distances = Float64Array.from(order, (i) => pairs.distances[i] as number);
  const left = Uint32Array.from(order, (i) => pairs.left[i] as number);
  const right = Uint32Array.from(order, (i) => pairs.right[i] as number);
  const values = new Float64Array(order.length);
  const trueAccepts = new Float64Array(order.length);
  const falseAccepts = new Float64Array(order.length);
  return (times) => {
    let m = 0;
    let accepted = 0;
    let falsely = 0;
    for (let i = 0; i < distances.length; i++) {
      const a = left[i] as number;
      const b = right[i] as number;
      const weight = a === b ? (times[a] as number) : (times[a] as number) * (times[b] as number);
      if (weight === 0) continue;
      const distance = distances[i] as number;
      if (m === 0 || distance !== values[m - 1]) values[m++] = distance;
      if (a === b) accepted += weight;
      else falsely += weight;
      trueAccepts[m - 1] = accepted;
      falseAccepts[m - 1] = falsely;
    }
    return {
      distances: values.subarray(0, m),
      trueAccepts: trueAccepts.subarray(0, m),
      falseAccepts: falseAccepts.subarray(0, m),
      samePairs: accepted,
      differentPairs: differentPairs?.(times) ?? falsely,
    };
  };
}

function sortedOrder(distances: ArrayLike<number>): Uint32Array {
  return Uint32Array.from({ length: distances.length }, (_, i) => i).sort(
    (a, b) => (distances[a] as number) - (distances[b] as number),
  );
}
