/** All pairs of a large set, counted by fold; only same pairs and the closest different pairs are kept individually. */
import { rowDistance, selectRows } from "../metric/embedding-matrix.ts";
import type { PeoplePairs } from "./bootstrap.ts";
import { BINS, BINS_A_UNIT, binOf, rocOfHistograms } from "./distance-histogram.ts";
import type { ClosePair, DistanceStream } from "./distance-stream.ts";
import type { FaceSet } from "./face-set.ts";
import type { Round } from "./lfw-protocol.ts";
import type { Roc } from "./roc.ts";

/** Distance histograms of same and different pairs. */
export type Counts = { readonly same: Float64Array; readonly different: Float64Array };

/** Curves of each fold's own pairs, of the pairs among all other folds, and of all pairs. */
export async function countRounds(
  faces: FaceSet,
  folds: readonly (readonly number[])[],
  facesOf: readonly (readonly number[])[],
  stream: DistanceStream,
): Promise<{ rounds: Round[]; total: Counts; together: Roc }> {
  const between = await countBetweenFolds(faces, folds, facesOf, stream);
  const total = sumOf(between.flat());
  const rounds = folds.map((_, fold): Round => {
    const test = rocOf(between[fold]?.[fold] as Counts);
    const touching = between.flatMap((row, g) => row.filter((_counts, h) => g === fold || h === fold));
    const train = folds.length === 1 ? test : rocOf(difference(total, sumOf(touching)));
    return { fold: fold + 1, test, train };
  });
  return { rounds, total, together: rocOf(total) };
}

export const rocOf = ({ same, different }: Counts): Roc => rocOfHistograms(same, different);

/** [folds][folds - fold] counts of pairs between two folds, each combination once. */
async function countBetweenFolds(
  faces: FaceSet,
  folds: readonly (readonly number[])[],
  facesOf: readonly (readonly number[])[],
  stream: DistanceStream,
): Promise<Counts[][]> {
  const parts = folds.map((people) =>
    selectRows(
      faces.embeddings,
      people.flatMap((person) => facesOf[person] as number[]),
    ),
  );
  const between: Counts[][] = [];
  for (const [g, left] of parts.entries()) {
    const row: Counts[] = [];
    for (const [h, right] of parts.entries()) {
      if (h < g)
        row.push(empty()); // counted as (h, g)
      else if (h > g) row.push({ same: new Float64Array(BINS), different: await stream.count(left, right) });
      else {
        const same = new Float64Array(BINS);
        for (const person of folds[g] ?? []) addSamePairs(faces, facesOf[person] as number[], same);
        const all = await stream.countPairs(left);
        row.push({ same, different: all.map((count, bin) => count - (same[bin] as number)) });
      }
    }
    between.push(row);
  }
  return between;
}

function addSamePairs({ embeddings }: FaceSet, own: readonly number[], counts: Float64Array): void {
  for (const [i, a] of own.entries())
    for (let j = 0; j < i; j++) {
      const bin = binOf(rowDistance(embeddings, a, own[j] as number));
      counts[bin] = (counts[bin] as number) + 1;
    }
}

const empty = (): Counts => ({ same: new Float64Array(0), different: new Float64Array(0) });

export function sumOf(all: readonly Counts[]): Counts {
  const sum = { same: new Float64Array(BINS), different: new Float64Array(BINS) };
  for (const kind of ["same", "different"] as const)
    for (const counts of all)
      for (let bin = 0; bin < counts[kind].length; bin++)
        sum[kind][bin] = (sum[kind][bin] as number) + (counts[kind][bin] as number);
  return sum;
}

function difference(a: Counts, b: Counts): Counts {
  return {
    same: a.same.map((count, bin) => count - (b.same[bin] as number)),
    different: a.different.map((count, bin) => count - (b.different[bin] as number)),
  };
}

/** The curve with both kinds weighted equally: its accuracy is (VAL + 1 - FAR) / 2. */
export function balanced({ distances, trueAccepts, falseAccepts, samePairs, differentPairs }: Roc): Roc {
  return {
    distances,
    trueAccepts: Float64Array.from(trueAccepts, (count) => count / samePairs),
    falseAccepts: Float64Array.from(falseAccepts, (count) => count / differentPairs),
    samePairs: 1,
    differentPairs: 1,
  };
}

/** Maximum number of close different pairs kept for intervals and display; others are only counted. */
const MOST_CLOSE = 300_000;

/** All same pairs, and the closest different pairs with the distance up to which they are complete. */
export async function closestPairs(
  faces: FaceSet,
  facesOf: readonly (readonly number[])[],
  different: Float64Array,
  stream: DistanceStream,
): Promise<{ pairs: ClosePair[]; limit: number }> {
  const limit = distanceOfClosest(different, MOST_CLOSE);
  const close = await stream.closePairs(faces.embeddings, limit, (a, b) => faces.person[a] !== faces.person[b]);
  return { pairs: [...samePairs(faces, facesOf), ...close], limit };
}

/** Pairs in the format of the bootstrap. */
export function peoplePairsOf({ person, people }: FaceSet, pairs: readonly ClosePair[]): PeoplePairs {
  const who = (face: number): number => person[face] as number;
  return {
    distances: Float64Array.from(pairs, ({ distance }) => distance),
    left: Uint32Array.from(pairs, ({ left }) => who(left)),
    right: Uint32Array.from(pairs, ({ right }) => who(right)),
    people: people.length,
  };
}

/** Number of different pairs if person p counts `times[p]` times: all pairs of faces minus same pairs. */
export function differentPairsOf(times: Float64Array, facesOf: readonly (readonly number[])[]): number {
  let [sum, squares] = [0, 0];
  for (const [person, own] of facesOf.entries()) {
    const weight = (times[person] as number) * own.length;
    sum += weight;
    squares += weight * weight;
  }
  return (sum * sum - squares) / 2;
}

/** Largest bin edge with at most `most` pairs below it. */
function distanceOfClosest(different: Float64Array, most: number): number {
  let [bin, pairs] = [0, 0];
  while (bin < BINS && pairs + (different[bin] as number) <= most) pairs += different[bin++] as number;
  return (bin - 1) / BINS_A_UNIT;
}

/** All same pairs. */
function samePairs({ embeddings }: FaceSet, facesOf: readonly (readonly number[])[]): ClosePair[] {
  return facesOf.flatMap((own) =>
    own.flatMap((left, i) => own.slice(0, i).map((right) => ({ left, right, distance: rowDistance(embeddings, left, right) }))),
  );
}
