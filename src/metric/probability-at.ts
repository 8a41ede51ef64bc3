/** A distance as a probability. */
import type { ProbabilityCurve } from "../schemas/threshold.ts";

/** P(same person | distance), 0 to 1, were both cases equally frequent. */
export function probabilityAt(curve: ProbabilityCurve, distance: number): number {
  if ("slope" in curve) return 1 / (1 + Math.exp(curve.slope * (distance - curve.midpoint)));
  const { points } = curve;
  const above = points.findIndex((point) => point.distance >= distance);
  const [low, high] = [points[above - 1], points[above]];
  if (!high) return (points.at(-1) as { probability: number }).probability;
  if (!low) return high.probability;
  const share = (distance - low.distance) / (high.distance - low.distance);
  return low.probability + share * (high.probability - low.probability);
}
