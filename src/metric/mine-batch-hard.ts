/** Batch-hard mining: for each anchor its farthest positive and nearest negative (Hermans, Beyer, Leibe 2017, section 2). */
import { requireSquare, TripletList, type TripletMiner, type Triplets } from "./triplets.ts";

/** One triplet for each row whose person and some other person are in the batch, whether or not it breaks the margin. */
export const mineBatchHard: TripletMiner = (distances, labels): Triplets => {
  const n = requireSquare(distances, labels);
  const triplets = new TripletList();
  let pairs = 0;
  for (let anchor = 0; anchor < n; anchor++) {
    const row = distances.subarray(anchor * n, (anchor + 1) * n);
    let [positive, negative] = [-1, -1];
    let [farthest, nearest] = [-1, Number.POSITIVE_INFINITY];
    for (let i = 0; i < n; i++) {
      const distance = row[i] as number;
      if (labels[i] !== labels[anchor]) {
        if (distance < nearest) [nearest, negative] = [distance, i];
      } else if (i !== anchor) {
        pairs++;
        if (distance > farthest) [farthest, positive] = [distance, i];
      }
    }
    if (positive >= 0 && negative >= 0) triplets.add(anchor, positive, negative);
  }
  return triplets.finish(pairs);
};
