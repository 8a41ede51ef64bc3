import { describe, expect, it } from "vitest";
import { seededRandom } from "../metric/seeded-random.ts";
import { drawBalancedPairs } from "./balanced-pairs.ts";

/** 20 people of 1 to 4 faces. */
const person = Uint32Array.from(Array.from({ length: 20 }, (_, p) => new Array<number>(1 + (p % 4)).fill(p)).flat());
const set = { person, people: Array.from({ length: 20 }, (_, p) => `p${p}`) };
const draw = (count: number, seed = 1) => drawBalancedPairs(set, count, { folds: 5, random: seededRandom(seed) });

describe("drawBalancedPairs", () => {
  it("draws as many pairs of one person as of two, none twice", () => {
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

  it("gives the same list for the same seed, another for another", () => {
    expect(draw(25, 7)).toEqual(draw(25, 7));
    expect(draw(25, 7)).not.toEqual(draw(25, 8));
  });

  it("says when there are not as many pairs", () => {
    expect(() => draw(80)).toThrow("same pairs wanted, only about");
  });
});
