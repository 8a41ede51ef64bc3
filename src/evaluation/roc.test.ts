import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  acceptsAt,
  areaUnderCurve,
  computeRoc,
  equalErrorRate,
  farAtThreshold,
  rocPoints,
  thresholdAtFar,
  valAtFar,
  valAtThreshold,
} from "./roc.ts";

type Measured = { distance: number; same: boolean };

const rocOf = (pairs: readonly Measured[]) =>
  computeRoc(
    Float64Array.from(pairs, ({ distance }) => distance),
    pairs.map(({ same }) => same),
  );

/** Pairs of both kinds at quarters from 0 to 4: most distances are ties. */
const pairsWithTies = fc
  .array(fc.record({ distance: fc.integer({ min: 0, max: 16 }).map((quarters) => quarters / 4), same: fc.boolean() }), {
    minLength: 2,
    maxLength: 40,
  })
  .filter((pairs) => new Set(pairs.map(({ same }) => same)).size === 2);

/** Share of the pairs of a kind that fulfil a condition, by the definition. */
const share = (pairs: readonly Measured[], same: boolean, condition: (distance: number) => boolean) => {
  const kind = pairs.filter((pair) => pair.same === same);
  return kind.filter(({ distance }) => condition(distance)).length / kind.length;
};

// Worked by hand:  distance  0.2   0.5   0.5        0.9        1.3   1.3   2.0
//                  pair      same  same  different  different  same  diff  different
const example: Measured[] = [
  { distance: 2, same: false },
  { distance: 0.2, same: true },
  { distance: 1.3, same: false },
  { distance: 0.5, same: true },
  { distance: 0.9, same: false },
  { distance: 0.5, same: false },
  { distance: 1.3, same: true },
];

describe("computeRoc", () => {
  it("counts accepts at each distinct distance", () => {
    expect(rocOf(example)).toEqual({
      distances: Float64Array.of(0.2, 0.5, 0.9, 1.3, 2),
      trueAccepts: Uint32Array.of(1, 2, 2, 3, 3),
      falseAccepts: Uint32Array.of(0, 1, 2, 3, 4),
      samePairs: 3,
      differentPairs: 4,
    });
  });

  it.each([[Number.NaN], [Number.POSITIVE_INFINITY], [-0.1]])("refuses a distance of %s, naming its place", (bad) => {
    expect(() => computeRoc([0.5, bad], [true, false])).toThrow(
      new RangeError(`distances[1]: must be a finite number from 0, got ${bad}`),
    );
  });

  it("rejects mismatched labels", () => {
    expect(() => computeRoc([0.5], [true, false])).toThrow("1 distances, 2 labels");
  });
});

describe("VAL and FAR at a threshold", () => {
  it("accepts a pair exactly at the threshold (<=, as in the paper)", () => {
    expect(acceptsAt(rocOf(example), 0.5)).toEqual({ trueAccepts: 2, falseAccepts: 1 });
    expect(acceptsAt(rocOf(example), 0.499)).toEqual({ trueAccepts: 1, falseAccepts: 0 });
  });

  it("agrees with the definition at any threshold", () => {
    fc.assert(
      fc.property(pairsWithTies, fc.integer({ min: -1, max: 40 }), (pairs, eighths) => {
        const threshold = eighths / 8;
        expect(valAtThreshold(rocOf(pairs), threshold)).toBe(share(pairs, true, (distance) => distance <= threshold));
        expect(farAtThreshold(rocOf(pairs), threshold)).toBe(share(pairs, false, (distance) => distance <= threshold));
      }),
    );
  });

  it("rejects NaN and a missing kind of pairs", () => {
    expect(() => acceptsAt(rocOf(example), Number.NaN)).toThrow(RangeError);
    const allSame = computeRoc([0.1, 0.2], [true, true]);
    const allDifferent = computeRoc([0.1, 0.2], [false, false]);
    expect(() => farAtThreshold(allSame, 1)).toThrow("FAR requires at least one different-person pair");
    expect(() => thresholdAtFar(allSame, 0.1)).toThrow("FAR requires");
    expect(() => valAtThreshold(allDifferent, 1)).toThrow("VAL requires at least one same-person pair");
    for (const summary of [areaUnderCurve, equalErrorRate]) {
      expect(() => summary(allSame)).toThrow(RangeError);
      expect(() => summary(allDifferent)).toThrow(RangeError);
      expect(() => summary(computeRoc([], []))).toThrow(RangeError);
    }
  });
});

describe("thresholdAtFar", () => {
  it.each([
    ["no different pair below a target of 1/n", 0.2, 0.2],
    ["one at 1/n", 0.25, 0.5],
    ["still one between 1/n and 2/n", 0.49, 0.5],
    ["all at 1", 1, 2],
  ])("accepts %s", (_, far, threshold) => {
    expect(thresholdAtFar(rocOf(example), far)).toBe(threshold);
  });

  it("stays below a tie that would exceed the target", () => {
    expect(thresholdAtFar(computeRoc([0.1, 0.7, 0.7, 0.8], [true, false, false, false]), 0.34)).toBe(0.1);
  });

  it("falls to 0, or to -1 if 0 accepts too many", () => {
    expect(thresholdAtFar(computeRoc([0.3, 0.5], [false, true]), 0)).toBe(0);
    expect(thresholdAtFar(computeRoc([0, 0.5], [false, true]), 0)).toBe(-1);
  });

  it("meets a target that is a fraction of the pairs exactly", () => {
    // 0.29 x 100 is 28.999999999999996 in floating point
    const roc = computeRoc(
      Float64Array.from({ length: 100 }, (_, i) => i / 100),
      new Array<boolean>(100).fill(false),
    );
    expect(farAtThreshold(roc, thresholdAtFar(roc, 0.29))).toBe(0.29);
  });

  it("is the largest candidate within the target", () => {
    fc.assert(
      fc.property(pairsWithTies, fc.double({ min: 0, max: 1, noNaN: true }), (pairs, far) => {
        const candidates = [-1, 0, ...pairs.map(({ distance }) => distance)];
        const within = candidates.filter((candidate) => share(pairs, false, (distance) => distance <= candidate) <= far);
        expect(thresholdAtFar(rocOf(pairs), far)).toBe(Math.max(...within));
        expect(valAtFar(rocOf(pairs), far)).toBe(share(pairs, true, (distance) => distance <= Math.max(...within)));
      }),
    );
  });

  it.each([[-0.1], [1.1], [Number.NaN]])("refuses a target of %s", (far) => {
    expect(() => thresholdAtFar(rocOf(example), far)).toThrow(`far: must be from 0 to 1, got ${far}`);
  });
});

describe("areaUnderCurve", () => {
  it("is the share of ordered (same, different) combinations, ties counted half", () => {
    // 0.2 is below all 4; 0.5 below 3 and tied with 1; 1.3 below 1 and tied with 1: 9 of 12
    expect(areaUnderCurve(rocOf(example))).toBe(9 / 12);
  });

  it("agrees with counting all combinations", () => {
    fc.assert(
      fc.property(pairsWithTies, (pairs) => {
        const [same, different] = [pairs.filter((pair) => pair.same), pairs.filter((pair) => !pair.same)];
        let inOrder = 0;
        for (const s of same) for (const d of different) inOrder += (1 - Math.sign(s.distance - d.distance)) / 2;
        expect(areaUnderCurve(rocOf(pairs))).toBeCloseTo(inOrder / same.length / different.length, 12);
      }),
    );
  });
});

describe("equalErrorRate", () => {
  it("interpolates between the points around the crossing", () => {
    // (FAR, VAL) goes from (1/4, 2/3) to (2/4, 2/3); FAR = 1 - VAL at FAR = 1/3
    expect(equalErrorRate(rocOf(example))).toBeCloseTo(1 / 3, 12);
  });

  it("is 0 for separated kinds, 1 for reversed ones, 1/2 if all are tied", () => {
    expect(equalErrorRate(computeRoc([1, 2], [true, false]))).toBe(0);
    expect(equalErrorRate(computeRoc([1, 2], [false, true]))).toBe(1);
    expect(equalErrorRate(computeRoc([1, 1], [true, false]))).toBe(0.5);
  });

  it("agrees with bisection along the drawn curve", () => {
    fc.assert(
      fc.property(pairsWithTies, (pairs) => {
        const values = [...new Set(pairs.map(({ distance }) => distance))].sort((a, b) => a - b);
        const points = [-1, ...values].map((threshold) => ({
          far: share(pairs, false, (distance) => distance <= threshold),
          val: share(pairs, true, (distance) => distance <= threshold),
        }));
        const at = (position: number) => {
          const k = Math.min(Math.floor(position), points.length - 2);
          const [from, to] = [points[k], points[k + 1]];
          if (!from || !to) throw new Error("off the curve");
          return { far: from.far + (to.far - from.far) * (position - k), val: from.val + (to.val - from.val) * (position - k) };
        };
        let [low, high] = [0, points.length - 1];
        for (let i = 0; i < 60; i++) {
          const { far, val } = at((low + high) / 2);
          if (far < 1 - val) low = (low + high) / 2;
          else high = (low + high) / 2;
        }
        expect(equalErrorRate(rocOf(pairs))).toBeCloseTo(at(high).far, 9);
      }),
    );
  });
});

describe("rocPoints", () => {
  it("contains every step of a short curve, with the largest threshold per FAR", () => {
    // same at 0.1, 0.2, 0.7; different at 0.5, 0.9
    const roc = computeRoc([0.1, 0.2, 0.7, 0.5, 0.9], [true, true, true, false, false]);
    expect(rocPoints(roc)).toEqual([
      { far: 0, val: 2 / 3, threshold: 0.2 },
      { far: 0.5, val: 1, threshold: 0.7 },
      { far: 1, val: 1, threshold: 0.9 },
    ]);
  });

  it("omits invisible points, keeps the ends, and stays within a step of the curve", () => {
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

  it("rejects pairs of one kind", () => {
    expect(() => rocPoints(computeRoc([1], [true]))).toThrow("both kinds");
  });
});
