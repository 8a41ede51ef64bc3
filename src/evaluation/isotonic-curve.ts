/** From distances to probabilities without assuming a shape: isotonic regression, which only wants them never to rise. */
import type { IsotonicCurve } from "../schemas/threshold.ts";
import { histogramsOfRoc } from "./distance-histogram.ts";
import type { Roc } from "./roc.ts";

/** Neighbouring bins that were joined because the farther one would have been the more probable. */
type Block = { from: number; to: number; same: number; weight: number };

/**
 * The curve, never rising, that is closest to the shares of one person at each distance (weighted least squares, by the
 * pool-adjacent-violators algorithm, on bins 2^-6 wide). Both kinds of pairs weigh alike. A share rests on so many pairs,
 * so no probability is surer than one pair more of the other kind would make it.
 *
 * @throws RangeError unless there are pairs of both kinds
 */
export function fitIsotonicCurve(roc: Roc): IsotonicCurve {
  const { samePairs, differentPairs } = roc;
  if (samePairs === 0 || differentPairs === 0) throw new RangeError("a probability is fitted on pairs of both kinds");
  const { binWidth, same, different } = histogramsOfRoc(roc);
  const blocks: Block[] = [];
  for (const [bin, count] of same.entries()) {
    const ofSame = count / samePairs;
    const weight = ofSame + (different[bin] as number) / differentPairs;
    if (weight === 0) continue;
    let block: Block = { from: bin, to: bin, same: ofSame, weight };
    for (let last = blocks.at(-1); last && shareOf(last) <= shareOf(block); last = blocks.at(-1)) {
      block = { from: last.from, to: block.to, same: last.same + block.same, weight: last.weight + block.weight };
      blocks.pop();
    }
    blocks.push(block);
  }
  const least = 1 / (2 + Math.min(samePairs, differentPairs));
  const points = blocks.flatMap((block) => {
    const probability = Math.min(1 - least, Math.max(least, shareOf(block)));
    const ends = block.from === block.to ? [block.from] : [block.from, block.to];
    return ends.map((bin) => ({ distance: (bin + 0.5) * binWidth, probability }));
  });
  return { points };
}

const shareOf = ({ same, weight }: Block): number => same / weight;
