import { describe, expect, it } from "vitest";
import { fitProbabilityCurve } from "./probability-curve.ts";
import { computeRoc } from "./roc.ts";

/** Pairs spread so that a curve is met exactly: at each distance the share of one person is as the curve says. */
function pairsOf({ midpoint, slope }: { midpoint: number; slope: number }) {
  const [distances, same] = [[] as number[], [] as boolean[]];
  for (let d = 0.05; d < 2.8; d += 0.05) {
    const p = 1 / (1 + Math.exp(slope * (d - midpoint)));
    for (let i = 0; i < 1000; i++) {
      distances.push(d);
      same.push(i < Math.round(1000 * p));
    }
  }
  return computeRoc(distances, same);
}

describe("fitProbabilityCurve", () => {
  it("finds the curve that pairs were made of", () => {
    // 1.425 is the middle of the distances, so that there are as many pairs of each kind
    const curve = fitProbabilityCurve(pairsOf({ midpoint: 1.425, slope: 4 }));
    expect(curve?.midpoint).toBeCloseTo(1.425, 2);
    expect(curve?.slope).toBeCloseTo(4, 1);
  });

  it("weighs both kinds alike", () => {
    const [few, many] = [1, 50].map((times) => {
      const strangers = Array.from({ length: times }, () => [1.2, 1.5, 1.9]).flat();
      const known = [0.6, 1.1, 1.4];
      return fitProbabilityCurve(computeRoc([...known, ...strangers], [...known.map(() => true), ...strangers.map(() => false)]));
    });
    expect(many?.midpoint).toBeCloseTo(few?.midpoint as number, 6);
  });

  it("is undefined where pairs do not tell", () => {
    expect(fitProbabilityCurve(computeRoc([0.5, 0.6], [true, true]))).toBeUndefined();
    expect(fitProbabilityCurve(computeRoc([0.5, 1.5], [false, true]))).toBeUndefined();
  });
});
