/** Fits P(same person | distance): logistic regression or isotonic regression. */
import type { IsotonicCurve, LogisticCurve } from "../schemas/threshold.ts";
import { histogramsOfRoc } from "./distance-histogram.ts";
import type { Roc } from "./roc.ts";

/**
 * P(same | d) = 1 / (1 + exp(slope (d - midpoint))): logistic regression by Newton's method, with both kinds of pairs weighted
 * equally whatever their numbers.
 *
 * @returns undefined if the fit is not determined: perfectly separated kinds, or no dependence on distance
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

/** Neighbouring bins merged because the farther one had a higher probability. */
type Block = { from: number; to: number; same: number; weight: number };

/**
 * Isotonic regression: the non-increasing curve closest to the share of same pairs at each distance (weighted least squares by
 * the pool-adjacent-violators algorithm, on bins 2^-6 wide), with both kinds weighted equally. Probabilities are limited by the
 * number of pairs: none is more certain than one more pair of the other kind would allow.
 *
 * @throws RangeError unless there are pairs of both kinds
 */
export function fitIsotonicCurve(roc: Roc): IsotonicCurve {
  const { samePairs, differentPairs } = roc;
  if (samePairs === 0 || differentPairs === 0) throw new RangeError("fitting a probability requires pairs of both kinds");
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
