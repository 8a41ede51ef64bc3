/** A figure measured once per fold, and how far the folds lie apart. */

/**
 * `standardDeviation` is the population's (divided by k, NumPy's default, what the reference implementation
 * prints after "+-"); `standardError` is that divided by sqrt(k), the kind of figure the paper gives. The
 * sample's deviation (divided by k - 1) would make both larger by sqrt(k / (k - 1)), 5 % for ten folds.
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
  return { mean, standardError: standardDeviation / Math.sqrt(k), standardDeviation };
}
