import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBytes, encodeBytes, roundToHalf } from "./byte-code.ts";
import { codeDistance, normalize, squaredL2 } from "./distance.ts";

const SCALE = 0.35 / 127;

/** Unit vectors of 128 dimensions. */
const unit = fc
  .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 128, maxLength: 128 })
  .filter((values) => Math.hypot(...values) > 1) // so that no dimension has most of the length, as no embedding has
  .map((values) => normalize(Float32Array.from(values)));

describe("encodeBytes", () => {
  it("rounds to the nearest multiple of the step: off by at most half a step", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -0.349, max: 0.349, noNaN: true }), { minLength: 1 }), (values) => {
        const back = decodeBytes(encodeBytes(values, SCALE), SCALE);
        for (const [i, value] of values.entries())
          expect(Math.abs((back[i] as number) - value)).toBeLessThanOrEqual(SCALE / 2 + 1e-7);
      }),
    );
  });

  it("clips to -127 and 127, so that a code and its opposite have equal length", () => {
    expect(Array.from(encodeBytes([-9, -0.36, 0, 0.36, 9], SCALE))).toEqual([-127, -127, 0, 127, 127]);
  });

  it("takes one byte per dimension", () => {
    expect(encodeBytes(new Float32Array(128), SCALE).byteLength).toBe(128);
  });

  it("is idempotent for decoded codes", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -127, max: 127 })), (values) => {
        const code = Int8Array.from(values);
        expect(encodeBytes(decodeBytes(code, SCALE), SCALE)).toEqual(code);
      }),
    );
  });
});

describe("the distance of codes", () => {
  it("is close to the distance of the vectors", () => {
    fc.assert(
      fc.property(unit, unit, (a, b) => {
        // A code typically differs from its vector by sqrt(128 / 12) steps, 0.009; at most by twice that.
        expect(Math.abs(codeDistance(encodeBytes(a, SCALE), encodeBytes(b, SCALE)) - squaredL2(a, b))).toBeLessThan(0.04);
      }),
    );
  });
});

it.each([
  [1, 1],
  [-0.1, -0.0999755859375], // 0xAE66
  [1 / 3, 0.333251953125], // 0x3555
  [1 + 2 ** -11, 1], // a tie, to even
  [1 + 3 * 2 ** -11, 1 + 2 ** -9], // a tie, to even
  [2 ** -24, 2 ** -24], // the smallest there is
  [2 ** -26, 0],
  [0.999_99, 1],
])("roundToHalf(%d) is %d", (value, half) => {
  expect(roundToHalf(value)).toBe(half);
});
