import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { likelihoodFigures } from "./likelihood.ts";
import { computeRoc } from "./roc.ts";

/** Few distances, so that many are equal. */
const pairs = fc
  .array(fc.record({ distance: fc.integer({ min: 0, max: 20 }).map((i) => i / 10), same: fc.boolean() }), {
    minLength: 2,
    maxLength: 50,
  })
  .filter((list) => new Set(list.map(({ same }) => same)).size === 2);
type Pairs = { readonly distance: number; readonly same: boolean }[];
const curveOf = (slope: number, midpoint: number) => (d: number) => 1 / (1 + Math.exp(slope * (d - midpoint)));
const figuresOf = (list: Pairs, probability: (distance: number) => number) =>
  likelihoodFigures(
    computeRoc(
      list.map(({ distance }) => distance),
      list.map(({ same }) => same),
    ),
    probability,
  );
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** As it is defined, of likelihood ratios. */
function naiveCllr(list: Pairs, probability: (distance: number) => number): number {
  const ratio = (d: number) => probability(d) / (1 - probability(d));
  const ofSame = list.filter(({ same }) => same).map(({ distance }) => Math.log2(1 + 1 / ratio(distance)));
  const ofDifferent = list.filter(({ same }) => !same).map(({ distance }) => Math.log2(1 + ratio(distance)));
  return (mean(ofSame) + mean(ofDifferent)) / 2;
}

describe("likelihoodFigures", () => {
  it("computes Cllr by its definition", () => {
    fc.assert(
      fc.property(pairs, fc.double({ min: 1, max: 6, noNaN: true }), (list, slope) => {
        expect(figuresOf(list, curveOf(slope, 1)).cllr).toBeCloseTo(naiveCllr(list, curveOf(slope, 1)), 9);
      }),
    );
  });

  it("computes the minimum Cllr of all non-increasing curves, by the min-max formula", () => {
    fc.assert(
      fc.property(
        pairs,
        fc.double({ min: 1, max: 6, noNaN: true }),
        fc.double({ min: 0, max: 2, noNaN: true }),
        (list, slope, mid) => {
          const { cllrMinimum } = figuresOf(list, curveOf(slope, mid));
          const count = (from: number, to: number, kind: boolean) =>
            list.filter(({ distance, same }) => same === kind && distance >= from && distance <= to).length /
            list.filter(({ same }) => same === kind).length;
          const steps = [...new Set(list.map(({ distance }) => distance))].sort((a, b) => a - b);
          const share = (from: number, to: number) => {
            const same = count(from, to, true);
            return same / (same + count(from, to, false));
          };
          const best = (d: number) =>
            Math.min(
              ...steps
                .filter((from) => from <= d)
                .map((from) => Math.max(...steps.filter((to) => to >= d).map((to) => share(from, to)))),
            );
          let bits = 0;
          for (const { distance, same } of list) {
            const weight = 1 / list.filter((other) => other.same === same).length;
            bits -= (weight * Math.log2(same ? best(distance) : 1 - best(distance))) / 2;
          }
          expect(cllrMinimum).toBeCloseTo(bits, 9);
          expect(cllrMinimum).toBeLessThanOrEqual(naiveCllr(list, curveOf(slope, mid)) + 1e-9);
        },
      ),
    );
  });

  it("computes the expected calibration error over ten bins, both kinds weighted equally", () => {
    fc.assert(
      fc.property(pairs, fc.double({ min: 1, max: 6, noNaN: true }), (list, slope) => {
        const probability = curveOf(slope, 1);
        let expected = 0;
        for (let bin = 0; bin < 10; bin++) {
          const within = list.filter(({ distance }) => Math.min(9, Math.floor(probability(distance) * 10)) === bin);
          const weightOf = (same: boolean) => 0.5 / list.filter((other) => other.same === same).length;
          const weight = within.reduce((sum, { same }) => sum + weightOf(same), 0);
          if (weight === 0) continue;
          const said = within.reduce((sum, { same, distance }) => sum + weightOf(same) * probability(distance), 0) / weight;
          const holds = within.filter(({ same }) => same).length * (weightOf(true) / weight);
          expected += weight * Math.abs(said - holds);
        }
        expect(figuresOf(list, probability).expectedCalibrationError).toBeCloseTo(expected, 9);
      }),
    );
  });
});
