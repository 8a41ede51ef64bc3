/** Goodness of fit of a generalised Pareto distribution to its pairs. */
import { exceedanceAt, fitGeneralisedPareto, type ParetoPrior, survivalAt } from "./generalised-pareto.ts";
import type { StrangerTail } from "./stranger-tail.ts";

/** Samples drawn from the fitted distribution. */
const FIT_DRAWS = 100;

/**
 * Share of samples from the fitted tail that are at least as far from their own fit as the exceedances are: Kolmogorov
 * distance with a
 * parametric bootstrap, because a fit to the same data is closer than a distribution fixed in advance (Lilliefors 1967).
 */
export function goodnessOfFit(
  { pareto, exceedances, exceedanceWeights }: StrangerTail,
  prior: ParetoPrior,
  random: () => number,
): number {
  const size = Math.round(exceedanceWeights.reduce((sum, weight) => sum + weight, 0));
  if (size < 5) return 1;
  const observed = kolmogorov(exceedances, exceedanceWeights, (x) => survivalAt(pareto, x));
  const ones = new Float64Array(size).fill(1);
  let asFar = 0;
  for (let i = 0; i < FIT_DRAWS; i++) {
    const drawn = Float64Array.from({ length: size }, () => exceedanceAt(pareto, 1 - random()));
    const own = fitGeneralisedPareto(drawn, ones, prior);
    if (kolmogorov(drawn, ones, (x) => survivalAt(own, x)) >= observed) asFar++;
  }
  return (asFar + 1) / (FIT_DRAWS + 1);
}

function kolmogorov(values: Float64Array, weights: Float64Array, survival: (x: number) => number): number {
  const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let [before, largest] = [0, 0];
  for (const i of order) {
    const fitted = 1 - survival(values[i] as number);
    const after = before + (weights[i] as number) / total;
    largest = Math.max(largest, Math.abs(fitted - before), Math.abs(fitted - after));
    before = after;
  }
  return largest;
}
