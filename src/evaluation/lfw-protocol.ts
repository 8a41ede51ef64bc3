/**
 * Verification protocol of Labeled Faces in the Wild ("unrestricted, labelled outside data"; FaceNet section 5.6): each fold in
 * turn is the test set, with thresholds chosen on all other folds.
 *
 * Three intended differences from the reference implementation (`facenet.py`, `evaluate`): thresholds are exact instead of on a
 * grid; a pair is accepted at D <= d, as in the paper; a pair keeps its fold when other pairs are skipped, whereas there the
 * folds shift.
 */
import {
  acceptsAt,
  areaUnderCurve,
  computeRoc,
  equalErrorRate,
  farAtThreshold,
  type Roc,
  thresholdAtFar,
  valAtThreshold,
} from "./roc.ts";

/** Measured pairs. Skipped pairs are left out of all three arrays. */
export type MeasuredPairs = {
  /** [n] squared L2, finite, from 0. */
  readonly distances: ArrayLike<number>;
  /** [n] whether a pair shows the same person. */
  readonly same: ArrayLike<boolean>;
  /** [n] fold of each pair in its list, whole numbers. */
  readonly fold: ArrayLike<number>;
};

export type LfwProtocolOptions = {
  /** Target false accept rates, each 0 to 1. The paper's is 1e-3. */
  readonly fars: readonly number[];
  /** Folds to test, all by default. Thresholds are still chosen on the others. */
  readonly testFolds?: readonly number[];
};

/** VAL at a FAR. Rates are 0 to 1, spreads are over the tested folds. */
export type ValAtFar = FoldSpread & {
  /** Target FAR. */
  readonly far: number;
  /** Mean threshold over the folds, squared L2. */
  readonly threshold: number;
  /** Mean FAR at those thresholds on the test folds. */
  readonly measuredFar: number;
  /** `far` x different pairs in the tested folds. Below about ten, the figure rests on a handful of pairs. */
  readonly expectedFalseAccepts: number;
};

export type LfwResult = {
  readonly accuracy: FoldSpread;
  /** One per target, in the order of `fars`. */
  readonly val: readonly ValAtFar[];
  /** Over all pairs of the tested folds together; likewise `eer`. */
  readonly auc: number;
  readonly eer: number;
  /** Mean over the folds of the threshold with the highest accuracy, squared L2. */
  readonly threshold: number;
  /** Ascending by fold; `pairs` counts measured pairs. */
  readonly folds: readonly {
    readonly fold: number;
    readonly threshold: number;
    readonly accuracy: number;
    readonly pairs: number;
  }[];
  /** Set if there was only one fold, so that thresholds were chosen on the tested pairs. */
  readonly inSample?: true;
};

/**
 * @param pairs measured pairs, in any order; a fold with only skipped pairs is not counted
 * @returns rates 0 to 1; standard deviations are of the population, as in NumPy and the reference; standard errors are the sample
 *   deviation (k - 1) / sqrt(k) for k tested folds
 * @throws RangeError for arrays of different lengths, an invalid or unknown fold, a negative or non-finite distance, a target
 * outside 0 to   1, or a tested fold without pairs of both kinds
 * @example
 * lfwProtocol({ distances, same, fold }, { fars: [1e-3] }).accuracy.mean;
 */
export function lfwProtocol(pairs: MeasuredPairs, { fars, testFolds }: LfwProtocolOptions): LfwResult {
  const known = foldsOf(pairs);
  const everything = computeRoc(pairs.distances, pairs.same); // first, so that an error names the caller's index
  const tested = testFolds === undefined ? known : known.filter((fold) => testFolds.includes(fold));
  const unknown = testFolds?.find((fold) => !known.includes(fold));
  if (unknown !== undefined) throw new RangeError(`testFolds: must be among ${known.join(", ")}, got ${unknown}`);
  if (tested.length === 0) throw new RangeError("the protocol requires at least one fold to test");

  const inSample = known.length === 1;
  const rounds = tested.map((fold) => {
    const test = rocOf(pairs, (other) => other === fold);
    if (test.samePairs === 0 || test.differentPairs === 0) {
      throw new RangeError(
        `fold ${fold}: requires pairs of both kinds, got ${test.samePairs} same and ${test.differentPairs} different`,
      );
    }
    return { fold, test, train: inSample ? test : rocOf(pairs, (other) => other !== fold) };
  });

  const together = tested.length === known.length ? everything : rocOf(pairs, (fold) => tested.includes(fold));
  return { ...figuresOverFolds(rounds, together, fars), ...(inSample && { inSample }) };
}

/** A round: the pairs of the test fold, and those on which its thresholds are chosen. */
export type Round = { readonly fold: number; readonly test: Roc; readonly train: Roc };

/**
 * Figures of the protocol from the curves of its folds.
 *
 * @param together the curve of all pairs
 * @param testedDifferent number of different pairs tested, if not all
 * @throws RangeError if a curve lacks pairs of a kind
 */
export function figuresOverFolds(
  rounds: readonly Round[],
  together: Roc,
  fars: readonly number[],
  testedDifferent: number = together.differentPairs,
): LfwResult {
  const folds = rounds.map(({ fold, test, train }) => {
    const threshold = accuracyThreshold(train);
    return { fold, threshold, accuracy: accuracyAtThreshold(test, threshold), pairs: test.samePairs + test.differentPairs };
  });
  return {
    accuracy: computeFoldSpread(folds.map(({ accuracy }) => accuracy)),
    val: fars.map((far) => valAtFarOverFolds(rounds, far, testedDifferent)),
    auc: areaUnderCurve(together),
    eer: equalErrorRate(together),
    threshold: computeFoldSpread(folds.map(({ threshold }) => threshold)).mean,
    folds,
  };
}

function valAtFarOverFolds(rounds: readonly Round[], far: number, differentPairs: number): ValAtFar {
  const measured = rounds.map(({ test, train }) => {
    const threshold = thresholdAtFar(train, far);
    return { threshold, val: valAtThreshold(test, threshold), far: farAtThreshold(test, threshold) };
  });
  return {
    far,
    ...computeFoldSpread(measured.map(({ val }) => val)),
    threshold: computeFoldSpread(measured.map(({ threshold }) => threshold)).mean,
    measuredFar: computeFoldSpread(measured.map((round) => round.far)).mean,
    expectedFalseAccepts: far * differentPairs,
  };
}

/** The distinct folds, ascending. */
function foldsOf({ distances, same, fold }: MeasuredPairs): number[] {
  const n = distances.length;
  if (same.length !== n || fold.length !== n)
    throw new RangeError(`pairs: ${n} distances, ${same.length} labels, ${fold.length} folds`);
  const folds = [...new Set(Array.from(fold))].sort((a, b) => a - b);
  const odd = folds.find((number) => !Number.isSafeInteger(number));
  if (odd !== undefined) throw new RangeError(`fold: must be whole numbers, got ${odd}`);
  return folds;
}

function rocOf({ distances, same, fold }: MeasuredPairs, wanted: (fold: number) => boolean): Roc {
  const indices = Array.from(fold, (number, i) => (wanted(number) ? i : -1)).filter((i) => i >= 0);
  return computeRoc(
    indices.map((i) => distances[i] as number),
    indices.map((i) => same[i] as boolean),
  );
}

/**
 * Share of pairs classified correctly: same pairs with D <= threshold and different pairs with D > threshold. 0 to 1.
 *
 * @throws RangeError without any pair
 */
export function accuracyAtThreshold(roc: Roc, threshold: number): number {
  const { trueAccepts, falseAccepts } = acceptsAt(roc, threshold);
  const all = roc.samePairs + roc.differentPairs;
  if (all === 0) throw new RangeError("accuracy requires at least one pair");
  return (trueAccepts + roc.differentPairs - falseAccepts) / all;
}

/**
 * Lowest-error threshold: the threshold, from 0 up, with the highest accuracy. Accuracy changes only at observed distances, so
 * the best thresholds form plateaus from one distance up to (not including) a later one. The result is the middle of the widest
 * best plateau, the lowest of equally wide ones. The plateau above the largest distance is unbounded; it is taken to end where it
 * starts.
 *
 * FaceNet does not state how ties are broken; the reference implementation takes the lowest of a 0.01 grid.
 *
 * @throws RangeError without any pair
 * @example
 * accuracyThreshold(computeRoc([0.5, 1.5], [true, false])); // 1
 */
export function accuracyThreshold(roc: Roc): number {
  const m = roc.distances.length;
  if (m === 0) throw new RangeError("accuracy requires at least one pair");
  // Piece 0 covers [0, first distance), piece k + 1 [distance k, next distance).
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

/**
 * `standardDeviation` is of the population (divided by k, NumPy's default), as the reference implementation prints after "+-".
 * `standardError` is of the mean, as in the paper: the sample deviation (divided by k - 1) / sqrt(k).
 */
export type FoldSpread = {
  readonly mean: number;
  readonly standardError: number;
  readonly standardDeviation: number;
};

/**
 * @param values [k] one value per fold; with one fold both measures of spread are 0 and meaningless
 * @throws RangeError without values
 */
export function computeFoldSpread(values: readonly number[]): FoldSpread {
  const k = values.length;
  if (k === 0) throw new RangeError("a mean over folds requires at least one fold");
  const mean = values.reduce((sum, value) => sum + value, 0) / k;
  const standardDeviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / k);
  return { mean, standardError: k === 1 ? 0 : standardDeviation / Math.sqrt(k - 1), standardDeviation };
}
