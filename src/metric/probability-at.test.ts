import { describe, expect, it } from "vitest";
import { probabilityAt } from "./probability-at.ts";

describe("probabilityAt", () => {
  it("is logistic", () => {
    expect(probabilityAt({ midpoint: 1.3, slope: 10 }, 1.3)).toBe(0.5);
    expect(probabilityAt({ midpoint: 1.3, slope: 10 }, 1.2)).toBeCloseTo(1 / (1 + Math.exp(-1)), 12);
  });

  it("follows the lines between points, and stays at the ends", () => {
    const curve = {
      points: [
        { distance: 1, probability: 0.9 },
        { distance: 2, probability: 0.1 },
      ],
    };
    expect([0, 1, 1.25, 2, 4].map((distance) => probabilityAt(curve, distance))).toEqual([
      0.9,
      0.9,
      expect.closeTo(0.7, 12),
      expect.closeTo(0.1, 12),
      0.1,
    ]);
  });
});
