/** The threshold that classifies most pairs correctly, found exactly instead of on a grid. */
import { acceptsAt, type Roc } from "./roc.ts";

/**
 * Share of pairs classified correctly: same pairs with D <= threshold and different pairs with D > threshold. 0 to 1.
 *
 * @throws RangeError without any pair
 */
export function accuracyAtThreshold(roc: Roc, threshold: number): number {
  const { trueAccepts, falseAccepts } = acceptsAt(roc, threshold);
  const all = roc.samePairs + roc.differentPairs;
  if (all === 0) throw new RangeError("accuracy needs at least one pair");
  return (trueAccepts + roc.differentPairs - falseAccepts) / all;
}

/**
 * The threshold, from 0 up, of highest accuracy. Accuracy only changes at observed distances, so the best
 * thresholds form plateaus from one distance up to (not including) a later one. The answer is the middle of the
 * widest best plateau, of equally wide ones the lowest. The plateau above the largest distance has no end; it is
 * taken to end where it starts.
 *
 * FaceNet does not say how ties are broken; the reference implementation takes the lowest of a 0.01 grid.
 *
 * @throws RangeError without any pair
 * @example
 * accuracyThreshold(computeRoc([0.5, 1.5], [true, false])); // 1
 */
export function accuracyThreshold(roc: Roc): number {
  const m = roc.distances.length;
  if (m === 0) throw new RangeError("accuracy needs at least one pair");
  // Piece 0 reaches from 0 to the first distance, piece k + 1 from distance k to the next.
  const startOf = (piece: number) => (piece === 0 ? 0 : (roc.distances[piece - 1] as number));
  const endOf = (piece: number) => roc.distances[piece] ?? startOf(m);
  const correctIn = (piece: number) =>
    piece === 0 ? 0 : (roc.trueAccepts[piece - 1] as number) - (roc.falseAccepts[piece - 1] as number);

  let best = { start: 0, end: 0, correct: Number.NEGATIVE_INFINITY };
  // A first distance of 0 leaves piece 0 empty.
  for (let piece = startOf(1) === 0 ? 1 : 0; piece <= m; ) {
    const correct = correctIn(piece);
    const start = startOf(piece);
    while (piece < m && correctIn(piece + 1) === correct) piece++;
    const end = endOf(piece++);
    if (correct > best.correct || (correct === best.correct && end - start > best.end - best.start))
      best = { start, end, correct };
  }
  const middle = best.start + (best.end - best.start) / 2;
  return middle < best.end ? middle : best.start; // neighbouring floats have no middle
}
