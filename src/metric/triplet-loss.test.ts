import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { numericalGradient } from "../../test/numerical-gradient.ts";
import { squaredL2 } from "./distance.ts";
import type { Triplets } from "./miners.ts";
import { tripletLoss } from "./triplet-loss.ts";

const triplets = (...list: (readonly [number, number, number])[]): Triplets => ({
  anchors: Uint32Array.from(list, ([a]) => a),
  positives: Uint32Array.from(list, ([, p]) => p),
  negatives: Uint32Array.from(list, ([, , n]) => n),
  pairs: list.length,
});

const SIZE = 3;
const row = fc.integer({ min: 0, max: 4 });
const cases = fc.record({
  values: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 5 * SIZE, maxLength: 5 * SIZE }),
  list: fc.array(fc.tuple(row, row, row), { maxLength: 9 }),
  margin: fc.double({ min: 0, max: 1, noNaN: true }),
});

function naive(values: ArrayLike<number>, list: readonly (readonly [number, number, number])[], margin: number) {
  const vector = (i: number) => Array.from(values).slice(i * SIZE, (i + 1) * SIZE);
  const excess = list.map(([a, p, n]) => squaredL2(vector(a), vector(p)) - squaredL2(vector(a), vector(n)) + margin);
  return { loss: list.length === 0 ? 0 : excess.reduce((sum, e) => sum + Math.max(0, e), 0) / list.length, excess };
}

describe("tripletLoss", () => {
  it("is the mean margin violation", () => {
    fc.assert(
      fc.property(cases, ({ values, list, margin }) => {
        const { loss, active } = tripletLoss(Float64Array.from(values), SIZE, triplets(...list), margin);
        const expected = naive(values, list, margin);
        expect(loss).toBeCloseTo(expected.loss, 9);
        expect(active).toBe(expected.excess.filter((e) => e > 0).length);
      }),
    );
  });

  it("agrees with finite differences", () => {
    fc.assert(
      fc.property(cases, ({ values, list, margin }) => {
        // at the kink the derivative is one-sided
        fc.pre(naive(values, list, margin).excess.every((e) => Math.abs(e) > 1e-3));
        const { gradient } = tripletLoss(Float64Array.from(values), SIZE, triplets(...list), margin);
        const expected = numericalGradient((x) => tripletLoss(x, SIZE, triplets(...list), margin).loss, values);
        for (const [i, value] of expected.entries()) expect(gradient[i]).toBeCloseTo(value, 5);
      }),
    );
  });

  it("is 0 with a gradient of zeros for no triplets, never NaN", () => {
    const { loss, gradient, active } = tripletLoss(Float32Array.of(1, 0, 0, 1), 2, triplets(), 0.2);
    expect({ loss, active, gradient: [...gradient] }).toEqual({ loss: 0, active: 0, gradient: [0, 0, 0, 0] });
  });

  it("is 0 with a zero gradient if the margin is met", () => {
    const { loss, gradient, active } = tripletLoss(Float32Array.of(1, 0, 1, 0, 0, 1), 2, triplets([0, 1, 2]), 0.2);
    expect({ loss, active, gradient: [...gradient] }).toEqual({ loss: 0, active: 0, gradient: [0, 0, 0, 0, 0, 0] });
  });

  it("equals the margin if everything has collapsed to one point", () => {
    const { loss, positiveDistance, negativeDistance } = tripletLoss(new Float32Array(6).fill(0.5), 2, triplets([0, 1, 2]), 0.2);
    expect({ loss, positiveDistance, negativeDistance }).toEqual({ loss: 0.2, positiveDistance: 0, negativeDistance: 0 });
  });

  it("rejects a triplet outside the batch", () => {
    expect(() => tripletLoss(new Float32Array(4), 2, triplets([0, 1, 2]), 0.2)).toThrow(
      "triplet 0: [0, 1, 2] is not within a batch of 2",
    );
  });
});
