import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../metric/seeded-random.ts";
import { exceedanceAt, fitGeneralisedPareto, logDensityAt, survivalAt } from "./generalised-pareto.ts";

const vague = { scale: 1, logScaleDeviation: 10, shape: 0, shapeDeviation: 10 };
const anyPareto = fc.record({
  scale: fc.double({ min: 0.1, max: 10, noNaN: true }),
  shape: fc.double({ min: -0.4, max: 0.4, noNaN: true }),
});

function draws({ scale, shape }: { scale: number; shape: number }, count: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  return Float64Array.from({ length: count }, () => exceedanceAt({ scale, shape }, 1 - random()));
}

describe("generalised Pareto distribution", () => {
  it("exceedances and survival are each other's inverse, and the density is the survival's slope", () => {
    fc.assert(
      fc.property(anyPareto, fc.double({ min: 1e-4, max: 0.999, noNaN: true }), (pareto, survival) => {
        const x = exceedanceAt(pareto, survival);
        expect(survivalAt(pareto, x)).toBeCloseTo(survival, 9);
        const step = 1e-5 * pareto.scale;
        const slope = (survivalAt(pareto, x) - survivalAt(pareto, x + step)) / step;
        expect(Math.exp(logDensityAt(pareto, x + step / 2)) / slope).toBeCloseTo(1, 2);
      }),
    );
  });

  it("the fit is the best of all on a grid", () => {
    const values = draws({ scale: 0.8, shape: 0.15 }, 300, 3);
    const weights = Float64Array.from(values, (_, i) => 0.5 + (i % 3));
    const prior = { scale: 1, logScaleDeviation: 0.2, shape: 0, shapeDeviation: 0.1 };
    const objective = (scale: number, shape: number) =>
      values.reduce((sum, x, i) => sum + (weights[i] as number) * logDensityAt({ scale, shape }, x), 0) -
      0.5 * (Math.log(scale / prior.scale) / prior.logScaleDeviation) ** 2 -
      0.5 * (shape / prior.shapeDeviation) ** 2;
    const fit = fitGeneralisedPareto(values, weights, prior);
    let best = Number.NEGATIVE_INFINITY;
    for (let scale = 0.5; scale < 1.3; scale += 0.01)
      for (let shape = -0.3; shape < 0.4; shape += 0.01) best = Math.max(best, objective(scale, shape));
    expect(objective(fit.scale, fit.shape)).toBeGreaterThanOrEqual(best);
    expect(objective(fit.scale, fit.shape) - best).toBeLessThan(0.05);
  });

  it("recovers the distribution of many samples, and returns the prior without samples", () => {
    for (const shape of [-0.2, 0, 0.2]) {
      const fit = fitGeneralisedPareto(draws({ scale: 2, shape }, 20_000, 7), new Float64Array(20_000).fill(1), vague);
      expect(fit.scale).toBeCloseTo(2, 0.8);
      expect(Math.abs(fit.shape - shape)).toBeLessThan(0.03);
    }
    expect(fitGeneralisedPareto([], [], { ...vague, scale: 1.5, shape: 0.1 })).toEqual({ scale: 1.5, shape: 0.1 });
  });
});
