import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../metric/seeded-random.ts";
import { createStrangerRuler } from "./stranger-ruler.ts";
import { fitStrangerTail, tailDistanceAt, tailRateAt, type Weighted } from "./stranger-tail.ts";

const [MIDDLE, DEVIATION] = [1.8, 0.19];
const ruler = createStrangerRuler([
  { far: 1e-2, distance: MIDDLE - DEVIATION * 2.3263478740408408 },
  { far: 1e-4, distance: MIDDLE - DEVIATION * 3.719016485455709 },
]);
const options = {
  ruler,
  prior: { scale: 1, logScaleDeviation: 0.1, shape: 0, shapeDeviation: 0.05 },
  sameOverDifferent: (distance: number) => Math.exp(20 * (1.35 - distance)),
};

/** Distances of strangers, and additional same-person distances in the share `same`. */
function pairsOf(strangers: number, same: number, seed: number): Weighted {
  const random = seededRandom(seed);
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const distances = Float64Array.from({ length: strangers + same }, (_, i) =>
    i < strangers ? MIDDLE + DEVIATION * gauss() : 0.7 + 0.2 * gauss(),
  ).sort();
  return { distances, weights: new Float64Array(strangers + same).fill(1) };
}

const tailOf = (across: Weighted, within: Weighted) =>
  fitStrangerTail({ across, strangers: [{ body: within, tail: within }] }, options);

describe("tail of strangers", () => {
  // Ten pairs of one person in 5,000 are twice the pairs of strangers below the distance of 1e-3: there the change is larger.
  it("is that of strangers where a twentieth of the pairs across photographs, and one in 500 within, are of one person", () => {
    const change = (seed: number): number[] => {
      const within = pairsOf(5000, 0, seed);
      const clean = tailOf(pairsOf(20_000, 0, seed + 1), within);
      const spoiled = tailOf(pairsOf(20_000, 1000, seed + 1), pairsOf(5000, 10, seed));
      expect(spoiled.samePersonShare).toBeGreaterThan(0.0005);
      return [1e-2, 1e-3].map((rate) => tailRateAt(spoiled, tailDistanceAt(clean, rate, ruler), ruler) / rate);
    };
    const changes = [11, 222, 333, 444, 555, 666, 777, 888, 999, 1000].map(change);
    const factors = (rate: 0 | 1) =>
      changes.map((one) => Math.exp(Math.abs(Math.log(one[rate] as number)))).sort((a, b) => a - b);
    expect(factors(0).at(-1)).toBeLessThan(1.3);
    expect(factors(1)[4]).toBeLessThan(1.3);
    expect(factors(1).at(-1)).toBeLessThan(1.5);
  });

  it("inverts every rate", () => {
    const tail = tailOf(pairsOf(20_000, 0, 3), pairsOf(5000, 0, 4));
    fc.assert(
      fc.property(fc.double({ min: -12, max: -0.1, noNaN: true }), (log) => {
        const rate = Math.exp(log);
        expect(tailRateAt(tail, tailDistanceAt(tail, rate, ruler), ruler) / rate).toBeCloseTo(1, 4);
      }),
    );
  });
});
