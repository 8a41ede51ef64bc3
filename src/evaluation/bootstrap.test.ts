import { describe, expect, it } from "vitest";
import { seededRandom } from "../metric/seeded-random.ts";
import { quantile } from "../metric/statistics.ts";
import { bootstrapByPerson, drawPeople } from "./bootstrap.ts";
import { farAtThreshold, valAtThreshold } from "./roc.ts";

const options = (resamples: number) => ({ resamples, random: seededRandom(3) });
const val = { val: ({ roc }: { roc: Parameters<typeof valAtThreshold>[0] }) => valAtThreshold(roc, 1) };

/** Each person has `pairs` same pairs; those of a bad one are all beyond the threshold of 1, of a good one all within. */
function people(count: number, bad: number, pairs: number) {
  const distances: number[] = [];
  const left: number[] = [];
  const right: number[] = [];
  for (let person = 0; person < count; person++) {
    for (let i = 0; i < pairs; i++) {
      distances.push(person < bad ? 1.5 : 0.5);
      left.push(person);
      right.push(person);
    }
    distances.push(2);
    left.push(person);
    right.push((person + 1) % count);
  }
  return { distances, left, right, people: count };
}

describe("bootstrapByPerson", () => {
  it("depends on the number of people, not of their pairs", () => {
    const one = bootstrapByPerson(people(50, 10, 1), val, options(2000)).val;
    const many = bootstrapByPerson(people(50, 10, 40), val, options(2000)).val;
    // a share of 0.2 over 50 people: 0.8 +- 1.96 sqrt(0.16 / 50) = 0.69 to 0.91
    for (const interval of [one, many]) {
      expect(interval?.low).toBeCloseTo(0.69, 1);
      expect(interval?.high).toBeCloseTo(0.91, 1);
    }
    expect(many?.low).toBeCloseTo(one?.low as number, 10);
  });

  it("weights each pair as if it were repeated as often as its people were drawn", () => {
    const pairs = { distances: [0.2, 0.9, 0.9, 1.4, 1.1], left: [0, 0, 1, 1, 2], right: [0, 1, 1, 2, 2], people: 3 };
    bootstrapByPerson(
      pairs,
      {
        check: ({ times, roc }) => {
          const repeated = pairs.distances.flatMap((distance, i) => {
            const [a, b] = [pairs.left[i] as number, pairs.right[i] as number];
            const count = a === b ? (times[a] as number) : (times[a] as number) * (times[b] as number);
            return new Array<{ distance: number; same: boolean }>(count).fill({ distance, same: a === b });
          });
          for (const same of [true, false]) {
            const kind = repeated.filter((pair) => pair.same === same);
            const share = kind.filter(({ distance }) => distance <= 1).length / kind.length;
            expect((same ? valAtThreshold : farAtThreshold)(roc, 1)).toBe(share);
          }
          return 0;
        },
      },
      options(50),
    );
    expect.assertions(2 * 50 - 2 * droppedOf(pairs.people, 50));
  });

  it("is null without resamples, for one person, or if resamples rarely have the figure", () => {
    expect(bootstrapByPerson(people(50, 10, 1), val, options(0)).val).toBeNull();
    expect(bootstrapByPerson({ distances: [1], left: [0], right: [0], people: 1 }, val, options(100)).val).toBeNull();
    // one different pair between two of ten people: most drawings lack it
    const rare = { distances: [0.5, 1.5], left: [0, 0], right: [0, 1], people: 10 };
    expect(bootstrapByPerson(rare, val, options(200)).val).toBeNull();
  });

  it("uses the given weight of different pairs that were not kept", () => {
    const far = { far: ({ roc }: { roc: Parameters<typeof farAtThreshold>[0] }) => farAtThreshold(roc, 3) };
    const { far: interval } = bootstrapByPerson(people(20, 0, 1), far, options(200), () => 1000);
    expect(interval?.high).toBeLessThan(0.05);
  });
});

/** Drawings of three people that lack a pair of either kind: those of one person only. */
function droppedOf(people: number, resamples: number): number {
  const random = seededRandom(3);
  return Array.from({ length: resamples }, () => drawPeople(people, random)).filter((times) => {
    const pairs = (times[0] as number) * (times[1] as number) + (times[1] as number) * (times[2] as number);
    return pairs === 0;
  }).length;
}

describe("quantile", () => {
  it("equals NumPy's", () => {
    expect([0, 0.25, 0.5, 1].map((share) => quantile([1, 2, 4, 10], share))).toEqual([1, 1.75, 3, 10]);
  });
});
