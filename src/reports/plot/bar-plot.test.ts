import { describe, expect, it } from "vitest";
import { readDrawnPlot } from "../../../test/plot/drawn-plot.ts";
import { barPlot } from "./bar-plot.ts";

const options = {
  title: "JPEG quality",
  category: { label: "JPEG quality" },
  y: { label: "VAL at FAR 1e-3", percent: true },
  series: [
    {
      label: "the paper",
      bars: [
        { category: "10", value: 0.673 },
        { category: "90", value: 0.865 },
      ],
    },
    { label: "ours", bars: [{ category: "10", value: 0.701, error: 0.02 }] },
  ],
};

describe("barPlot", () => {
  const drawn = readDrawnPlot(barPlot(options));

  it("draws a bar per figure, and none for missing ones", () => {
    expect(drawn.count("rect")).toBe(3);
    expect(drawn.ticks("x")).toEqual(["10", "90"]);
  });

  it("wraps long names and makes room for them", () => {
    const names = ["semi-hard, margin 0.2", "untrained", "c", "d", "e", "f", "g", "h"];
    const bars = names.map((category) => ({ category, value: 0.5 }));
    const svg = barPlot({ ...options, series: [{ label: "a", bars }] });
    expect(readDrawnPlot(svg).ticks("x").slice(0, 2)).toEqual(["semi-hard,margin0.2", "untrained"]); // a line each: no spaces
    const shift = (drawn: string, mark: string) =>
      Number(new RegExp(`<g[^>]*transform="translate\\([\\d.]+,([\\d.]+)\\)"[^>]*data-mark="${mark}"`).exec(drawn)?.[1]);
    const room = (drawn: string) => shift(drawn, "x-axis label") - shift(drawn, "x-axis tick label");
    expect(room(svg)).toBeGreaterThan(room(barPlot(options)) + 30); // three lines more
  });

  it("starts at 0", () => {
    expect(drawn.ticks("y")[0]).toBe("0");
  });

  it("shows error bars, also as text", () => {
    expect(drawn.tips).toEqual(["the paper, 10: 67.3", "the paper, 90: 86.5", "ours, 10: 70.1 ± 2"]);
    expect(drawn.description).toBe(
      "Bars of VAL at FAR 1e-3 (%) over JPEG quality. the paper, 10: 67.3. the paper, 90: 86.5. ours, 10: 70.1 ± 2.",
    );
  });

  it("prints figures above the bars while there is room", () => {
    expect(drawn.texts).toEqual(expect.arrayContaining(["67.3", "86.5", "70.1"]));
    const many = Array.from({ length: 20 }, (_, i) => ({ category: String(i), value: 0.123 }));
    expect(readDrawnPlot(barPlot({ ...options, series: [{ label: "a", bars: many }] })).texts).not.toContain("12.3");
  });
});
