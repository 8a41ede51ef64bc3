import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../metric/seeded-random.ts";
import { findStrangerPairs, type PhotographedFaces } from "./stranger-pairs.ts";

/** Faces as [photograph, group, place on a line]; distances are those of the line. */
function facesOf(rows: readonly (readonly [photograph: number, group: number, place: number])[]): PhotographedFaces {
  return {
    photographs: rows.map(([photograph]) => photograph),
    groups: rows.map(([, group]) => group),
    distance: (a, b) => Math.abs((rows[a]?.[2] as number) - (rows[b]?.[2] as number)),
  };
}

const find = (faces: PhotographedFaces) => findStrangerPairs(faces, { suspectedUpTo: 0.1, random: seededRandom(1) });

describe("pairs of strangers", () => {
  it("are all pairs within a photograph, each combination of people counted once, like a naive count", () => {
    const face = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: -1, max: 9 }), fc.integer({ min: 1, max: 400 }));
    fc.assert(
      fc.property(fc.array(face, { maxLength: 40 }), (rows) => {
        const spread = rows.map(([photograph, group, place], i) => [photograph, group, place + i * 500] as const); // nothing is suspected
        const faces = facesOf(spread);
        const naive: { key: string; distance: number }[] = [];
        for (let j = 0; j < rows.length; j++)
          for (let i = 0; i < j; i++) {
            const [a, b] = [spread[i] as (typeof spread)[number], spread[j] as (typeof spread)[number]];
            if (a[0] !== b[0] || (a[1] >= 0 && a[1] === b[1])) continue;
            const known = a[1] >= 0 && b[1] >= 0;
            naive.push({ key: known ? [a[1], b[1]].sort().join() : `${i} ${j}`, distance: faces.distance(i, j) });
          }
        const { within, distinct, leftOut } = find(faces);
        if (leftOut.companions > 0) return;
        expect([...within.distances]).toEqual(naive.map(({ distance }) => distance).sort((x, y) => x - y));
        expect(distinct).toBeCloseTo(new Set(naive.map(({ key }) => key)).size, 9);
        expect(within.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(distinct, 9);
      }),
    );
  });

  it("the same two people in 500 photographs are one pair", () => {
    const others = [0, 1, 2, 3].map((i) => [1000, 10 + i, i] as const);
    const couple = Array.from({ length: 500 }, (_, i) => [[i, 0, 7] as const, [i, 1, 9] as const]).flat();
    const { distinct, leftOut } = find(facesOf([...others, ...couple]));
    expect(distinct).toBeCloseTo(leftOut.companions > 0 ? 6 : 7, 9);
  });

  it("leaves out contact sheets, which show people twice, but not a single pair that is close by chance", () => {
    const sheet = [0, 0.01, 2, 2.01, 4].map((place) => [1, -1, place] as const);
    const party = [0, 0.01, 1, 2, 3].map((place) => [2, -1, place] as const);
    const { leftOut, within } = find(facesOf([...sheet, ...party]));
    expect(leftOut.contactSheets).toBe(10);
    expect(within.distances).toHaveLength(10);
    expect(within.distances[0]).toBeCloseTo(0.01, 9);
  });

  it("leaves out companions: two people rarely seen apart, among many who are", () => {
    const rows: [number, number, number][] = [];
    for (let i = 0; i < 5; i++) rows.push([i, 0, 0.5], [i, 1, 0.9]);
    for (let i = 5; i < 80; i++) rows.push([i, 2 * i, 1], [i, 2 * i + 1, 2], [i, 1000 + i, 3]);
    const { leftOut, within } = find(facesOf(rows));
    expect(leftOut.companions).toBe(5);
    expect(within.distances[0]).toBe(1);
  });

  it("keeps all people of a gallery in which all are always together", () => {
    const choir = Array.from({ length: 30 }, (_, photograph) => Array.from({ length: 8 }, (_, i) => [photograph, i, i] as const));
    const { leftOut, distinct } = find(facesOf(choir.flat()));
    expect(leftOut.companions).toBe(0);
    expect(distinct).toBeCloseTo(28, 9);
  });

  it("draws pairs of two photographs from people whom a third shows together, and from nobody else", () => {
    const rows: [number, number, number][] = [
      [1, 0, 10],
      [1, 1, 20],
      [2, 0, 11],
      [3, 1, 22],
      [4, 2, 90],
    ];
    const { apart, onlyWithin } = find(facesOf(rows));
    expect(onlyWithin.distances).toHaveLength(0);
    expect(apart.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
    for (const [i, photograph] of apart.left.entries()) expect(photograph).not.toBe(apart.right[i]);
    for (const distance of apart.distances) expect([9, 11, 12]).toContain(distance);
  });
});
