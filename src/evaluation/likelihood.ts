/**
 * Quality of a probability as a likelihood ratio: Cllr and its minimum (Brümmer and du Preez 2006), and the expected calibration
 * error (Naeini et al. 2015), all at the prior at which both kinds of pairs are equally frequent.
 */
import type { LikelihoodFigures } from "../schemas/evaluation.ts";
import { binOfProbability, logLoss, RELIABILITY_BINS, stepsOf } from "./reliability.ts";
import type { Roc } from "./roc.ts";

/**
 * Cllr in bits: 0 for certainty that is always right, 1 for chance. The minimum is that of the best non-increasing curve on the
 * same pairs (pool-adjacent-violators); the difference is the calibration loss.
 *
 * @param probability P(same | D) at equal priors, 0 to 1
 * @throws RangeError unless there are pairs of both kinds
 * @example
 * likelihoodFigures(computeRoc([0.4, 1.6], [true, false]), (d) => (d < 1 ? 0.9 : 0.1)).cllr; // 0.152
 */
export function likelihoodFigures(roc: Roc, probability: (distance: number) => number): LikelihoodFigures {
  return {
    cllr: logLoss(roc, probability) / Math.LN2,
    cllrMinimum: minimalCllr(roc),
    expectedCalibrationError: expectedCalibrationError(roc, probability),
  };
}

/** A range of distances with one probability. */
type Block = { same: number; different: number };

function minimalCllr(roc: Roc): number {
  const { samePairs, differentPairs } = roc;
  const blocks: Block[] = [];
  const shareOf = ({ same, different }: Block): number => same / (same + different);
  for (const step of stepsOf(roc)) {
    let block: Block = { same: step.same / samePairs, different: step.different / differentPairs };
    for (let last = blocks.at(-1); last && shareOf(last) <= shareOf(block); last = blocks.at(-1)) {
      block = { same: last.same + block.same, different: last.different + block.different };
      blocks.pop();
    }
    blocks.push(block);
  }
  const bits = (weight: number, share: number): number => (weight === 0 ? 0 : -weight * Math.log2(share));
  return blocks.reduce((sum, block) => sum + bits(block.same, shareOf(block)) + bits(block.different, 1 - shareOf(block)), 0) / 2;
}

/** Mean absolute difference of predicted and observed probability, over ten bins weighted by their size. */
function expectedCalibrationError(roc: Roc, probability: (distance: number) => number): number {
  const bins = Array.from({ length: RELIABILITY_BINS }, () => ({ said: 0, holds: 0 }));
  for (const { distance, same, different } of stepsOf(roc)) {
    const p = probability(distance);
    const bin = bins[binOfProbability(p)] as (typeof bins)[number];
    const [ofSame, ofDifferent] = [same / roc.samePairs / 2, different / roc.differentPairs / 2];
    bin.said += p * (ofSame + ofDifferent);
    bin.holds += ofSame;
  }
  return bins.reduce((sum, { said, holds }) => sum + Math.abs(said - holds), 0);
}
