import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchSpread, codeDistance, distanceMatrix, normalize, probabilityAt, squaredL2 } from "./distance.ts";

const pairOf = <T>(value: fc.Arbitrary<T>) =>
  fc.integer({ min: 1, max: 200 }).chain((n) => {
    const list = fc.array(value, { minLength: n, maxLength: n });
    return fc.tuple(list, list);
  });
const number = fc.double({ min: -10, max: 10, noNaN: true });
const byte = fc.integer({ min: -127, max: 127 });

describe("squaredL2", () => {
  it("is the sum of squared differences", () => {
    fc.assert(
      fc.property(pairOf(number), ([a, b]) => {
        expect(squaredL2(a, b)).toBeCloseTo(
          a.reduce((sum, value, i) => sum + (value - (b[i] as number)) ** 2, 0),
          9,
        );
        expect(squaredL2(a, b)).toBe(squaredL2(b, a));
        expect(squaredL2(a, a)).toBe(0);
      }),
    );
  });

  it("is 2 at a right angle and 4 for opposite unit vectors", () => {
    expect(squaredL2([1, 0], [0, 1])).toBe(2);
    expect(squaredL2([0.6, 0.8], [-0.6, -0.8])).toBeCloseTo(4, 12);
  });

  it("rejects vectors of different length", () => {
    expect(() => squaredL2([1, 2], [1])).toThrow("vectors of 2 and 1 dimensions");
  });
});

describe("codeDistance", () => {
  it("is the squared L2 distance of the codes scaled to length 1", () => {
    const codes = pairOf(byte).filter(([a, b]) => a.some(Boolean) && b.some(Boolean));
    fc.assert(
      fc.property(codes, ([a, b]) => {
        const unit = (code: number[]) => code.map((value) => value / Math.hypot(...code));
        expect(codeDistance(Int8Array.from(a), Int8Array.from(b))).toBeCloseTo(squaredL2(unit(a), unit(b)), 9);
      }),
    );
  });

  it("stays within 0 to 4 despite rounding", () => {
    fc.assert(
      fc.property(
        fc.array(byte, { minLength: 1, maxLength: 200 }).filter((code) => code.some(Boolean)),
        (values) => {
          const code = Int8Array.from(values);
          const opposite = code.map((value) => -value);
          expect(codeDistance(code, code)).toBeGreaterThanOrEqual(0);
          expect(codeDistance(code, code)).toBeCloseTo(0, 12);
          expect(codeDistance(code, opposite)).toBeLessThanOrEqual(4);
          expect(codeDistance(code, opposite)).toBeCloseTo(4, 12);
        },
      ),
    );
  });

  it("rejects codes of different length and codes of zeros", () => {
    expect(() => codeDistance(Int8Array.of(1, 2), Int8Array.of(1))).toThrow("codes of 2 and 1 dimensions");
    expect(() => codeDistance(Int8Array.of(0, 0), Int8Array.of(1, 1))).toThrow("no direction");
  });
});

describe("normalize", () => {
  it("scales to length 1 in place and keeps the direction", () => {
    const vector = Float32Array.of(3, 0, -4);
    expect(normalize(vector)).toBe(vector);
    expect(Array.from(vector)).toEqual([expect.closeTo(0.6, 6), 0, expect.closeTo(-0.8, 6)]);
  });

  it.each([[[0, 0]], [[Number.NaN, 1]], [[Number.POSITIVE_INFINITY, 1]]])("refuses %j", (values) => {
    expect(() => normalize(Float32Array.from(values))).toThrow("cannot be scaled to length 1");
  });
});

describe("distanceMatrix", () => {
  it("contains the squared L2 distances of all pairs of vectors", () => {
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

  it("rejects incomplete vectors", () => {
    expect(() => distanceMatrix(new Float32Array(7), 2)).toThrow("7 values do not make vectors of 2 dimensions");
  });
});

it("is the mean distance within people and between them", () => {
  const distances = distanceMatrix(Float32Array.of(0, 1, 3, 7), 1);
  // people: {0, 1}, {3}, {7}
  expect(batchSpread(distances, [5, 5, 6, 8])).toEqual({
    positiveDistance: 1,
    negativeDistance: (9 + 49 + 4 + 36 + 16) / 5,
  });
});

it("is null without such pairs, never NaN", () => {
  expect(batchSpread(new Float32Array(0), [])).toEqual({ positiveDistance: null, negativeDistance: null });
  expect(batchSpread(new Float32Array(4), [1, 1])).toEqual({ positiveDistance: 0, negativeDistance: null });
});

describe("probabilityAt", () => {
  it("is logistic", () => {
    expect(probabilityAt({ midpoint: 1.3, slope: 10 }, 1.3)).toBe(0.5);
    expect(probabilityAt({ midpoint: 1.3, slope: 10 }, 1.2)).toBeCloseTo(1 / (1 + Math.exp(-1)), 12);
  });

  it("interpolates between points, and is constant beyond the ends", () => {
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
