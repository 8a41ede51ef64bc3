/**
 * The verification protocol of Labeled Faces in the Wild ("unrestricted, labelled outside data"; FaceNet
 * section 5.6): each fold in turn is the test, and the thresholds applied to it are picked on all other folds.
 *
 * Three departures from the reference implementation (`facenet.py`, `evaluate`), all on purpose:
 * thresholds are exact instead of on a grid; a pair is accepted at D <= d as in the paper; a pair keeps the fold
 * its list gives it even when other pairs were skipped, while there the folds shift.
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

/** The pairs that could be measured. A skipped pair is simply left out of all three arrays. */
export type MeasuredPairs = {
  /** [n] squared L2, finite, from 0. */
  readonly distances: ArrayLike<number>;
  /** [n] whether a pair shows one person. */
  readonly same: ArrayLike<boolean>;
  /** [n] fold of each pair in its list, whole numbers. */
  readonly fold: ArrayLike<number>;
};

export type LfwProtocolOptions = {
  /** Targets of the false-accept rate, 0 to 1 each. The paper's is 1e-3. */
  readonly fars: readonly number[];
  /** The folds to test, all by default. Those left out still serve to pick thresholds. */
  readonly testFolds?: readonly number[];
};

/** VAL at a FAR. Rates are 0 to 1, spreads are over the tested folds. */
export type ValAtFar = FoldSpread & {
  /** The target. */
  readonly far: number;
  /** Mean of the folds' thresholds, squared L2. */
  readonly threshold: number;
  /** Mean FAR that those thresholds led to on the test folds. */
  readonly measuredFar: number;
  /** `far` x different pairs in the tested folds. Below about ten the figure rests on a handful of pairs: warn. */
  readonly expectedFalseAccepts: number;
};

export type LfwResult = {
  readonly accuracy: FoldSpread;
  /** One per target, in the order of `fars`. */
  readonly val: readonly ValAtFar[];
  /** Over all pairs of the tested folds together, as is `eer`. */
  readonly auc: number;
  readonly eer: number;
  /** Mean of the folds' accuracy-maximising thresholds, squared L2. */
  readonly threshold: number;
  /** By ascending fold; `pairs` counts those measured. */
  readonly folds: readonly {
    readonly fold: number;
    readonly threshold: number;
    readonly accuracy: number;
    readonly pairs: number;
  }[];
  /** Present when there was only one fold: thresholds were picked on the very pairs they were tested on. */
  readonly inSample?: true;
};

/**
 * @param pairs measured pairs, in any order; a fold of which every pair was skipped is not known here and not counted
 * @returns rates 0 to 1; standard deviations are the population's, as NumPy's and the reference's; standard errors
 *   are the sample's deviation (k - 1) / sqrt(k) for k tested folds
 * @throws RangeError for arrays of different lengths, a fold that is no whole number or not there, a distance that
 *   is negative or not finite, a target outside 0 to 1, or a tested fold without pairs of both kinds
 * @example
 * lfwProtocol({ distances, same, fold }, { fars: [1e-3] }).accuracy.mean;
 */
export function lfwProtocol(pairs: MeasuredPairs, { fars, testFolds }: LfwProtocolOptions): LfwResult {
  const known = foldsOf(pairs);
  const everything = computeRoc(pairs.distances, pairs.same); // first, to name a bad distance by the caller's index
  const tested = testFolds === undefined ? known : known.filter((fold) => testFolds.includes(fold));
  const unknown = testFolds?.find((fold) => !known.includes(fold));
  if (unknown !== undefined) throw new RangeError(`testFolds: must be among ${known.join(", ")}, got ${unknown}`);
  if (tested.length === 0) throw new RangeError("the protocol needs at least one fold to test");

  const inSample = known.length === 1;
  const rounds = tested.map((fold) => {
    const test = rocOf(pairs, (other) => other === fold);
    if (test.samePairs === 0 || test.differentPairs === 0) {
      throw new RangeError(
        `fold ${fold}: needs pairs of both kinds, got ${test.samePairs} same and ${test.differentPairs} different`,
      );
    }
    return { fold, test, train: inSample ? test : rocOf(pairs, (other) => other !== fold) };
  });

  const together = tested.length === known.length ? everything : rocOf(pairs, (fold) => tested.includes(fold));
  return { ...figuresOverFolds(rounds, together, fars), ...(inSample && { inSample }) };
}

/** A fold: the pairs tested, and those that its thresholds are picked on. */
export type Round = { readonly fold: number; readonly test: Roc; readonly train: Roc };

/**
 * The protocol's figures from the curves of its folds.
 *
 * @param together the curve of all pairs
 * @param testedDifferent different pairs that were tested, where those are not all
 * @throws RangeError where a curve lacks pairs of a kind
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

/**
 * `standardDeviation` is the population's (divided by k, NumPy's default): what the reference implementation prints after "+-".
 * `standardError` is that of the mean, which the paper gives: the sample's deviation (divided by k - 1) / sqrt(k).
 */
export type FoldSpread = {
  readonly mean: number;
  readonly standardError: number;
  readonly standardDeviation: number;
};

/**
 * @param values [k] one value per fold; with one fold both measures of spread are 0 and say nothing
 * @throws RangeError without a value
 */
export function computeFoldSpread(values: readonly number[]): FoldSpread {
  const k = values.length;
  if (k === 0) throw new RangeError("a mean over folds needs at least one fold");
  const mean = values.reduce((sum, value) => sum + value, 0) / k;
  const standardDeviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / k);
  return { mean, standardError: k === 1 ? 0 : standardDeviation / Math.sqrt(k - 1), standardDeviation };
}
