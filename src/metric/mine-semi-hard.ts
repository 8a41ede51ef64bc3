/** FaceNet's mining (section 3.2): all anchor-positive pairs of the batch, each with a semi-hard negative. */
import { requireSquare, rowsOfSamePerson, TripletList, type TripletMiner, type Triplets } from "./triplets.ts";

/**
 * Every ordered pair of one person is an anchor and its positive; its negative is the nearest that is farther from the anchor
 * than the positive and within the margin (equation 4):
 *
 *     d(a, p) < d(a, n) < d(a, p) + margin
 *
 * Harder negatives, nearer than the positive, early on lead to a collapsed model, f(x) = 0. Which of several semi-hard
 * negatives to take the paper leaves open; we take the hardest. A pair without one gives no triplet.
 */
export const mineSemiHard: TripletMiner = (distances, labels, { margin }): Triplets => {
  const n = requireSquare(distances, labels);
  const own = rowsOfSamePerson(labels);
  const triplets = new TripletList();
  let pairs = 0;
  for (let anchor = 0; anchor < n; anchor++) {
    const row = distances.subarray(anchor * n, (anchor + 1) * n);
    for (const positive of own[anchor] as Uint32Array) {
      if (positive === anchor) continue;
      pairs++;
      const near = row[positive] as number;
      let nearest = near + margin;
      let negative = -1;
      for (let i = 0; i < n; i++) {
        const distance = row[i] as number;
        if (distance > near && distance < nearest && labels[i] !== labels[anchor]) {
          nearest = distance;
          negative = i;
        }
      }
      if (negative >= 0) triplets.add(anchor, positive, negative);
    }
  }
  return triplets.finish(pairs);
};
