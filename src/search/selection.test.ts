import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AllWithin, byDistance, NearestK } from "./selection.ts";

/** Few distances, so that many are equal; ids differ. */
const neighbours = fc
  .uniqueArray(fc.integer({ min: 0, max: 1000 }), { maxLength: 200 })
  .chain((ids) =>
    fc
      .array(fc.integer({ min: 0, max: 8 }), { minLength: ids.length, maxLength: ids.length })
      .map((halves) => ids.map((id, i) => ({ id, distance: (halves[i] as number) / 2 }))),
  );

describe("NearestK", () => {
  it("keeps the first k after sorting, in any order of arrival", () => {
    fc.assert(
      fc.property(neighbours, fc.integer({ min: 1, max: 50 }), (all, k) => {
        const selection = new NearestK(k);
        for (const { id, distance } of all) selection.offer(id, distance);
        const expected = all.toSorted(byDistance).slice(0, k);
        expect(selection.sorted()).toEqual(expected);
        expect(selection.limit).toBe(all.length < k ? Number.POSITIVE_INFINITY : expected.at(-1)?.distance);
      }),
    );
  });
});

describe("AllWithin", () => {
  it("keeps everything up to the distance", () => {
    fc.assert(
      fc.property(neighbours, fc.constantFrom(0, 1, 2.5), (all, limit) => {
        const selection = new AllWithin(limit);
        for (const { id, distance } of all) selection.offer(id, distance);
        expect(selection.sorted()).toEqual(all.filter(({ distance }) => distance <= limit).toSorted(byDistance));
      }),
    );
  });
});
