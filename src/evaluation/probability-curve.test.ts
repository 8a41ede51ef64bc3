import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { probabilityAt } from "../metric/distance.ts";
import { fitIsotonicCurve, fitProbabilityCurve } from "./probability-curve.ts";
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
  it("recovers the curve that generated the pairs", () => {
    // 1.425 is the middle of the distances, so that there are as many pairs of each kind
    const curve = fitProbabilityCurve(pairsOf({ midpoint: 1.425, slope: 4 }));
    expect(curve?.midpoint).toBeCloseTo(1.425, 2);
    expect(curve?.slope).toBeCloseTo(4, 1);
  });

  it("weights both kinds equally", () => {
    const [few, many] = [1, 50].map((times) => {
      const strangers = Array.from({ length: times }, () => [1.2, 1.5, 1.9]).flat();
      const known = [0.6, 1.1, 1.4];
      return fitProbabilityCurve(computeRoc([...known, ...strangers], [...known.map(() => true), ...strangers.map(() => false)]));
    });
    expect(many?.midpoint).toBeCloseTo(few?.midpoint as number, 6);
  });

  it("is undefined if the pairs do not determine it", () => {
    expect(fitProbabilityCurve(computeRoc([0.5, 0.6], [true, true]))).toBeUndefined();
    expect(fitProbabilityCurve(computeRoc([0.5, 1.5], [false, true]))).toBeUndefined();
  });
});

/** Pairs in the middles of a few bins of 1/64. */
const pairs = fc
  .array(fc.record({ bin: fc.integer({ min: 0, max: 12 }), same: fc.boolean() }), { minLength: 2, maxLength: 60 })
  .filter((list) => new Set(list.map(({ same }) => same)).size === 2);
const middle = (bin: number) => (bin + 0.5) / 64;

describe("fitIsotonicCurve", () => {
  it("is the non-increasing least-squares curve (min-max formula), with limited certainty", () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const counts = { same: list.filter(({ same }) => same).length, different: list.filter(({ same }) => !same).length };
        const curve = fitIsotonicCurve(
          computeRoc(
            list.map(({ bin }) => middle(bin)),
            list.map(({ same }) => same),
          ),
        );
        const bins = [...new Set(list.map(({ bin }) => bin))].sort((a, b) => a - b);
        const weightOf = (same: boolean) => 1 / (same ? counts.same : counts.different);
        const average = (from: number, to: number) => {
          const within = list.filter(({ bin }) => bin >= (bins[from] as number) && bin <= (bins[to] as number));
          const sum = (some: typeof list) => some.reduce((total, { same }) => total + weightOf(same), 0);
          return sum(within.filter(({ same }) => same)) / sum(within);
        };
        const least = 1 / (2 + Math.min(counts.same, counts.different));
        for (const [i, bin] of bins.entries()) {
          const values = bins.slice(0, i + 1).map((_, a) => Math.max(...bins.slice(i).map((__, k) => average(a, i + k))));
          const expected = Math.min(1 - least, Math.max(least, Math.min(...values)));
          expect(probabilityAt(curve, middle(bin))).toBeCloseTo(expected, 9);
        }
      }),
    );
  });

  it("rejects pairs of one kind", () => {
    expect(() => fitIsotonicCurve(computeRoc([1], [true]))).toThrow("both kinds");
  });
});
