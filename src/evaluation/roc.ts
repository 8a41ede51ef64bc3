/**
 * ROC: verification at every threshold. Distances are sorted once, accepted pairs are counted at each distinct value, and all
 * figures are read from these counts, without a grid.
 *
 * FaceNet section 4, for squared L2 distances D and a threshold d (a pair is accepted when D <= d; the reference implementation
 * uses `<`):
 *
 *     TA(d) = same pairs with D <= d        VAL(d) = TA(d) / same pairs
 *     FA(d) = different pairs with D <= d   FAR(d) = FA(d) / different pairs
 */

/** Counts at each of m distinct distances; they are constant in between. */
export type Roc = {
  /** [m] distinct observed distances, ascending (squared L2: 0 to 4). */
  readonly distances: Float64Array;
  /** [m] TA at `distances[k]`; total weight for weighted pairs. */
  readonly trueAccepts: Uint32Array | Float64Array;
  /** [m] FA at `distances[k]`; total weight for weighted pairs. */
  readonly falseAccepts: Uint32Array | Float64Array;
  readonly samePairs: number;
  readonly differentPairs: number;
};

/**
 * @param distances [n] squared L2, finite, from 0
 * @param same [n] whether a pair shows the same person
 * @throws RangeError for different lengths, or a distance that is negative, infinite or NaN
 * @example
 * const roc = computeRoc([0.2, 0.9, 1.1, 1.8], [true, true, false, false]);
 * valAtFar(roc, 0.001); // 1
 */
export function computeRoc(distances: ArrayLike<number>, same: ArrayLike<boolean>): Roc {
  const n = distances.length;
  if (same.length !== n) throw new RangeError(`roc: ${n} distances, ${same.length} labels`);
  for (let i = 0; i < n; i++) {
    const distance = distances[i] as number;
    if (!(distance >= 0 && distance < Number.POSITIVE_INFINITY))
      throw new RangeError(`distances[${i}]: must be a finite number from 0, got ${distance}`);
  }
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => (distances[a] as number) - (distances[b] as number));

  const values = new Float64Array(n);
  const trueAccepts = new Uint32Array(n);
  const falseAccepts = new Uint32Array(n);
  let [m, accepted, falsely] = [0, 0, 0];
  for (const i of order) {
    const distance = distances[i] as number;
    if (m === 0 || distance !== values[m - 1]) values[m++] = distance;
    if (same[i]) accepted++;
    else falsely++;
    trueAccepts[m - 1] = accepted;
    falseAccepts[m - 1] = falsely;
  }
  return {
    distances: values.slice(0, m),
    trueAccepts: trueAccepts.slice(0, m),
    falseAccepts: falseAccepts.slice(0, m),
    samePairs: accepted,
    differentPairs: falsely,
  };
}

/** TA and FA at a threshold: numerators of {@link valAtThreshold} and {@link farAtThreshold}. */
export function acceptsAt(roc: Roc, threshold: number): { trueAccepts: number; falseAccepts: number } {
  if (Number.isNaN(threshold)) throw new RangeError("threshold: must be a number, got NaN");
  const k = countWhile(roc.distances.length, (i) => (roc.distances[i] as number) <= threshold) - 1;
  return { trueAccepts: roc.trueAccepts[k] ?? 0, falseAccepts: roc.falseAccepts[k] ?? 0 };
}

/** VAL(d), 0 to 1. @throws RangeError without same pairs */
export function valAtThreshold(roc: Roc, threshold: number): number {
  return acceptsAt(roc, threshold).trueAccepts / samePairsOf(roc);
}

/** FAR(d), 0 to 1. @throws RangeError without different pairs */
export function farAtThreshold(roc: Roc, threshold: number): number {
  return acceptsAt(roc, threshold).falseAccepts / differentPairsOf(roc);
}

/**
 * The largest threshold, among the observed distances and 0, whose FAR is at most `far`. The FAR is not interpolated: with n
 * different pairs it only takes the values 0, 1/n, 2/n, …, so a target between two of them is met by the lower one, and a target
 * below 1/n accepts no different pair. Pairs at the same distance are accepted together: if a tie would exceed the target, the
 * threshold stays below it. It is -1, which accepts nothing, if different pairs at distance 0 alone exceed the target.
 *
 * @param far target, 0 to 1
 * @throws RangeError without different pairs, or for a target outside 0 to 1
 */
export function thresholdAtFar(roc: Roc, far: number): number {
  if (!(far >= 0 && far <= 1)) throw new RangeError(`far: must be from 0 to 1, got ${far}`);
  const n = differentPairsOf(roc);
  const k = countWhile(roc.distances.length, (i) => (roc.falseAccepts[i] as number) / n <= far) - 1;
  return roc.distances[k] ?? (roc.distances[0] === 0 ? -1 : 0);
}

/** VAL at {@link thresholdAtFar}: the largest share of same pairs accepted within the target. */
export function valAtFar(roc: Roc, far: number): number {
  return valAtThreshold(roc, thresholdAtFar(roc, far));
}

/**
 * Area under VAL over FAR: the probability that a same pair is closer than a different pair, ties counted half
 * (the Mann-Whitney statistic, exact). 0 to 1.
 *
 * @throws RangeError unless there are pairs of both kinds
 */
export function areaUnderCurve(roc: Roc): number {
  const all = samePairsOf(roc) * differentPairsOf(roc);
  let closer = 0;
  let [accepted, falsely] = [0, 0];
  for (let k = 0; k < roc.distances.length; k++) {
    const [nextAccepted, nextFalsely] = [roc.trueAccepts[k] as number, roc.falseAccepts[k] as number];
    closer += (nextFalsely - falsely) * (accepted + nextAccepted) * 0.5;
    [accepted, falsely] = [nextAccepted, nextFalsely];
  }
  return closer / all;
}

/**
 * Equal error rate: where FAR = 1 - VAL, 0 to 1. The curve starts at FAR = VAL = 0 and is linear between observed distances (as
 * the reference implementation's `interp1d`); FAR + VAL grows at every step, so it crosses 1 exactly once.
 *
 * @throws RangeError unless there are pairs of both kinds
 */
export function equalErrorRate(roc: Roc): number {
  const [s, d] = [samePairsOf(roc), differentPairsOf(roc)];
  let [far, excess] = [0, -1]; // excess = FAR + VAL - 1
  for (let k = 0; k < roc.distances.length; k++) {
    const nextFar = (roc.falseAccepts[k] as number) / d;
    const nextExcess = nextFar + (roc.trueAccepts[k] as number) / s - 1;
    if (nextExcess >= 0) return far + ((nextFar - far) * -excess) / (nextExcess - excess);
    [far, excess] = [nextFar, nextExcess];
  }
  return 1; // unreachable: the last step has FAR = VAL = 1
}

function samePairsOf({ samePairs }: Roc): number {
  if (samePairs === 0) throw new RangeError("VAL requires at least one same-person pair");
  return samePairs;
}

function differentPairsOf({ differentPairs }: Roc): number {
  if (differentPairs === 0) throw new RangeError("FAR requires at least one different-person pair");
  return differentPairs;
}

/** Number of leading values of 0 … n-1 that fulfil a monotone condition. */
function countWhile(n: number, condition: (i: number) => boolean): number {
  let [low, high] = [0, n];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (condition(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Minimum change of either rate between two points of a curve. */
const VAL_STEP = 0.002;
const FAR_FACTOR = 1.05;

/**
 * @returns ascending in both rates, from the best threshold without false accepts to (1, 1); of several thresholds with the same
 * FAR, the   largest
 * @throws RangeError unless there are pairs of both kinds
 */
export function rocPoints({ distances, trueAccepts, falseAccepts, samePairs, differentPairs }: Roc) {
  if (samePairs === 0 || differentPairs === 0) throw new RangeError("a curve requires pairs of both kinds");
  const points: { far: number; val: number; threshold: number }[] = [];
  const m = distances.length;
  for (let k = 0; k < m; k++) {
    if (k + 1 < m && falseAccepts[k + 1] === falseAccepts[k]) continue; // a larger threshold with the same FAR follows
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
