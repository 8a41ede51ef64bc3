/** From a distance to the probability that it is between two faces of one person. */
import type { LogisticCurve } from "../schemas/threshold.ts";
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
