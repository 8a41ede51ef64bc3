/**
 * Histograms of distances, for sets with too many pairs to keep each. A bin is 2^-14 wide and includes its upper edge, so counts
 * up to an edge are exact for `D <= d`.
 */

import { distanceMatrix, vectorCount } from "../metric/distance.ts";
import type { HeldOutResult } from "../schemas/training.ts";
import { areaUnderCurve, equalErrorRate, type Roc, valAtFar } from "./roc.ts";

/** Bins per unit of squared L2; a power of two, so that edges and indices are exact. */
export const BINS_A_UNIT = 16_384;
/** Bin 0 contains D = 0, bin k the range ((k - 1) / BINS_A_UNIT, k / BINS_A_UNIT]; distances are at most 4. */
export const BINS: number = 4 * BINS_A_UNIT + 1;

/** The bin of a distance from 0 to 4. */
export function binOf(distance: number): number {
  return Math.min(BINS - 1, Math.ceil(distance * BINS_A_UNIT));
}

/**
 * ROC of counted pairs: that of the same pairs with distances rounded up to bin edges. Empty steps are left out.
 *
 * @param same [BINS] counts; likewise `different`
 */
export function rocOfHistograms(same: Float64Array, different: Float64Array): Roc {
  const distances: number[] = [];
  const trueAccepts: number[] = [];
  const falseAccepts: number[] = [];
  let [accepted, falsely] = [0, 0];
  for (let bin = 0; bin < BINS; bin++) {
    const [s, d] = [same[bin] as number, different[bin] as number];
    if (s === 0 && d === 0) continue;
    accepted += s;
    falsely += d;
    distances.push(bin / BINS_A_UNIT);
    trueAccepts.push(accepted);
    falseAccepts.push(falsely);
  }
  return {
    distances: Float64Array.from(distances),
    trueAccepts: Float64Array.from(trueAccepts),
    falseAccepts: Float64Array.from(falseAccepts),
    samePairs: accepted,
    differentPairs: falsely,
  };
}

/** Bins for a plot: 2^-6 wide, 256 from 0 to 4, aggregated from a curve's counts. */
export function histogramsOfRoc({ distances, trueAccepts, falseAccepts }: Roc) {
  const binWidth = 1 / 64;
  const same = new Array<number>(4 / binWidth).fill(0);
  const different = new Array<number>(4 / binWidth).fill(0);
  for (const [k, distance] of distances.entries()) {
    const bin = Math.min(same.length - 1, Math.max(0, Math.ceil(distance / binWidth) - 1));
    same[bin] = (same[bin] as number) + (trueAccepts[k] as number) - (trueAccepts[k - 1] ?? 0);
    different[bin] = (different[bin] as number) + (falseAccepts[k] as number) - (falseAccepts[k - 1] ?? 0);
  }
  return { binWidth, same, different };
}

/**
 * ROC of all unordered pairs of faces.
 *
 * @param vectors [n, size] of unit length; n up to some thousands, because all distances are held in memory
 * @param labels [n] person of each
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
 * Validation figures during training.
 *
 * @param fars false accept rates for VAL; those with less than one expected pair are left out
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

/** Largest mean of VAL and 1 - FAR over thresholds. A random classifier has 0.5. */
function balancedAccuracy({ trueAccepts, falseAccepts, samePairs, differentPairs }: Roc): number {
  let best = 0.5; // accept none
  for (let k = 0; k < trueAccepts.length; k++) {
    const [val, far] = [(trueAccepts[k] as number) / samePairs, (falseAccepts[k] as number) / differentPairs];
    best = Math.max(best, (val + 1 - far) / 2);
  }
  return best;
}
