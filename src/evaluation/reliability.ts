/** Calibration of probabilities: reliability diagram (Murphy and Winkler 1977), its confidence intervals, and log loss. */

import { rowDistance } from "../metric/embedding-matrix.ts";
import type { Interval, ReliabilityPoint } from "../schemas/evaluation.ts";
import { type BootstrapInterval, type BootstrapOptions, bootstrapByPerson, type PeoplePairs } from "./bootstrap.ts";
import { differentPairsOf } from "./counted-pairs.ts";
import type { ClosePair } from "./distance-stream.ts";
import type { FaceSet } from "./face-set.ts";
import { acceptsAt, type Roc } from "./roc.ts";

/** Bin i covers [i / 10, (i + 1) / 10); the last one includes 1. */
export const RELIABILITY_BINS = 10;

export function binOfProbability(probability: number): number {
  return Math.min(RELIABILITY_BINS - 1, Math.floor(probability * RELIABILITY_BINS));
}

/**
 * Points of a reliability diagram, without empty bins. Probability curves assume that both kinds of pairs are equally frequent,
 * so both kinds are weighted equally, whatever their numbers.
 *
 * @param probability P(same | D), 0 to 1
 * @param intervals [RELIABILITY_BINS] of `reliabilityIntervals`
 * @throws RangeError unless there are pairs of both kinds
 */
export function reliabilityOf(
  roc: Roc,
  probability: (distance: number) => number,
  intervals: readonly (Interval | null)[] = [],
): ReliabilityPoint[] {
  return pooledReliability([{ roc, probability }], intervals);
}

/** Pooled over several curves, each applied to its own pairs. */
export function pooledReliability(
  judged: readonly { readonly roc: Roc; readonly probability: (distance: number) => number }[],
  intervals: readonly (Interval | null)[] = [],
): ReliabilityPoint[] {
  const [allSame, allDifferent] = [sum(judged, "samePairs"), sum(judged, "differentPairs")];
  const bins = Array.from({ length: RELIABILITY_BINS }, () => ({ predicted: 0, same: 0, weight: 0, pairs: 0 }));
  for (const { roc, probability } of judged)
    for (const { distance, same, different } of stepsOf(roc)) {
      const p = probability(distance);
      const bin = bins[binOfProbability(p)] as (typeof bins)[number];
      const weight = same / allSame + different / allDifferent;
      bin.predicted += p * weight;
      bin.weight += weight;
      bin.same += same / allSame;
      bin.pairs += same + different;
    }
  return bins.flatMap(({ predicted, same, weight, pairs }, i) =>
    pairs > 0 ? [{ predicted: predicted / weight, observed: same / weight, interval: intervals[i] ?? null, pairs }] : [],
  );
}

const sum = (judged: readonly { readonly roc: Roc }[], kind: "samePairs" | "differentPairs"): number =>
  judged.reduce((total, { roc }) => total + roc[kind], 0);

/**
 * Mean of -log P over pairs, both kinds weighted equally (natural logarithm): smaller is better, 0.693 is chance. Probabilities
 * of 0 and 1 are clipped by 1e-9.
 *
 * @throws RangeError unless there are pairs of both kinds
 */
export function logLoss(roc: Roc, probability: (distance: number) => number): number {
  let [ofSame, ofDifferent] = [0, 0];
  for (const { distance, same, different } of stepsOf(roc)) {
    const p = Math.min(1 - 1e-9, Math.max(1e-9, probability(distance)));
    ofSame -= same * Math.log(p);
    ofDifferent -= different * Math.log(1 - p);
  }
  return (ofSame / roc.samePairs + ofDifferent / roc.differentPairs) / 2;
}

/** Numbers of pairs of each kind at each distance. */
export function* stepsOf(roc: Roc): Generator<{ distance: number; same: number; different: number }> {
  const { distances, trueAccepts, falseAccepts, samePairs, differentPairs } = roc;
  if (samePairs === 0 || differentPairs === 0) throw new RangeError("evaluating a probability requires pairs of both kinds");
  for (let k = 0; k < distances.length; k++)
    yield {
      distance: distances[k] as number,
      same: (trueAccepts[k] as number) - (trueAccepts[k - 1] ?? 0),
      different: (falseAccepts[k] as number) - (falseAccepts[k - 1] ?? 0),
    };
}

/** Pairs with their predicted probabilities. */
export type ProbablePairs = Omit<PeoplePairs, "distances"> & {
  /** [n] P(same person), 0 to 1 */
  readonly probabilities: ArrayLike<number>;
};

/** Size of the random sample of different pairs that represents those too far apart to be kept. */
const SAMPLE = 100_000;

/**
 * @param differentPairs total weight of different pairs in a resample, if `pairs` lacks those of small probability
 * @returns [RELIABILITY_BINS] intervals of the share of same pairs, both kinds weighted equally; null if a bin is empty in more
 * than a few resamples
 */
export function reliabilityIntervals(
  { probabilities, ...people }: ProbablePairs,
  bootstrap: BootstrapOptions,
  differentPairs?: (times: Float64Array) => number,
): (BootstrapInterval | null)[] {
  // As a curve over the bins, most probable first: the content of a bin is the difference of two steps.
  const distances = Float64Array.from(probabilities, (probability) => RELIABILITY_BINS - 1 - binOfProbability(probability));
  const bins = Array.from({ length: RELIABILITY_BINS }, (_, bin) => bin);
  const figures = bins.map((bin) => {
    const at = RELIABILITY_BINS - 1 - bin;
    return [
      `bin ${bin}`,
      ({ roc }: Parameters<Parameters<typeof bootstrapByPerson>[1][string]>[0]): number => {
        const [upTo, before] = [acceptsAt(roc, at), acceptsAt(roc, at - 1)];
        const same = (upTo.trueAccepts - before.trueAccepts) / roc.samePairs;
        const different = (upTo.falseAccepts - before.falseAccepts) / roc.differentPairs;
        return same / (same + different); // NaN for an empty bin
      },
    ] as const;
  });
  const intervals = bootstrapByPerson<string>({ distances, ...people }, Object.fromEntries(figures), bootstrap, differentPairs);
  return bins.map((bin) => intervals[`bin ${bin}`] ?? null);
}

/** Kept pairs of a large set, with their predicted probabilities. */
export type PairSource = {
  readonly faces: FaceSet;
  /** All same pairs, and different pairs up to `limit`, squared L2. */
  readonly pairs: readonly ClosePair[];
  readonly limit: number;
  /** Groups of people within which pairs were judged: one group of all people, or the folds. */
  readonly groups: readonly (readonly number[])[];
  readonly facesOf: readonly (readonly number[])[];
  /** P(same person) at a distance within a group. */
  readonly probability: (distance: number, group: number) => number;
  readonly random: () => number;
};

/**
 * The same for a set of which only close pairs were kept: bins beyond them use a random sample of the different pairs.
 */
export function keptReliabilityIntervals(kept: PairSource, bootstrap: BootstrapOptions): (BootstrapInterval | null)[] {
  const { faces, pairs, limit, groups, facesOf, probability } = kept;
  const groupOf = new Map(groups.flatMap((people, group) => people.map((person) => [person, group])));
  const who = (face: number): number => faces.person[face] as number;
  const judged = (some: readonly ClosePair[]): ProbablePairs => {
    const within = some.filter(({ left, right }) => groupOf.get(who(left)) === groupOf.get(who(right)));
    return {
      probabilities: within.map(({ left, distance }) => probability(distance, groupOf.get(who(left)) as number)),
      left: within.map(({ left }) => who(left)),
      right: within.map(({ right }) => who(right)),
      people: faces.people.length,
    };
  };
  const none: (BootstrapInterval | null)[] = Array.from({ length: RELIABILITY_BINS }, () => null);
  if (bootstrap.resamples === 0) return none;
  const facesOfGroups = groups.map((people) => people.map((person) => facesOf[person] as readonly number[]));
  const timesOf = (times: Float64Array, people: readonly number[]) =>
    Float64Array.from(people, (person) => times[person] as number);
  const near = reliabilityIntervals(judged(pairs), bootstrap, (times) =>
    groups.reduce((sum, people, i) => sum + differentPairsOf(timesOf(times, people), facesOfGroups[i] ?? []), 0),
  );
  const unseenBelow = Math.max(...groups.map((_, group) => probability(limit, group)));
  if (limit >= 4) return near;
  const same = pairs.filter(({ left, right }) => who(left) === who(right));
  const far = reliabilityIntervals(judged([...same, ...sampleOf(kept, groupOf)]), bootstrap);
  return near.map((interval, bin) => (bin / RELIABILITY_BINS > unseenBelow ? interval : (far[bin] ?? null)));
}

/** Different pairs within groups, sampled with replacement. */
function sampleOf({ faces: { person, embeddings }, random }: PairSource, groupOf: ReadonlyMap<number, number>): ClosePair[] {
  const sample: ClosePair[] = [];
  const face = (): number => Math.floor(random() * person.length);
  for (let attempt = 0; attempt < 20 * SAMPLE && sample.length < SAMPLE; attempt++) {
    const [left, right] = [face(), face()];
    const [a, b] = [person[left] as number, person[right] as number];
    if (a !== b && groupOf.get(a) === groupOf.get(b))
      sample.push({ left, right, distance: rowDistance(embeddings, left, right) });
  }
  return sample;
}
