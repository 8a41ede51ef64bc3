/**
 * Error versus discard (Grother and Tabassi 2007; NIST FRTE Quality): same pairs are discarded by the lower quality of their two
 * faces; the false reject rate (FRR) of the rest at a fixed threshold shows whether that quality predicts errors.
 */
import { rowDistance } from "../metric/embedding-matrix.ts";
import type { ErrorVersusDiscard } from "../schemas/evaluation.ts";
import { type BootstrapOptions, bootstrapPeople } from "./bootstrap.ts";
import type { FaceSet } from "./face-set.ts";
import type { PairList } from "./verification.ts";

/** Shares of pairs discarded. */
export const DISCARDED = [0, 0.01, 0.02, 0.05, 0.1, 0.2] as const;

/** A same-person pair. */
export type JudgedPair = {
  readonly person: number;
  /** Indices in the set of faces. */
  readonly left: number;
  readonly right: number;
  readonly rejected: boolean;
};

export type DiscardOptions = {
  /** [faces] by measure; higher is better. */
  readonly measures: Readonly<Record<string, ArrayLike<number>>>;
  /** [faces] whether the quality of the face is acceptable. */
  readonly acceptable: ArrayLike<boolean>;
  readonly people: number;
  readonly bootstrap: BootstrapOptions;
};

type Figures = Pick<ErrorVersusDiscard, "pairs" | "measures" | "acceptable">;

/** Same pairs, of a list or all, judged at a threshold. */
export function judgeSamePairs(
  { embeddings, person }: FaceSet,
  list: PairList | null,
  threshold: number,
  distanceOf: (a: number, b: number) => number = (a, b) => rowDistance(embeddings, a, b),
): JudgedPair[] {
  const judged = (left: number, right: number): JudgedPair => ({
    person: person[left] as number,
    left,
    right,
    rejected: distanceOf(left, right) > threshold,
  });
  if (list)
    return Array.from(list.left, (left, i) => [left, list.right[i] as number] as const)
      .filter(([left, right]) => person[left] === person[right])
      .map(([left, right]) => judged(left, right));
  const own = Map.groupBy(person.keys(), (face) => person[face] as number);
  return [...own.values()].flatMap((faces) => faces.flatMap((left, i) => faces.slice(0, i).map((right) => judged(left, right))));
}

/** The quality limits of the original sample are kept in every resample of people. */
export function errorVersusDiscard(pairs: readonly JudgedPair[], options: DiscardOptions): Figures {
  const { measures, acceptable, people, bootstrap } = options;
  const names = Object.keys(measures);
  const worse = names.map((name) => {
    const of = measures[name] as ArrayLike<number>;
    return pairs.map(({ left, right }) => Math.min(of[left] as number, of[right] as number));
  });
  const cuts = worse.flatMap((values) => {
    const sorted = [...values].sort((a, b) => a - b);
    return DISCARDED.map((share) => cutAt(sorted, values, share));
  });
  const isGood = pairs.map(({ left, right }) => acceptable[left] === true && acceptable[right] === true);
  const selections = [
    ...cuts.map(({ kept }) => kept),
    Float64Array.from(isGood, (good) => (good ? 1 : 0)),
    Float64Array.from(isGood, (good) => (good ? 0 : 1)),
  ];
  const sums = selections.map((kept) => byPerson(pairs, kept, people));
  const figures = (times: ArrayLike<number>) => sums.map((sum) => rejectedShare(sum, times));
  const measured = figures(new Float64Array(people).fill(1));
  const intervals = bootstrapPeople(people, sums.length, figures, bootstrap);
  const at = (i: number) =>
    Number.isNaN(measured[i]) ? { frr: null, interval: null } : { frr: measured[i] as number, interval: intervals[i] ?? null };
  const [good, poor] = [at(cuts.length), at(cuts.length + 1)];
  return {
    pairs: pairs.length,
    measures: names.map((measure, m) => ({
      measure,
      points: DISCARDED.map((discarded, i) => {
        const place = m * DISCARDED.length + i;
        return { discarded, limit: cuts[place]?.limit ?? 0, ...at(place) };
      }),
    })),
    acceptable: {
      discarded: isGood.filter((each) => !each).length / pairs.length,
      ...{ frr: good.frr, interval: good.interval },
      ...{ frrOfDiscarded: poor.frr, intervalOfDiscarded: poor.interval },
    },
  };
}

/** Weight of each pair that is kept: 1 above the limit; at the limit, the expected share under random selection. */
function cutAt(sorted: readonly number[], values: readonly number[], share: number): { limit: number; kept: Float64Array } {
  const discarded = Math.round(share * sorted.length);
  const limit = sorted[Math.min(discarded, sorted.length - 1)] as number;
  const below = values.filter((value) => value < limit).length;
  const tied = values.filter((value) => value === limit).length;
  const ofTied = 1 - (discarded - below) / tied;
  return { limit, kept: Float64Array.from(values, (value) => (value < limit ? 0 : value > limit ? 1 : ofTied)) };
}

type Sums = { readonly kept: Float64Array; readonly rejected: Float64Array };

function byPerson(pairs: readonly JudgedPair[], weights: Float64Array, people: number): Sums {
  const [kept, rejected] = [new Float64Array(people), new Float64Array(people)];
  for (const [i, pair] of pairs.entries()) {
    const weight = weights[i] as number;
    kept[pair.person] = (kept[pair.person] as number) + weight;
    if (pair.rejected) rejected[pair.person] = (rejected[pair.person] as number) + weight;
  }
  return { kept, rejected };
}

function rejectedShare({ kept, rejected }: Sums, times: ArrayLike<number>): number {
  let [all, refused] = [0, 0];
  for (let p = 0; p < kept.length; p++) {
    all += (kept[p] as number) * (times[p] as number);
    refused += (rejected[p] as number) * (times[p] as number);
  }
  return refused / all; // NaN if nothing is kept
}
