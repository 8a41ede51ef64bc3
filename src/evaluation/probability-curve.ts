/** Fits P(same person | distance): logistic regression or isotonic regression. */
import type { IsotonicCurve, LogisticCurve } from "../schemas/threshold.ts";
import { histogramsOfRoc } from "./distance-histogram.ts";
import type { Roc } from "./roc.ts";

/**
 * P(same | d) = 1 / (1 + exp(slope (d - midpoint))), with both kinds of pairs weighted alike however many there are of each:
 * logistic regression by Newton's method.
 *
 * @returns undefined where the pairs do not tell: kinds that lie wholly apart, or a distance that does not matter
 */
export function fitProbabilityCurve({
  distances,
  trueAccepts,
  falseAccepts,
  samePairs,
  differentPairs,
}: Roc): LogisticCurve | undefined {
  if (samePairs === 0 || differentPairs === 0) return undefined;
  const centre = 1.4;
  let [a, b] = [0, 0]; // logit = a + b (d - centre)
  for (let step = 0; step < 50; step++) {
    let [ga, gb, haa, hab, hbb] = [0, 0, 1e-9, 0, 1e-9];
    for (let k = 0; k < distances.length; k++) {
      const d = (distances[k] as number) - centre;
      const s = ((trueAccepts[k] as number) - (trueAccepts[k - 1] ?? 0)) / samePairs;
      const t = ((falseAccepts[k] as number) - (falseAccepts[k - 1] ?? 0)) / differentPairs;
      const p = 1 / (1 + Math.exp(-(a + b * d)));
      const residual = s - (s + t) * p;
      const weight = (s + t) * p * (1 - p);
      ga += residual;
      gb += residual * d;
      haa += weight;
      hab += weight * d;
      hbb += weight * d * d;
    }
    const determinant = haa * hbb - hab * hab;
    a += (hbb * ga - hab * gb) / determinant;
    b += (haa * gb - hab * ga) / determinant;
  }
  const curve = { midpoint: centre - a / b, slope: -b };
  const tells = curve.slope > 0 && Number.isFinite(curve.slope) && curve.midpoint >= 0 && curve.midpoint <= 4;
  return tells ? curve : undefined;
}

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
