/** The reference implementation's mining, `select_triplets`: for each pair a random one of the negatives that break the margin. */
import { requireSquare, rowsOfSamePerson, TripletList, type TripletMiner, type Triplets } from "./triplets.ts";

/**
 * Every unordered pair of one person, the earlier row as anchor; its negative is drawn at random among all with
 * `d(a, n) - d(a, p) < margin`: the rule of VGG Face, hard ones included. The reference implementation shuffles
 * the triplets afterwards, because it feeds them in parts; a loss over all of them does not see their order.
 */
export const mineRandomViolators: TripletMiner = (distances, labels, { margin, random }): Triplets => {
  const n = requireSquare(distances, labels);
  const own = rowsOfSamePerson(labels);
  const triplets = new TripletList();
  const violators = new Uint32Array(n);
  let pairs = 0;
  for (let anchor = 0; anchor < n; anchor++) {
    const row = distances.subarray(anchor * n, (anchor + 1) * n);
    for (const positive of own[anchor] as Uint32Array) {
      if (positive <= anchor) continue;
      pairs++;
      const limit = (row[positive] as number) + margin;
      let count = 0;
      for (let i = 0; i < n; i++) if ((row[i] as number) < limit && labels[i] !== labels[anchor]) violators[count++] = i;
      if (count > 0) triplets.add(anchor, positive, violators[Math.floor(random() * count)] as number);
    }
  }
  return triplets.finish(pairs);
};
