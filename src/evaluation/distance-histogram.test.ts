import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BINS, BINS_A_UNIT, binOf, computeDistanceHistogram, histogramsOfRoc, rocOfHistograms } from "./distance-histogram.ts";
import { computeRoc } from "./roc.ts";

const distance = fc.double({ min: 0, max: 4, noNaN: true });

describe("binOf", () => {
  it("puts an edge into the bin below it, so that counts up to an edge are those of D <= d", () => {
    const edge = 3 / BINS_A_UNIT;
    expect([binOf(0), binOf(edge - 1e-9), binOf(edge), binOf(edge + 1e-9), binOf(4)]).toEqual([0, 3, 3, 4, BINS - 1]);
  });
});

describe("computeDistanceHistogram", () => {
  it.each([-0.1, Number.NaN, 5])("refuses %s", (bad) => {
    expect(() => computeDistanceHistogram([1, bad])).toThrow(RangeError);
  });
});

describe("rocOfHistograms", () => {
  it("is the curve of the distances rounded up to an edge", () => {
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
  it("keeps every pair, in the bin that holds its distance", () => {
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
