/** Whether a probability keeps its word: of the pairs that it gives about p, a share p should be of one person. */
import type { Interval, ReliabilityPoint } from "../schemas/evaluation.ts";
import type { Roc } from "./roc.ts";

/** Bin i holds probabilities from i / 10 to, without it, (i + 1) / 10; the last also 1. */
export const RELIABILITY_BINS = 10;

export function binOfProbability(probability: number): number {
  return Math.min(RELIABILITY_BINS - 1, Math.floor(probability * RELIABILITY_BINS));
}

/**
 * Points of a reliability diagram, and nothing for empty bins. A curve gives probabilities for the case that both kinds
 * of pairs are equally frequent, so both kinds weigh alike here, however many there are of each.
 *
 * @param probability P(same | D), 0 to 1
 * @param intervals [RELIABILITY_BINS] of `reliabilityIntervals`
 * @throws RangeError unless there are pairs of both kinds
 */
export function reliabilityOf(
  roc: Roc,
  probability: (distance: number) => number,
  intervals: readonly (Interval | null)[] = [],
): ReliabilityPoint[] {
  return pooledReliability([{ roc, probability }], intervals);
}

/** Of several curves together, each judged on pairs of its own. */
export function pooledReliability(
  judged: readonly { readonly roc: Roc; readonly probability: (distance: number) => number }[],
  intervals: readonly (Interval | null)[] = [],
): ReliabilityPoint[] {
  const [allSame, allDifferent] = [sum(judged, "samePairs"), sum(judged, "differentPairs")];
  const bins = Array.from({ length: RELIABILITY_BINS }, () => ({ predicted: 0, same: 0, weight: 0, pairs: 0 }));
  for (const { roc, probability } of judged)
    for (const { distance, same, different } of stepsOf(roc)) {
      const p = probability(distance);
      const bin = bins[binOfProbability(p)] as (typeof bins)[number];
      const weight = same / allSame + different / allDifferent;
      bin.predicted += p * weight;
      bin.weight += weight;
      bin.same += same / allSame;
      bin.pairs += same + different;
    }
  return bins.flatMap(({ predicted, same, weight, pairs }, i) =>
    pairs > 0 ? [{ predicted: predicted / weight, observed: same / weight, interval: intervals[i] ?? null, pairs }] : [],
  );
}

const sum = (judged: readonly { readonly roc: Roc }[], kind: "samePairs" | "differentPairs"): number =>
  judged.reduce((total, { roc }) => total + roc[kind], 0);

/**
 * Mean of -log P over pairs, both kinds weighted alike (natural logarithm): smaller is better, 0.693 is what a coin
 * says. Probabilities of 0 and 1 count as 1e-9 from them.
 *
 * @throws RangeError unless there are pairs of both kinds
 */
export function logLoss(roc: Roc, probability: (distance: number) => number): number {
  let [ofSame, ofDifferent] = [0, 0];
  for (const { distance, same, different } of stepsOf(roc)) {
    const p = Math.min(1 - 1e-9, Math.max(1e-9, probability(distance)));
    ofSame -= same * Math.log(p);
    ofDifferent -= different * Math.log(1 - p);
  }
  return (ofSame / roc.samePairs + ofDifferent / roc.differentPairs) / 2;
}

/** How many pairs of each kind there are at each distance. */
export function* stepsOf(roc: Roc): Generator<{ distance: number; same: number; different: number }> {
  const { distances, trueAccepts, falseAccepts, samePairs, differentPairs } = roc;
  if (samePairs === 0 || differentPairs === 0) throw new RangeError("a probability is judged on pairs of both kinds");
  for (let k = 0; k < distances.length; k++)
    yield {
      distance: distances[k] as number,
      same: (trueAccepts[k] as number) - (trueAccepts[k - 1] ?? 0),
      different: (falseAccepts[k] as number) - (falseAccepts[k - 1] ?? 0),
    };
}
