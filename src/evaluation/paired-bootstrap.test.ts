import { describe, expect, it } from "vitest";
import { seededRandom } from "../metric/seeded-random.ts";
import { drawPeople, quantile } from "./bootstrap.ts";
import { type PairedDistances, valDifferences } from "./paired-bootstrap.ts";

/** Each of n people with some same pairs, and pairs with the next ones; distances by a function of kind and model. */
function pairsOf(people: number, distance: (same: boolean, model: "a" | "b", random: () => number) => number): PairedDistances {
  const random = seededRandom(11);
  const [left, right, a, b]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let person = 0; person < people; person++) {
    for (const other of [person, person, (person + 1) % people, (person + 2) % people]) {
      left.push(person);
      right.push(other);
      a.push(distance(person === other, "a", random));
      b.push(distance(person === other, "b", random));
    }
  }
  return { left, right, a, b, people };
}

const noisy = (same: boolean, model: "a" | "b", random: () => number) =>
  (same ? (model === "a" ? 0.6 : 0.9) : 1.4) + 0.8 * (random() - 0.5);

/** VAL at the largest observed threshold that keeps the rate, over pairs repeated one by one. */
function naiveVal(pairs: PairedDistances, distances: ArrayLike<number>, times: Float64Array, far: number): number {
  const repeated = Array.from(pairs.left, (person, i) => {
    const other = pairs.right[i] as number;
    const count = person === other ? (times[person] as number) : (times[person] as number) * (times[other] as number);
    return new Array<{ distance: number; same: boolean }>(count).fill({
      distance: distances[i] as number,
      same: person === other,
    });
  }).flat();
  const share = (same: boolean, threshold: number) => {
    const kind = repeated.filter((pair) => pair.same === same);
    return kind.filter(({ distance }) => distance <= threshold).length / kind.length;
  };
  const kept = repeated.map(({ distance }) => distance).filter((distance) => share(false, distance) <= far);
  return share(true, Math.max(0, ...kept));
}

describe("valDifferences", () => {
  const options = (resamples: number) => ({ resamples, random: seededRandom(5) });

  it("equals a recomputation in which every pair is repeated as often as its people were drawn", () => {
    const pairs = pairsOf(12, noisy);
    const fars = [0.05, 0.25];
    const computed = valDifferences(pairs, fars, options(60));
    const random = seededRandom(5);
    const drawings = Array.from({ length: 60 }, () => drawPeople(12, random));
    for (const [i, far] of fars.entries()) {
      const once = new Float64Array(12).fill(1);
      expect(computed[i]?.a).toBeCloseTo(naiveVal(pairs, pairs.a, once, far), 12);
      expect(computed[i]?.b).toBeCloseTo(naiveVal(pairs, pairs.b, once, far), 12);
      const differences = drawings
        .map((times) => naiveVal(pairs, pairs.a, times, far) - naiveVal(pairs, pairs.b, times, far))
        .sort((x, y) => x - y);
      expect(computed[i]?.interval?.low).toBeCloseTo(quantile(differences, 0.025), 12);
      expect(computed[i]?.interval?.high).toBeCloseTo(quantile(differences, 0.975), 12);
      const notAbove = differences.filter((difference) => difference <= 0).length;
      expect(computed[i]?.pValue).toBeCloseTo(Math.min(1, (2 * (1 + notAbove)) / 61), 12);
    }
  });

  it("finds a model that is better on all people, and none where both are one", () => {
    const better = pairsOf(60, (same, model) => (same ? (model === "a" ? 0.5 : 1.6) : 1.4));
    expect(valDifferences(better, [0.01], options(200))[0]).toMatchObject({ a: 1, b: 0, difference: 1 });
    expect(valDifferences(better, [0.01], options(200))[0]?.pValue).toBeCloseTo(2 / 201, 12);
    const equal = { ...better, b: better.a };
    expect(valDifferences(equal, [0.01], options(200))[0]).toMatchObject({ difference: 0, pValue: 1 });
  });

  it("changes sign with the models' places", () => {
    const pairs = pairsOf(30, noisy);
    const [forth] = valDifferences(pairs, [0.1], options(100));
    const [back] = valDifferences({ ...pairs, a: pairs.b, b: pairs.a }, [0.1], options(100));
    expect(back?.difference).toBeCloseTo(-(forth?.difference as number), 12);
    expect(back?.interval?.low).toBeCloseTo(-(forth?.interval?.high as number), 12);
    expect(back?.pValue).toBe(forth?.pValue);
  });

  it("says nothing of significance without drawings", () => {
    expect(valDifferences(pairsOf(30, noisy), [0.1], options(0))[0]).toMatchObject({ interval: null, pValue: null });
  });
});
