import fc from "fast-check";
import { expect, it } from "vitest";
import { seededRandom } from "../metric/seeded-random.ts";
import { effectivePairsOfPeople, realisedRate } from "./few-people.ts";

it("counts pairs of people as random pairs of faces meet them", () => {
  expect(effectivePairsOfPeople([0, 0, 1, 1, 2, 2, 3, 3])).toBe(6);
  expect(effectivePairsOfPeople([-1, -1, -1])).toBe(3);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1, max: 5 }), { minLength: 2, maxLength: 40 }), (groups) => {
      // the chance that two faces drawn are of one person is one over the number of people
      const people = groups.map((group, face) => (group < 0 ? -1 - face : group));
      let same = 0;
      for (const a of people) for (const b of people) if (a === b) same++;
      const effective = people.length ** 2 / same;
      expect(effectivePairsOfPeople(groups)).toBeCloseTo(Math.max(1, (effective * (effective - 1)) / 2), 9);
    }),
  );
});

it("varies around the rate as much as pairs of people that are close with a share of their faces", () => {
  const random = seededRandom(3);
  for (const [rate, pairs] of [
    [1e-4, 200],
    [1e-3, 2000],
    [1e-2, 20_000],
  ] as const) {
    const drawn = Array.from({ length: 20_000 }, () => realisedRate(rate, pairs, random));
    const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
    const variance = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length;
    expect(mean / rate).toBeGreaterThan(0.93);
    expect(mean / rate).toBeLessThan(1.07);
    expect(variance / ((0.09 * rate) / pairs)).toBeGreaterThan(0.9);
    expect(variance / ((0.09 * rate) / pairs)).toBeLessThan(1.1);
  }
});
