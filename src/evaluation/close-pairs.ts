/** The pairs of a large set that are worth keeping: those of one person, and the closest of two. */
import { rowDistance } from "../metric/embedding-matrix.ts";
import type { PeoplePairs } from "./bootstrap.ts";
import { BINS, BINS_A_UNIT } from "./distance-histogram.ts";
import type { ClosePair, DistanceStream } from "./distance-stream.ts";
import type { FaceSet } from "./face-set.ts";

/** Close different pairs that are kept for intervals and for showing; more are only counted. */
const MOST_CLOSE = 300_000;

/** All pairs of one person, and the closest of two people with the distance up to which they are complete. */
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

/** Pairs as a bootstrap sees them. */
export function peoplePairsOf({ person, people }: FaceSet, pairs: readonly ClosePair[]): PeoplePairs {
  const who = (face: number): number => person[face] as number;
  return {
    distances: Float64Array.from(pairs, ({ distance }) => distance),
    left: Uint32Array.from(pairs, ({ left }) => who(left)),
    right: Uint32Array.from(pairs, ({ right }) => who(right)),
    people: people.length,
  };
}

/** Pairs of two people where person p counts `times[p]` times: all pairs of faces less those of one person. */
export function differentPairsOf(times: Float64Array, facesOf: readonly (readonly number[])[]): number {
  let [sum, squares] = [0, 0];
  for (const [person, own] of facesOf.entries()) {
    const weight = (times[person] as number) * own.length;
    sum += weight;
    squares += weight * weight;
  }
  return (sum * sum - squares) / 2;
}

/** The largest edge up to which there are at most `most` pairs. */
function distanceOfClosest(different: Float64Array, most: number): number {
  let [bin, pairs] = [0, 0];
  while (bin < BINS && pairs + (different[bin] as number) <= most) pairs += different[bin++] as number;
  return (bin - 1) / BINS_A_UNIT;
}

/** Every pair of one person. */
function samePairs({ embeddings }: FaceSet, facesOf: readonly (readonly number[])[]): ClosePair[] {
  return facesOf.flatMap((own) =>
    own.flatMap((left, i) => own.slice(0, i).map((right) => ({ left, right, distance: rowDistance(embeddings, left, right) }))),
  );
}
