import { describe, expect, it } from "vitest";
import { readDrawnPlot } from "../../../test/plot/drawn-plot.ts";
import { distanceHistogram } from "./distance-histogram.ts";

const histogram = { title: "Distances", edges: [0, 0.5, 1, 1.5, 2, 4], same: [2, 6, 2, 0, 0], different: [0, 0, 10, 30, 0] };

describe("distanceHistogram", () => {
  const drawn = readDrawnPlot(distanceHistogram({ ...histogram, thresholds: [{ label: "FAR 1e-3", distance: 1.2346 }] }));

  it("normalises each kind separately, with the number of pairs in the legend", () => {
    expect(drawn.texts).toEqual(expect.arrayContaining(["same person, 10 pairs", "different people, 40 pairs"]));
    expect(drawn.count("area")).toBe(2);
    expect(drawn.ticks("y").at(-1)).toBe("80"); // 30 of 40 different pairs in one bin: 75 %
  });

  it("ends with the last non-empty bin", () => {
    expect(drawn.ticks("x").at(-1)).toBe("2");
  });

  it("labels thresholds with their distance", () => {
    expect(drawn.texts).toContain("FAR 1e-3: 1.235");
  });

  it("states the medians", () => {
    expect(drawn.description).toContain("10 pairs of the same person, median 1;");
    expect(drawn.description).toContain("40 pairs of different people, median 2.");
  });

  it("works without pairs of one kind", () => {
    const { texts } = readDrawnPlot(distanceHistogram({ ...histogram, same: [0, 0, 0, 0, 0] }));
    expect(texts).toContain("same person, 0 pairs");
  });

  it("rejects edges and counts of mismatched length", () => {
    expect(() => distanceHistogram({ ...histogram, edges: [0, 1] })).toThrow("2 edges for 5 and 5 bins");
  });
});
