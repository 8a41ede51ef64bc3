import { describe, expect, it } from "vitest";
import { computeRoc } from "./roc.ts";
import { rocPoints } from "./roc-points.ts";

describe("rocPoints", () => {
  it("gives every step of a short curve, the largest threshold of each FAR", () => {
    // same at 0.1, 0.2, 0.7; different at 0.5, 0.9
    const roc = computeRoc([0.1, 0.2, 0.7, 0.5, 0.9], [true, true, true, false, false]);
    expect(rocPoints(roc)).toEqual([
      { far: 0, val: 2 / 3, threshold: 0.2 },
      { far: 0.5, val: 1, threshold: 0.7 },
      { far: 1, val: 1, threshold: 0.9 },
    ]);
  });

  it("leaves out what does not show, never the ends, and strays no further than the step from the curve", () => {
    const n = 20_000;
    const distances = Float64Array.from({ length: 2 * n }, (_, i) => (i < n ? (2 * i) / n : 1 + (2 * (i - n)) / n));
    const roc = computeRoc(
      distances,
      Array.from({ length: 2 * n }, (_, i) => i < n),
    );
    const points = rocPoints(roc);
    expect(points.length).toBeLessThan(800);
    expect(points[0]).toMatchObject({ far: 0 });
    expect(points.at(-1)).toMatchObject({ far: 1, val: 1 });
    for (const [i, point] of points.slice(1).entries()) {
      const before = points[i] as { far: number; val: number };
      expect(point.far).toBeGreaterThan(before.far - Number.EPSILON);
      expect(point.far).toBeLessThanOrEqual(before.far * 1.05 + 1 / n + 1e-12);
      expect(point.val).toBeLessThanOrEqual(before.val + 0.002 + 3 / n);
    }
  });

  it("refuses pairs of one kind", () => {
    expect(() => rocPoints(computeRoc([1], [true]))).toThrow("both kinds");
  });
});
