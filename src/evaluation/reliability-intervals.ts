/**
 * How sure the points of a reliability diagram are: people are drawn with replacement, as for every other figure
 * (`bootstrap.ts`). Wilson's interval for a share would take pairs for independent, and be too narrow.
 */
import { rowDistance } from "../metric/embedding-matrix.ts";
import { type BootstrapInterval, type BootstrapOptions, bootstrapByPerson, type PeoplePairs } from "./bootstrap.ts";
import { differentPairsOf } from "./close-pairs.ts";
import type { ClosePair } from "./distance-stream.ts";
import type { FaceSet } from "./face-set.ts";
import { binOfProbability, RELIABILITY_BINS } from "./reliability.ts";
import { acceptsAt } from "./roc.ts";

/** Pairs with the probability that each was given. */
export type ProbablePairs = Omit<PeoplePairs, "distances"> & {
  /** [n] P(same person), 0 to 1 */
  readonly probabilities: ArrayLike<number>;
};

/** Random different pairs that stand for all of those too far apart to be kept. */
const SAMPLE = 100_000;

/**
 * @param differentPairs weight of all different pairs of a drawing, where `pairs` lacks those of small probability
 * @returns [RELIABILITY_BINS] of the share of one person, both kinds weighted alike; null where a bin is empty in more than a few drawings
 */
export function reliabilityIntervals(
  { probabilities, ...people }: ProbablePairs,
  bootstrap: BootstrapOptions,
  differentPairs?: (times: Float64Array) => number,
): (BootstrapInterval | null)[] {
  // As a curve over the bins, the most probable first: what a bin holds is the difference of two of its steps.
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

/** Pairs of a large set, as far as they were kept, and what was said of them. */
export type KeptPairs = {
  readonly faces: FaceSet;
  /** all of one person, and those of two people up to `limit`, squared L2 */
  readonly pairs: readonly ClosePair[];
  readonly limit: number;
  /** people whose pairs were judged among themselves: one group of everyone, or the folds */
  readonly groups: readonly (readonly number[])[];
  readonly facesOf: readonly (readonly number[])[];
  /** P(same person) at a distance between two people of a group */
  readonly probability: (distance: number, group: number) => number;
  readonly random: () => number;
};

/**
 * The same for a set of which only the close pairs were kept: bins that reach farther go by a random sample of the
 * different pairs.
 */
export function keptReliabilityIntervals(kept: KeptPairs, bootstrap: BootstrapOptions): (BootstrapInterval | null)[] {
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

/** Different pairs within groups, drawn with replacement from all of them. */
function sampleOf({ faces: { person, embeddings }, random }: KeptPairs, groupOf: ReadonlyMap<number, number>): ClosePair[] {
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
