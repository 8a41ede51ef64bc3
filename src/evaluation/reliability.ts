/** Whether a probability keeps its word: of the pairs that it gives about p, a share p should be of one person. */
import type { ReliabilityPoint } from "../schemas/evaluation.ts";

const BINS = 10;

/**
 * Points of a reliability diagram, and nothing for empty bins. A curve gives probabilities for the case that both kinds
 * of pairs are equally frequent, so both kinds weigh alike here, however many there are of each.
 *
 * @param distances [n] squared L2
 * @param same [n]
 * @param probability P(same | D), 0 to 1
 */
export function reliabilityOf(
  distances: ArrayLike<number>,
  same: ArrayLike<boolean>,
  probability: (distance: number) => number,
): ReliabilityPoint[] {
  const samePairs = Array.from(same).filter(Boolean).length;
  const weightOf = (isSame: boolean | undefined): number => (isSame ? 1 / samePairs : 1 / (same.length - samePairs));
  const bins = Array.from({ length: BINS }, () => ({ predicted: 0, same: 0, weight: 0, pairs: 0 }));
  for (let i = 0; i < distances.length; i++) {
    const p = probability(distances[i] as number);
    const weight = weightOf(same[i]);
    const bin = bins[Math.min(BINS - 1, Math.floor(p * BINS))] as (typeof bins)[number];
    bin.predicted += p * weight;
    bin.weight += weight;
    bin.pairs++;
    if (same[i]) bin.same += weight;
  }
  return bins
    .filter(({ pairs }) => pairs > 0)
    .map(({ predicted, same: ofOne, weight, pairs }) => ({ predicted: predicted / weight, observed: ofOne / weight, pairs }));
}

/**
 * Mean of -log P over pairs, both kinds weighted alike (natural logarithm): smaller is better, 0.693 is what a coin
 * says. Probabilities of 0 and 1 count as 1e-9 from them.
 *
 * @throws RangeError unless there are pairs of both kinds
 */
export function logLoss(
  distances: ArrayLike<number>,
  same: ArrayLike<boolean>,
  probability: (distance: number) => number,
): number {
  const sums = { same: 0, different: 0 };
  const counts = { same: 0, different: 0 };
  for (let i = 0; i < distances.length; i++) {
    const p = Math.min(1 - 1e-9, Math.max(1e-9, probability(distances[i] as number)));
    const kind = same[i] ? "same" : "different";
    sums[kind] -= Math.log(same[i] ? p : 1 - p);
    counts[kind]++;
  }
  if (counts.same === 0 || counts.different === 0) throw new RangeError("log loss needs pairs of both kinds");
  return (sums.same / counts.same + sums.different / counts.different) / 2;
}
