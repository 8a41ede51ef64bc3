/** Do two models judge the same pairs equally well? Only the pairs on which they disagree can tell. */

/** The pairs that one of two models judged rightly and the other did not. */
export type Disagreement = { readonly onlyA: number; readonly onlyB: number };

/**
 * Two-sided p-value of the exact test (McNemar 1947, with the binomial instead of the chi-squared distribution): how
 * often fair coins would favour one model at least so strongly. 1 where they never disagree.
 *
 * It takes pairs for independent. Those that share a face are not, so a small p-value on pairs of few people is worth
 * less than it looks.
 *
 * @throws RangeError for counts that are not whole numbers from 0
 * @example
 * mcnemarExact({ onlyA: 1, onlyB: 9 }); // 0.0215
 */
export function mcnemarExact({ onlyA, onlyB }: Disagreement): number {
  for (const count of [onlyA, onlyB]) {
    if (!Number.isSafeInteger(count) || count < 0)
      throw new RangeError(`mcnemar: counts must be whole numbers from 0, got ${count}`);
  }
  const n = onlyA + onlyB;
  const fewer = Math.min(onlyA, onlyB);
  // In logarithms: 2^-n is 0 in floating point from n = 1075 on.
  let logTerm = -n * Math.LN2;
  let tail = Math.exp(logTerm);
  for (let k = 0; k < fewer; k++) {
    logTerm += Math.log((n - k) / (k + 1));
    tail += Math.exp(logTerm);
  }
  return Math.min(1, 2 * tail);
}
