import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { logNormalCdf, logNormalCdfSlope, normalQuantileOfLog } from "../metric/statistics.ts";
import { createStrangerRuler } from "./stranger-ruler.ts";

describe("normal distribution", () => {
  it("equals tabulated values, also in the tail", () => {
    for (const [z, p] of [
      [0, 0.5],
      [1.959963984540054, 0.975],
      [-2.3263478740408408, 0.01],
      [-2.5, 0.006209665325776132],
      [-4.264890793922825, 1e-5],
      [-6.361340902404056, 1e-10],
    ] as const)
      expect(Math.exp(logNormalCdf(z)) / p).toBeCloseTo(1, 9);
  });

  it("inverts, with a density equal to finite differences", () => {
    fc.assert(
      fc.property(fc.double({ min: -12, max: 4, noNaN: true }), (z) => {
        expect(normalQuantileOfLog(logNormalCdf(z))).toBeCloseTo(z, 6);
        expect((logNormalCdf(z + 1e-5) - logNormalCdf(z - 1e-5)) / 2e-5 / logNormalCdfSlope(z)).toBeCloseTo(1, 4);
      }),
    );
  });
});

describe("ruler of strangers", () => {
  const thresholds = [
    { far: 1e-2, distance: 1.3766 },
    { far: 1e-3, distance: 1.2361 },
    { far: 1e-4, distance: 1.1247 },
  ];

  it("returns the thresholds it was built from, and inverts every value", () => {
    const ruler = createStrangerRuler(thresholds);
    for (const { far, distance } of thresholds) expect(Math.exp(-ruler.heightAt(distance))).toBeCloseTo(far, 8);
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 20, noNaN: true }), (height) => {
        const distance = ruler.distanceAt(height);
        expect(ruler.heightAt(distance)).toBeCloseTo(height, 6);
        const slope = (ruler.heightAt(distance - 1e-6) - ruler.heightAt(distance + 1e-6)) / 2e-6;
        expect(ruler.slopeAt(distance)).toBeGreaterThan(0);
        if (thresholds.every((threshold) => Math.abs(threshold.distance - distance) > 1e-4))
          expect(slope / ruler.slopeAt(distance)).toBeCloseTo(1, 3);
      }),
    );
  });

  it("recovers the body of a normal distribution from two quantiles", () => {
    const ruler = createStrangerRuler([
      { far: 1e-2, distance: 1.8 - 0.2 * 2.3263478740408408 },
      { far: 1e-3, distance: 1.8 - 0.2 * 3.090232306167813 },
    ]);
    expect(ruler.body.middle).toBeCloseTo(1.8, 6);
    expect(ruler.body.spread).toBeCloseTo(2 * 0.2 * 0.6744897501960817, 6);
  });

  it("rejects degenerate thresholds", () => {
    expect(() => createStrangerRuler(thresholds.slice(0, 1))).toThrow(/two thresholds/);
    expect(() => createStrangerRuler([...thresholds, { far: 5e-2, distance: 1 }])).toThrow(/must fall/);
  });
});
