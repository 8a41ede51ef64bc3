/** Verification over all pairs of some faces: what networks in training are watched by and thresholds are calibrated on. */
import { distanceMatrix, vectorCount } from "../metric/distance.ts";
import type { HeldOutResult } from "../schemas/training.ts";
import { BINS, binOf, rocOfHistograms } from "./distance-histogram.ts";
import { areaUnderCurve, equalErrorRate, type Roc, valAtFar } from "./roc.ts";

/**
 * The curve of all unordered pairs, each face with every other.
 *
 * @param vectors [n, size] of unit length; n up to some thousands, as all distances are held at once
 * @param labels [n] who each shows
 */
export function allPairsRoc(vectors: Float32Array, size: number, labels: ArrayLike<number>): Roc {
  const n = vectorCount(vectors, size);
  const distances = distanceMatrix(vectors, size);
  const [same, different] = [new Float64Array(BINS), new Float64Array(BINS)];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const counts = labels[i] === labels[j] ? same : different;
      const bin = binOf(distances[i * n + j] as number);
      counts[bin] = (counts[bin] as number) + 1;
    }
  }
  return rocOfHistograms(same, different);
}

/**
 * The figures that a training is followed by.
 *
 * @param fars false accept rates to give VAL at; those of which not one pair is to be expected are left out
 * @throws RangeError unless there are pairs of both kinds
 */
export function allPairsFigures(roc: Roc, fars: readonly number[]): Pick<HeldOutResult, "accuracy" | "auc" | "eer" | "val"> {
  return {
    accuracy: balancedAccuracy(roc),
    auc: areaUnderCurve(roc),
    eer: equalErrorRate(roc),
    val: fars.filter((far) => far * roc.differentPairs >= 1).map((far) => ({ far, val: valAtFar(roc, far) })),
  };
}

/** The largest mean of VAL and 1 - FAR at one threshold. A classifier that guesses has 0.5. */
function balancedAccuracy({ trueAccepts, falseAccepts, samePairs, differentPairs }: Roc): number {
  let best = 0.5; // accept none
  for (let k = 0; k < trueAccepts.length; k++) {
    const [val, far] = [(trueAccepts[k] as number) / samePairs, (falseAccepts[k] as number) / differentPairs];
    best = Math.max(best, (val + 1 - far) / 2);
  }
  return best;
}
