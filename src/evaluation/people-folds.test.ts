import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seededRandom, shuffled } from "../metric/seeded-random.ts";
import { dealPeople, drawBalancedPairs, facesByPerson } from "./people-folds.ts";

describe("dealPeople", () => {
  it("assigns everyone with a face to one fold, each with pairs of both kinds", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4), { minLength: 2 }), fc.integer({ min: 1, max: 10 }), fc.nat(), (facesOf, wanted, seed) => {
        const there = facesOf.filter((faces) => faces > 0).length;
        fc.pre(there >= 2 && facesOf.some((faces) => faces > 1));
        const folds = dealPeople(facesOf, wanted, seededRandom(seed));
        expect(folds.flat().sort((a, b) => a - b)).toEqual(
          facesOf.map((_, person) => person).filter((person) => (facesOf[person] as number) > 0),
        );
        expect(folds.length).toBeLessThanOrEqual(wanted);
        for (const fold of folds) {
          expect(fold.length).toBeGreaterThanOrEqual(2);
          expect(fold.some((person) => (facesOf[person] as number) > 1)).toBe(true);
        }
      }),
    );
  });

  it("rejects a single person, and people with one face each", () => {
    expect(() => dealPeople([5], 2, seededRandom(1))).toThrow("require two people, got 1");
    expect(() => dealPeople([1, 1, 1], 2, seededRandom(1))).toThrow("a person with two faces");
  });
});

it("shuffled is uniform over orders", () => {
  const random = seededRandom(1);
  const counts = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const order = shuffled("abc".split(""), random).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150); // five standard deviations
});

it("facesByPerson lists indices", () => {
  expect(facesByPerson([1, 0, 1], 3)).toEqual([[1], [0, 2], []]);
});

/** 20 people of 1 to 4 faces. */
const person = Uint32Array.from(Array.from({ length: 20 }, (_, p) => new Array<number>(1 + (p % 4)).fill(p)).flat());
const set = { person, people: Array.from({ length: 20 }, (_, p) => `p${p}`) };
const draw = (count: number, seed = 1) => drawBalancedPairs(set, count, { folds: 5, random: seededRandom(seed) });

describe("drawBalancedPairs", () => {
  it("draws equal numbers of same and different pairs, without repetition", () => {
    const { left, right } = draw(25);
    const same = left.map((a, i) => (person[a] === person[right[i] as number] ? 1 : 0));
    expect([same.length, same.reduce((a, b) => a + b)]).toEqual([50, 25]);
    expect(new Set(Array.from(left, (a, i) => `${a} ${right[i]}`)).size).toBe(50);
  });

  it("keeps every person in one fold", () => {
    const { left, right, fold } = draw(25);
    const foldOf = new Map<number, number>();
    for (const [i, f] of fold.entries())
      for (const face of [left[i], right[i]]) {
        const who = person[face as number] as number;
        expect(foldOf.get(who) ?? f).toBe(f);
        foldOf.set(who, f);
      }
    expect(new Set(fold)).toEqual(new Set([1, 2, 3, 4, 5]));
  });

  it("is determined by the seed", () => {
    expect(draw(25, 7)).toEqual(draw(25, 7));
    expect(draw(25, 7)).not.toEqual(draw(25, 8));
  });

  it("reports if there are too few pairs", () => {
    expect(() => draw(80)).toThrow("same pairs requested, but only about");
  });
});
