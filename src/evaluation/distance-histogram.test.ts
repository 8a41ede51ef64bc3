import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { computeDistanceHistogram } from "../../test/naive-histogram.ts";
import { normalize, squaredL2 } from "../metric/distance.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import {
  allPairsFigures,
  allPairsRoc,
  BINS,
  BINS_A_UNIT,
  binOf,
  histogramsOfRoc,
  rocOfHistograms,
} from "./distance-histogram.ts";
import { acceptsAt, computeRoc } from "./roc.ts";

const distance = fc.double({ min: 0, max: 4, noNaN: true });

describe("binOf", () => {
  it("assigns an edge to the bin below it, so that counts up to an edge are exact for D <= d", () => {
    const edge = 3 / BINS_A_UNIT;
    expect([binOf(0), binOf(edge - 1e-9), binOf(edge), binOf(edge + 1e-9), binOf(4)]).toEqual([0, 3, 3, 4, BINS - 1]);
  });
});

describe("rocOfHistograms", () => {
  it("equals the curve of the distances rounded up to an edge", () => {
    fc.assert(
      fc.property(fc.array(distance), fc.array(distance), (same, different) => {
        const up = (d: number) => Math.ceil(d * BINS_A_UNIT) / BINS_A_UNIT;
        const exact = computeRoc(
          [...same, ...different].map(up),
          [...same, ...different].map((_, i) => i < same.length),
        );
        const roc = rocOfHistograms(computeDistanceHistogram(same), computeDistanceHistogram(different));
        expect({
          ...roc,
          trueAccepts: Uint32Array.from(roc.trueAccepts),
          falseAccepts: Uint32Array.from(roc.falseAccepts),
        }).toEqual(exact);
      }),
    );
  });
});

describe("histogramsOfRoc", () => {
  it("keeps every pair in the bin of its distance", () => {
    fc.assert(
      fc.property(fc.array(distance), fc.array(distance), (same, different) => {
        const all = [...same, ...different];
        const { binWidth, ...counts } = histogramsOfRoc(
          computeRoc(
            all,
            all.map((_, i) => i < same.length),
          ),
        );
        const inBin = (distances: readonly number[], bin: number) =>
          distances.filter((d) => (d > bin * binWidth || (bin === 0 && d === 0)) && d <= (bin + 1) * binWidth).length;
        expect(counts.same).toEqual(counts.same.map((_, bin) => inBin(same, bin)));
        expect(counts.different).toEqual(counts.different.map((_, bin) => inBin(different, bin)));
      }),
      { numRuns: 30 },
    );
  });
});

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
  it("has the best mean of both rates, as by trying every distance", () => {
    const rates = pairs.map(({ distance: threshold }) => {
      const rate = (kind: boolean) => {
        const own = pairs.filter(({ same }) => same === kind);
        return own.filter(({ distance }) => distance <= threshold).length / own.length;
      };
      return (rate(true) + 1 - rate(false)) / 2;
    });
    expect(allPairsFigures(roc, []).accuracy).toBeCloseTo(Math.max(...rates), 2);
  });

  it("has VAL only for rates with enough pairs", () => {
    expect(allPairsFigures(roc, [0.1, 1e-5]).val).toEqual([{ far: 0.1, val: expect.any(Number) }]);
  });
});
