import { describe, expect, it } from "vitest";
import { computeFoldSpread } from "./fold-spread.ts";

describe("computeFoldSpread", () => {
  it("gives NumPy's population deviation, and the standard error from it", () => {
    // squared deviations from 5: 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32, over 8
    const { mean, standardDeviation, standardError } = computeFoldSpread([2, 4, 4, 4, 5, 5, 7, 9]);
    expect([mean, standardDeviation]).toEqual([5, 2]);
    expect(standardError).toBeCloseTo(2 / Math.sqrt(8), 12);
  });

  it("has no spread with one fold", () => {
    expect(computeFoldSpread([0.9])).toEqual({ mean: 0.9, standardError: 0, standardDeviation: 0 });
  });

  it("refuses no folds", () => {
    expect(() => computeFoldSpread([])).toThrow(RangeError);
  });
});
