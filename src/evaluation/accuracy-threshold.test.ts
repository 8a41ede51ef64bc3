import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accuracyAtThreshold, accuracyThreshold } from "./accuracy-threshold.ts";
import { computeRoc } from "./roc.ts";

describe("accuracyAtThreshold", () => {
  it("takes same pairs at the threshold as right and different pairs at it as wrong", () => {
    expect(accuracyAtThreshold(computeRoc([0.5, 0.5, 0.5, 0.9], [true, true, false, false]), 0.5)).toBe(0.75);
  });
});

describe("accuracyThreshold", () => {
  it.each([
    ["the middle of the gap between the kinds", [0.2, 0.5, 1.5, 1.8], [true, true, false, false], 1],
    ["the middle of the widest best plateau", [0.5, 1, 2, 3], [true, false, true, false], 2.5],
    ["the lowest of equally wide ones", [0.5, 1, 2.5, 3], [true, false, true, false], 0.75],
    ["the middle of a plateau that goes on through a tie of both kinds", [0.5, 0.75, 0.75, 1.5], [true, true, false, false], 1],
    ["the largest distance where every pair is same", [0.25, 0.75], [true, true], 0.75],
    ["half the smallest distance where every pair is different", [0.5, 0.75], [false, false], 0.25],
    ["as fine as the distances", [0, 0, 1e-300], [true, true, false], 5e-301],
  ])("is %s", (_, distances, same, expected) => {
    expect(accuracyThreshold(computeRoc(distances, same))).toBe(expected);
  });

  it("stays below a different pair one floating-point step above", () => {
    // The middle would be rounded up to the different pair.
    const distance = 1 + Number.EPSILON;
    const roc = computeRoc([distance, distance + Number.EPSILON], [true, false]);
    expect(accuracyThreshold(roc)).toBe(distance);
    expect(accuracyAtThreshold(roc, accuracyThreshold(roc))).toBe(1);
  });

  it("is as accurate as the best of all candidates, tried one by one", () => {
    const pair = fc.record({ distance: fc.integer({ min: 0, max: 16 }).map((quarters) => quarters / 4), same: fc.boolean() });
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 40 }), (pairs) => {
        const accuracyAt = (threshold: number) =>
          pairs.filter(({ distance, same }) => same === distance <= threshold).length / pairs.length;
        const best = Math.max(
          ...[{ distance: 0 }, ...pairs].flatMap(({ distance }) => [accuracyAt(distance), accuracyAt(distance + 0.125)]),
        );
        const roc = computeRoc(
          pairs.map(({ distance }) => distance),
          pairs.map(({ same }) => same),
        );
        const threshold = accuracyThreshold(roc);
        expect(threshold).toBeGreaterThanOrEqual(0);
        expect(accuracyAt(threshold)).toBe(best);
        expect(accuracyAtThreshold(roc, threshold)).toBe(best);
      }),
    );
  });

  it("refuses no pairs", () => {
    expect(() => accuracyThreshold(computeRoc([], []))).toThrow(RangeError);
    expect(() => accuracyAtThreshold(computeRoc([], []), 1)).toThrow(RangeError);
  });
});
