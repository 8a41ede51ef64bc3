import { describe, expect, it } from "vitest";
import { readDrawnPlot } from "../../../test/plot/drawn-plot.ts";
import { linePlot } from "./line-plot.ts";

const series = (label: string, count: number) => ({
  label,
  points: Array.from({ length: count }, (_, i) => ({ x: i, y: i / 10, low: i / 10 - 0.05, high: i / 10 + 0.05 })),
});
const axes = { title: "Loss <over> steps", x: { label: "step" }, y: { label: "loss", unit: "nat" } };

describe("linePlot", () => {
  it("draws one line per series with dots and intervals, and a legend", () => {
    const drawn = readDrawnPlot(linePlot({ ...axes, series: [series("training", 5), series("validation", 7)] }));
    expect([drawn.count("line"), drawn.count("dot"), drawn.count("rule")]).toEqual([2, 12, 12]);
    expect(drawn.texts).toEqual(expect.arrayContaining(["training", "validation", "step", "loss (nat)"]));
    expect(drawn.tips).toContain("validation: 0.6 at 6");
  });

  it("draws intervals of many points as a band, without dots", () => {
    const drawn = readDrawnPlot(linePlot({ ...axes, series: [series("training", 100)] }));
    expect([drawn.count("area"), drawn.count("dot"), drawn.count("rule")]).toEqual([1, 0, 0]);
  });

  it("needs no legend for one series", () => {
    expect(readDrawnPlot(linePlot({ ...axes, series: [series("training", 5)] })).texts).not.toContain("training");
  });

  it("has an escaped text alternative", () => {
    const svg = linePlot({ ...axes, series: [series("a & b", 5)] });
    const drawn = readDrawnPlot(svg);
    expect(drawn.title).toBe("Loss <over> steps");
    expect(drawn.description).toBe("Lines of loss (nat) over step. a & b: from 0 at 0 to 0.4 at 4.");
    expect(svg).not.toContain("<over>");
  });

  it("omits points that an axis cannot show", () => {
    const points = [0, 1, 10, Number.NaN, 100].map((x) => ({ x, y: 1 }));
    const drawn = readDrawnPlot(linePlot({ ...axes, x: { label: "step", scale: "log" }, series: [{ label: "a", points }] }));
    expect(drawn.count("dot")).toBe(3);
    expect(drawn.ticks("x")).toEqual(["1", "10", "100"]);
  });

  it("works without points", () => {
    expect(readDrawnPlot(linePlot({ ...axes, series: [{ label: "a", points: [] }] })).description).toContain("a: no points.");
  });

  it("makes room for labelled rules", () => {
    const drawn = readDrawnPlot(
      linePlot({ ...axes, series: [series("a", 3)], rules: [{ axis: "y", at: 4.5, label: "the paper" }] }),
    );
    expect(drawn.texts).toContain("the paper");
    expect(Number(drawn.ticks("y").at(-1))).toBeGreaterThanOrEqual(4);
  });

  it("has whole ticks on an axis of whole numbers", () => {
    const drawn = readDrawnPlot(linePlot({ ...axes, x: { label: "epoch", whole: true }, series: [series("a", 4)] }));
    expect(drawn.ticks("x")).toEqual(["0", "1", "2", "3"]);
  });

  it("loads nothing from outside", () => {
    const svg = linePlot({ ...axes, series: [series("a", 3), series("b", 3)] });
    expect(svg.replaceAll(/xmlns(:\w+)?="[^"]*"/g, "")).not.toMatch(/https?:|<script|@import|url\(|href/i);
  });
});
