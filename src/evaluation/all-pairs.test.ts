import { describe, expect, it } from "vitest";
import { normalize, squaredL2 } from "../metric/distance.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import { allPairsFigures, allPairsRoc } from "./all-pairs.ts";
import { acceptsAt } from "./roc.ts";

const random = seededRandom(3);
const labels = Array.from({ length: 30 }, (_, i) => i % 7);
const vectors = labels.map((label) =>
  normalize(Float32Array.from({ length: 5 }, (_, i) => random() - 0.5 + (i === label % 5 ? 0.6 : 0))),
);
const pairs = vectors.flatMap((a, i) =>
  vectors.slice(0, i).map((b, j) => ({ distance: squaredL2(a, b), same: labels[i] === labels[j] })),
);
const roc = allPairsRoc(Float32Array.from(vectors.flatMap((vector) => [...vector])), 5, labels);

describe("allPairsRoc", () => {
  it("counts every pair once, to the width of a bin", () => {
    expect(roc.samePairs).toBe(pairs.filter(({ same }) => same).length);
    expect(roc.differentPairs).toBe(pairs.filter(({ same }) => !same).length);
    for (const threshold of [0.2, 0.7, 1.3, 2.2]) {
      const { trueAccepts, falseAccepts } = acceptsAt(roc, threshold);
      const accepted = pairs.filter(({ distance }) => distance <= threshold);
      expect(Math.abs(trueAccepts - accepted.filter(({ same }) => same).length)).toBeLessThanOrEqual(1);
      expect(Math.abs(falseAccepts - accepted.filter(({ same }) => !same).length)).toBeLessThanOrEqual(1);
    }
  });
});

describe("allPairsFigures", () => {
  it("has the best mean of both rates, found by trying every distance", () => {
    const rates = pairs.map(({ distance: threshold }) => {
      const rate = (kind: boolean) => {
        const own = pairs.filter(({ same }) => same === kind);
        return own.filter(({ distance }) => distance <= threshold).length / own.length;
      };
      return (rate(true) + 1 - rate(false)) / 2;
    });
    expect(allPairsFigures(roc, []).accuracy).toBeCloseTo(Math.max(...rates), 2);
  });

  it("gives VAL only where there are pairs enough", () => {
    expect(allPairsFigures(roc, [0.1, 1e-5]).val).toEqual([{ far: 0.1, val: expect.any(Number) }]);
  });
});
