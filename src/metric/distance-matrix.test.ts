import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { squaredL2 } from "./distance.ts";
import { distanceMatrix } from "./distance-matrix.ts";

describe("distanceMatrix", () => {
  it("holds the squared L2 distance of every two vectors", () => {
    const vectors = fc
      .tuple(fc.integer({ min: 0, max: 13 }), fc.integer({ min: 1, max: 9 }))
      .chain(([n, size]) =>
        fc.tuple(
          fc.constant(size),
          fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: n * size, maxLength: n * size }),
        ),
      );
    fc.assert(
      fc.property(vectors, ([size, values]) => {
        const n = values.length / size;
        const distances = distanceMatrix(Float64Array.from(values), size);
        expect(distances).toHaveLength(n * n);
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            const expected = squaredL2(values.slice(i * size, (i + 1) * size), values.slice(j * size, (j + 1) * size));
            expect(distances[i * n + j]).toBeCloseTo(expected, 4);
          }
          expect(distances[i * n + i]).toBe(0);
        }
      }),
    );
  });

  it("refuses values that do not make whole vectors", () => {
    expect(() => distanceMatrix(new Float32Array(7), 2)).toThrow("7 values do not make vectors of 2 dimensions");
  });
});
