/** A curve of thousands of steps as a few hundred points that draw the same line, on a linear and on a log FAR axis. */
import type { Roc } from "./roc.ts";

/** A point is left out where neither rate has grown by more since the one before. */
const VAL_STEP = 0.002;
const FAR_FACTOR = 1.05;

/**
 * @returns ascending in both rates, from the best threshold without a false accept to (1, 1); where several
 *   thresholds give one FAR, the largest stands for them
 * @throws RangeError unless there are pairs of both kinds
 */
export function rocPoints({ distances, trueAccepts, falseAccepts, samePairs, differentPairs }: Roc) {
  if (samePairs === 0 || differentPairs === 0) throw new RangeError("a curve needs pairs of both kinds");
  const points: { far: number; val: number; threshold: number }[] = [];
  const m = distances.length;
  for (let k = 0; k < m; k++) {
    if (k + 1 < m && falseAccepts[k + 1] === falseAccepts[k]) continue; // a larger threshold at the same FAR follows
    const point = {
      far: (falseAccepts[k] as number) / differentPairs,
      val: (trueAccepts[k] as number) / samePairs,
      threshold: distances[k] as number,
    };
    const last = points.at(-1);
    if (!last || k + 1 === m || point.far > last.far * FAR_FACTOR || point.val > last.val + VAL_STEP) points.push(point);
  }
  return points;
}
