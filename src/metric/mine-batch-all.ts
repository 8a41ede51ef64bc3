/** Batch-all mining: every triplet that breaks the margin (Hermans, Beyer, Leibe 2017, section 2). */
import { requireSquare, rowsOfSamePerson, TripletList, type TripletMiner, type Triplets } from "./triplets.ts";

/** 45 people x 40 images hold 123 million triplets; this many take some seconds to differentiate. */
const LIMIT = 1_000_000;

/**
 * Every ordered pair of one person with every negative for which `d(a, p) - d(a, n) + margin > 0`. Of more than a
 * million an evenly spread million is kept.
 */
export const mineBatchAll: TripletMiner = (distances, labels, { margin }) => mineAtMost(LIMIT, distances, labels, margin);

/** {@link mineBatchAll} with another limit. */
export function mineAtMost(limit: number, distances: Float32Array, labels: ArrayLike<number>, margin: number): Triplets {
  const n = requireSquare(distances, labels);
  const own = rowsOfSamePerson(labels);

  const visit = (use: (anchor: number, positive: number, negative: number) => void): number => {
    let pairs = 0;
    for (let anchor = 0; anchor < n; anchor++) {
      const row = distances.subarray(anchor * n, (anchor + 1) * n);
      for (const positive of own[anchor] as Uint32Array) {
        if (positive === anchor) continue;
        pairs++;
        const end = (row[positive] as number) + margin;
        for (let i = 0; i < n; i++) if ((row[i] as number) < end && labels[i] !== labels[anchor]) use(anchor, positive, i);
      }
    }
    return pairs;
  };

  let count = 0;
  visit(() => {
    count++;
  });
  const kept = Math.min(limit, count);
  const triplets = new TripletList();
  let seen = 0;
  const pairs = visit((anchor, positive, negative) => {
    seen++;
    if (Math.floor((seen * kept) / count) > Math.floor(((seen - 1) * kept) / count)) triplets.add(anchor, positive, negative);
  });
  return triplets.finish(pairs);
}
