/**
 * The verification protocol of Labeled Faces in the Wild ("unrestricted, labelled outside data"; FaceNet
 * section 5.6): each fold in turn is the test, and the thresholds applied to it are picked on all other folds.
 *
 * Three departures from the reference implementation (`facenet.py`, `evaluate`), all on purpose:
 * thresholds are exact instead of on a grid; a pair is accepted at D <= d as in the paper; a pair keeps the fold
 * its list gives it even when other pairs were skipped, while there the folds shift.
 */
import { accuracyAtThreshold, accuracyThreshold } from "./accuracy-threshold.ts";
import { computeFoldSpread, type FoldSpread } from "./fold-spread.ts";
import { areaUnderCurve, computeRoc, equalErrorRate, farAtThreshold, type Roc, thresholdAtFar, valAtThreshold } from "./roc.ts";

/** The pairs that could be measured. A skipped pair is simply left out of all three arrays. */
export type MeasuredPairs = {
  /** [n] squared L2, finite, from 0. */
  readonly distances: ArrayLike<number>;
  /** [n] whether a pair shows one person. */
  readonly same: ArrayLike<boolean>;
  /** [n] fold of each pair as its list has it, whole numbers. */
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
 * @returns rates 0 to 1; standard deviations are the population's, as NumPy's and the reference's, and a standard
 *   error is that deviation / sqrt(number of tested folds)
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
