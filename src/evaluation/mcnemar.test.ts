import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mcnemarExact } from "./mcnemar.ts";

/** Every way n coins can fall, counted one by one. */
function byCounting(onlyA: number, onlyB: number): number {
  const n = onlyA + onlyB;
  const least = Math.abs(onlyA - onlyB);
  let asStrong = 0;
  for (let coins = 0; coins < 2 ** n; coins++) {
    const heads = coins.toString(2).replaceAll("0", "").length;
    if (Math.abs(heads - (n - heads)) >= least) asStrong++;
  }
  return asStrong / 2 ** n;
}

describe("mcnemarExact", () => {
  it("equals the share of all falls of the coins that are as uneven", () => {
    fc.assert(
      fc.property(fc.nat(6), fc.nat(6), (a, b) => {
        expect(mcnemarExact({ onlyA: a, onlyB: b })).toBeCloseTo(byCounting(a, b), 12);
      }),
    );
  });

  it("gives the textbook's figures", () => {
    // scipy.stats.binomtest(1, 10).pvalue, binomtest(9, 16).pvalue
    expect(mcnemarExact({ onlyA: 1, onlyB: 9 })).toBeCloseTo(0.021484375, 12);
    expect(mcnemarExact({ onlyA: 9, onlyB: 7 })).toBeCloseTo(0.8036193847656, 10);
  });

  it("is the same from either side, and 1 without a disagreement", () => {
    expect(mcnemarExact({ onlyA: 3, onlyB: 20 })).toBe(mcnemarExact({ onlyA: 20, onlyB: 3 }));
    expect(mcnemarExact({ onlyA: 0, onlyB: 0 })).toBe(1);
  });

  it("holds for counts at which powers of two leave floating point", () => {
    const p = mcnemarExact({ onlyA: 4800, onlyB: 5200 });
    // normal approximation with continuity correction: z = 3.99
    expect(p).toBeGreaterThan(5e-5);
    expect(p).toBeLessThan(8e-5);
  });

  it("refuses what is no count", () => {
    expect(() => mcnemarExact({ onlyA: -1, onlyB: 2 })).toThrow(RangeError);
    expect(() => mcnemarExact({ onlyA: 1.5, onlyB: 2 })).toThrow("got 1.5");
  });
});
