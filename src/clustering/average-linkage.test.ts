import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { averageLinkage } from "./average-linkage.ts";

/** Points on a line: every distance can be read off. */
const onALine = (...points: number[]): number[][] => points.map((a) => points.map((b) => Math.abs(a - b)));

describe("averageLinkage", () => {
  it("groups close faces and leaves others alone", () => {
    expect(averageLinkage(onALine(0, 10, 1, 30, 11), 2)).toEqual([[0, 2], [1, 4], [3]]);
  });

  it("merges up to and including the threshold", () => {
    expect(averageLinkage(onALine(0, 2), 2)).toEqual([[0, 1]]);
    expect(averageLinkage(onALine(0, 2), 1.999)).toEqual([[0], [1]]);
  });

  it("uses the mean: a chain of near neighbours is not merged", () => {
    // 0 and 1 join at 1, then 2 and 3; between the pairs the mean is (2 + 3 + 1 + 2) / 4 = 2
    expect(averageLinkage(onALine(0, 1, 2, 3), 1.9)).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(averageLinkage(onALine(0, 1, 2, 3), 2)).toEqual([[0, 1, 2, 3]]);
  });

  it("weighs groups by their size", () => {
    // {0, 1, 2} at 0 and {3} at 4 joined last: the mean from 9 is (3 * 9 + 5) / 4 = 8, unweighted it would be 7
    expect(averageLinkage(onALine(0, 0, 0, 4, 9), 7.9)).toEqual([[0, 1, 2, 3], [4]]);
    expect(averageLinkage(onALine(0, 0, 0, 4, 9), 8)).toEqual([[0, 1, 2, 3, 4]]);
  });

  it("never merges cannot-link pairs, not even indirectly", () => {
    const photograph = [0, 0, 1];
    const cannotLink = (a: number, b: number) => photograph[a] === photograph[b];
    expect(averageLinkage(onALine(0, 3, 1), 9, { cannotLink })).toEqual([[0, 2], [1]]);
  });

  it("accepts no faces, and rejects a non-square matrix", () => {
    expect(averageLinkage([], 1)).toEqual([]);
    expect(() => averageLinkage([[0, 1], [1]], 1)).toThrow(new RangeError("distances must be square, row 1 has 1 of 2"));
  });

  it("does not modify the caller's distances", () => {
    const distances = onALine(0, 1, 3);
    averageLinkage(distances, 9);
    expect(distances).toEqual(onALine(0, 1, 3));
  });

  it("assigns every face to one group, and no two of the same photograph to the same", () => {
    const face = fc.record({ at: fc.double({ min: 0, max: 4, noNaN: true }), photograph: fc.nat(4) });
    fc.assert(
      fc.property(fc.array(face, { maxLength: 14 }), fc.double({ min: 0, max: 4, noNaN: true }), (faces, threshold) => {
        const cannotLink = (a: number, b: number) => faces[a]?.photograph === faces[b]?.photograph;
        const groups = averageLinkage(onALine(...faces.map(({ at }) => at)), threshold, { cannotLink });
        expect(groups.flat().sort((a, b) => a - b)).toEqual(faces.map((_, index) => index));
        for (const group of groups) expect(new Set(group.map((index) => faces[index]?.photograph)).size).toBe(group.length);
      }),
    );
  });
});
