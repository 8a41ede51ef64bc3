/**
 * LFW protocol of the reference implementation (davidsandberg/facenet at 096ed77, `facenet.py`: `evaluate`, `calculate_roc`,
 * `calculate_val`; `validate_on_lfw.py`), for comparison with its figures. It reproduces these differences from the paper and from
 * `lfwProtocol`:
 *
 * - a pair is accepted at D < d;
 * - thresholds are on grids, 0 to 4 in steps of 0.01 for accuracy and of 0.001 for VAL;
 * - of equally accurate thresholds the lowest is used;
 * - the threshold of a FAR is interpolated between grid points, and 0 if the training folds never reach it;
 * - folds are equal parts of the measured pairs in order, so they shift when pairs are skipped;
 * - AUC (trapezoids) and EER are of the curve averaged over the folds on the grid of 0.01;
 * - the value after "+-" is the standard deviation, here `standardDeviation`.
 */
import {
  computeFoldSpread,
  type FoldSpread,
  type LfwProtocolOptions,
  type LfwResult,
  type MeasuredPairs,
  type ValAtFar,
} from "./lfw-protocol.ts";

const ACCURACY_GRID = Float64Array.from({ length: 400 }, (_, i) => i * 0.01);
const VAL_GRID = Float64Array.from({ length: 4000 }, (_, i) => i * 0.001);

/** Numbers of same and different pairs accepted at each threshold of a grid. */
type GridCounts = {
  readonly trueAccepts: Uint32Array;
  readonly falseAccepts: Uint32Array;
  readonly samePairs: number;
  readonly differentPairs: number;
};

/**
 * @param pairs in list order; `fold` only determines the number of folds
 * @throws RangeError for fewer than two folds, fewer pairs than folds, and a training or test part without pairs of both kinds
 */
export function referenceProtocol(pairs: MeasuredPairs, { fars }: Pick<LfwProtocolOptions, "fars">): LfwResult {
  const count = new Set(Array.from(pairs.fold)).size;
  const parts = kFold(pairs.distances.length, count);
  const rounds = parts.map(([from, to], fold) => {
    const isTest = (i: number): boolean => i >= from && i < to;
    const counts = (grid: Float64Array, wanted: (i: number) => boolean) => countOnGrid(pairs, grid, wanted);
    const round = {
      accuracy: { train: counts(ACCURACY_GRID, (i) => !isTest(i)), test: counts(ACCURACY_GRID, isTest) },
      val: { train: counts(VAL_GRID, (i) => !isTest(i)), test: counts(VAL_GRID, isTest) },
    };
    for (const { samePairs, differentPairs } of [round.accuracy.train, round.accuracy.test])
      if (samePairs === 0 || differentPairs === 0)
        throw new RangeError(
          `fold ${fold + 1}: requires pairs of both kinds, got ${samePairs} same and ${differentPairs} different`,
        );
    return { ...round, isTest };
  });
  const folds = rounds.map(({ accuracy: { train, test } }, i) => {
    const best = firstLargest(ACCURACY_GRID.map((_, k) => rightOf(train, k)));
    const pairsOfFold = test.samePairs + test.differentPairs;
    return {
      fold: i + 1,
      threshold: ACCURACY_GRID[best] as number,
      accuracy: rightOf(test, best) / pairsOfFold,
      pairs: pairsOfFold,
    };
  });
  const mean = (rateOf: (counts: GridCounts, k: number) => number) =>
    ACCURACY_GRID.map((_, k) => rounds.reduce((sum, { accuracy }) => sum + rateOf(accuracy.test, k), 0) / count);
  const fpr = mean(farOf);
  const tpr = mean((counts, k) => (counts.trueAccepts[k] as number) / counts.samePairs);
  return {
    accuracy: computeFoldSpread(folds.map(({ accuracy }) => accuracy)),
    val: fars.map((far) => valAt(pairs, rounds, far)),
    auc: trapezoids(fpr, tpr),
    eer: crossing(fpr, tpr),
    threshold: computeFoldSpread(folds.map(({ threshold }) => threshold)).mean,
    folds,
  };
}

/** scikit-learn's `KFold(k, shuffle=False)`: k runs of indices, the first n % k one longer. @returns [from, to) of each */
export function kFold(n: number, k: number): [from: number, to: number][] {
  if (k < 2 || n < k)
    throw new RangeError(`the number of folds must be at least 2 and at most the number of pairs, got ${k} for ${n} pairs`);
  const bounds = Array.from({ length: k + 1 }, (_, i) => i * Math.floor(n / k) + Math.min(i, n % k));
  return bounds.slice(1).map((to, i) => [bounds[i] as number, to]);
}

type Round = { readonly val: { readonly train: GridCounts; readonly test: GridCounts }; readonly isTest: (i: number) => boolean };

function valAt(pairs: MeasuredPairs, rounds: readonly Round[], far: number): ValAtFar {
  const measured = rounds.map(({ val: { train, test }, isTest }) => {
    const threshold = interpolatedThreshold(train, far);
    let [accepted, falsely] = [0, 0];
    for (let i = 0; i < pairs.distances.length; i++) {
      if (!isTest(i) || !((pairs.distances[i] as number) < threshold)) continue;
      if (pairs.same[i]) accepted++;
      else falsely++;
    }
    return { threshold, val: accepted / test.samePairs, far: falsely / test.differentPairs };
  });
  const spread: FoldSpread = computeFoldSpread(measured.map(({ val }) => val));
  return {
    far,
    ...spread,
    threshold: computeFoldSpread(measured.map(({ threshold }) => threshold)).mean,
    measuredFar: computeFoldSpread(measured.map((round) => round.far)).mean,
    expectedFalseAccepts: far * Array.from(pairs.same).filter((same) => !same).length,
  };
}

/**
 * `interp1d(far_train, thresholds, kind="slinear")(far_target)`: on the line between the last grid point below the target and the
 * first at or above it.
 */
function interpolatedThreshold(train: GridCounts, far: number): number {
  const above = VAL_GRID.findIndex((_, k) => farOf(train, k) >= far);
  if (above < 0) return 0;
  if (above === 0) return VAL_GRID[0] as number; // a target of 0
  const [x0, x1] = [farOf(train, above - 1), farOf(train, above)];
  const [y0, y1] = [VAL_GRID[above - 1] as number, VAL_GRID[above] as number];
  return y0 + ((y1 - y0) * (far - x0)) / (x1 - x0);
}

function countOnGrid({ distances, same }: MeasuredPairs, grid: Float64Array, wanted: (i: number) => boolean): GridCounts {
  const trueAccepts = new Uint32Array(grid.length);
  const falseAccepts = new Uint32Array(grid.length);
  let [samePairs, differentPairs] = [0, 0];
  for (let i = 0; i < distances.length; i++) {
    if (!wanted(i)) continue;
    if (same[i]) samePairs++;
    else differentPairs++;
    const first = grid.findIndex((threshold) => (distances[i] as number) < threshold);
    const counts = same[i] ? trueAccepts : falseAccepts;
    if (first >= 0) counts[first] = (counts[first] as number) + 1;
  }
  for (const counts of [trueAccepts, falseAccepts])
    for (let k = 1; k < counts.length; k++) counts[k] = (counts[k] as number) + (counts[k - 1] as number);
  return { trueAccepts, falseAccepts, samePairs, differentPairs };
}

const farOf = ({ falseAccepts, differentPairs }: GridCounts, k: number): number => (falseAccepts[k] as number) / differentPairs;

const rightOf = ({ trueAccepts, falseAccepts, differentPairs }: GridCounts, k: number): number =>
  (trueAccepts[k] as number) + differentPairs - (falseAccepts[k] as number);

/** `np.argmax` */
function firstLargest(values: Float64Array): number {
  return values.indexOf(values.reduce((a, b) => Math.max(a, b)));
}

/** `sklearn.metrics.auc` */
function trapezoids(x: Float64Array, y: Float64Array): number {
  let area = 0;
  for (let k = 1; k < x.length; k++)
    area += (((y[k] as number) + (y[k - 1] as number)) / 2) * ((x[k] as number) - (x[k - 1] as number));
  return area;
}

/** Intersection of the line through (fpr, tpr) with 1 - x, like `brentq`; NaN if the grid ends before. */
function crossing(fpr: Float64Array, tpr: Float64Array): number {
  const excess = (k: number): number => (fpr[k] as number) + (tpr[k] as number) - 1;
  const after = fpr.findIndex((_, k) => excess(k) >= 0);
  if (after <= 0) return after === 0 ? (fpr[0] as number) : Number.NaN;
  const share = -excess(after - 1) / (excess(after) - excess(after - 1));
  return (fpr[after - 1] as number) + share * ((fpr[after] as number) - (fpr[after - 1] as number));
}
