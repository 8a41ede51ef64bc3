import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeDistance, normalize, squaredL2 } from "./distance.ts";

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

  it("refuses vectors of different length", () => {
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

  it("keeps to 0 to 4, whatever rounding does", () => {
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

  it("refuses codes of different length and codes of zeros", () => {
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
