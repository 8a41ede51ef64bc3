import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Affine } from "../../image/warp.ts";
import type { Point } from "../../schemas/face.ts";
import { inverse, similarityTransform, transformed } from "./similarity.ts";

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const point = fc.record({ x: number(-300, 300), y: number(-300, 300) });
/** Five points that do not (nearly) coincide. */
const points = fc
  .array(point, { minLength: 5, maxLength: 5 })
  .filter((list) => new Set(list.map(({ x, y }) => `${Math.round(x)},${Math.round(y)}`)).size > 1);
const similarity = fc
  .record({ angle: number(-Math.PI, Math.PI), scale: number(0.05, 20), x: number(-500, 500), y: number(-500, 500) })
  .map(({ angle, scale, x, y }): Affine => {
    const [cos, sin] = [scale * Math.cos(angle), scale * Math.sin(angle)];
    return [cos, -sin, x, sin, cos, y];
  });

const expectSame = (a: readonly number[], b: readonly number[], tolerance: number) => {
  for (const [i, value] of a.entries()) expect(Math.abs(value - (b[i] as number))).toBeLessThan(tolerance);
};

/** The normal equations of x' = p x - q y + s, y' = q x + p y + t in the unknowns p, q, s, t, by Gaussian elimination. */
function leastSquares(from: readonly Point[], to: readonly Point[]): Affine {
  const rows = from.flatMap(({ x, y }, i) => [
    [x, -y, 1, 0, (to[i] as Point).x],
    [y, x, 0, 1, (to[i] as Point).y],
  ]);
  const m = [0, 1, 2, 3].map((r) =>
    [0, 1, 2, 3, 4].map((c) => rows.reduce((sum, row) => sum + (row[r] as number) * (row[c] as number), 0)),
  );
  const cell = (r: number, c: number) => (m[r] as number[])[c] as number;
  for (let k = 0; k < 4; k++) {
    const pivot = [0, 1, 2, 3].slice(k).reduce((best, r) => (Math.abs(cell(r, k)) > Math.abs(cell(best, k)) ? r : best), k);
    [m[k], m[pivot]] = [m[pivot] as number[], m[k] as number[]];
    for (let r = 0; r < 4; r++) {
      if (r === k) continue;
      const factor = cell(r, k) / cell(k, k);
      m[r] = (m[r] as number[]).map((value, c) => value - factor * cell(k, c));
    }
  }
  const [p, q, s, t] = [0, 1, 2, 3].map((r) => cell(r, 4) / cell(r, r)) as [number, number, number, number];
  return [p, -q, s, q, p, t];
}

describe("similarityTransform", () => {
  it("recovers the rotation, scale and translation of the points", () => {
    fc.assert(
      fc.property(points, similarity, (from, wanted) => {
        expectSame(
          similarityTransform(
            from,
            from.map((p) => transformed(wanted, p)),
          ),
          wanted,
          1e-6,
        );
      }),
    );
  });

  it("is the least-squares fit without an exact solution", () => {
    fc.assert(fc.property(points, points, (from, to) => expectSame(similarityTransform(from, to), leastSquares(from, to), 1e-5)));
  });

  it("never mirrors", () => {
    const corners = [
      { x: 0, y: 0 },
      { x: 1, y: 0 },
      { x: 0, y: 2 },
    ];
    const [a, b, , d, e] = similarityTransform(
      corners,
      corners.map(({ x, y }) => ({ x: -x, y })),
    );
    expect(a * e - b * d).toBeGreaterThanOrEqual(0);
  });

  it("rejects points without a solution", () => {
    const p = { x: 3, y: 4 };
    expect(() => similarityTransform([p], [p])).toThrow("needs two or more pairs of points, got 1 and 1");
    expect(() => similarityTransform([p, p, p], [p, p])).toThrow("got 3 and 2");
    expect(() => similarityTransform([p, p], [p, { x: 0, y: 0 }])).toThrow("all the same");
  });
});

describe("inverse", () => {
  it("inverts the transform", () => {
    fc.assert(
      fc.property(similarity, point, (transform, p) => {
        const back = transformed(inverse(transform), transformed(transform, p));
        expectSame([back.x, back.y], [p.x, p.y], 1e-6);
      }),
    );
  });

  it("accepts any invertible affine transform", () => {
    expect(transformed(inverse([2, 1, 5, 0, -3, 7]), transformed([2, 1, 5, 0, -3, 7], { x: 4, y: -9 }))).toEqual({
      x: expect.closeTo(4, 9),
      y: expect.closeTo(-9, 9),
    });
    expect(() => inverse([1, 2, 0, 2, 4, 0])).toThrow("no inverse");
  });
});
