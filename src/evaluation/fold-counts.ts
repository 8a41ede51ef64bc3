/** Every pair of a set of faces, counted by the folds of its people: what curves are made of where pairs are too many to keep. */
import { rowDistance, selectRows } from "../metric/embedding-matrix.ts";
import { BINS, binOf, rocOfHistograms } from "./distance-histogram.ts";
import type { DistanceStream } from "./distance-stream.ts";
import type { FaceSet } from "./face-set.ts";
import type { Round } from "./lfw-protocol.ts";
import type { Roc } from "./roc.ts";

/** Distances of both kinds, counted. */
export type Counts = { readonly same: Float64Array; readonly different: Float64Array };

/** The curves of each fold's own pairs and of the pairs among all others, and of every pair. */
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

/** [folds][folds - fold] counts of the pairs between two folds, each two folds once. */
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

/** The same curve, each kind with a weight of 1 in all: its accuracy is (VAL + 1 - FAR) / 2. */
export function balanced({ distances, trueAccepts, falseAccepts, samePairs, differentPairs }: Roc): Roc {
  return {
    distances,
    trueAccepts: Float64Array.from(trueAccepts, (count) => count / samePairs),
    falseAccepts: Float64Array.from(falseAccepts, (count) => count / differentPairs),
    samePairs: 1,
    differentPairs: 1,
  };
}
