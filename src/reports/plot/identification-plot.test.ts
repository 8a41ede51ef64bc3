import { describe, expect, it } from "vitest";
import { readDrawnPlot } from "../../../test/plot/drawn-plot.ts";
import { cmcPlot, dirPlot } from "./identification-plot.ts";

const ranked = (...rates: number[]) => rates.map((rate, i) => ({ rank: i + 1, rate }));

describe("cmcPlot", () => {
  it("counts ranks from 1 in whole numbers and ends at 100 %", () => {
    const drawn = readDrawnPlot(cmcPlot({ title: "CMC", curves: [{ label: "a", points: ranked(0.91, 0.95, 0.96, 0.97) }] }));
    expect(drawn.ticks("x")).toEqual(["1", "2", "3", "4"]);
    expect([drawn.ticks("y")[0], drawn.ticks("y").at(-1)]).toEqual(["90", "100"]);
    expect(drawn.description).toContain("a: from 91 at 1 to 97 at 4.");
  });

  it("stands with a single rank", () => {
    expect(readDrawnPlot(cmcPlot({ title: "CMC", curves: [{ label: "a", points: ranked(0.5) }] })).count("dot")).toBe(1);
  });
});

describe("dirPlot", () => {
  it("has a logarithmic axis of strangers, on which a rate of 0 has no place", () => {
    const points = [0, 0.001, 0.01, 0.1].map((fpir, i) => ({ fpir, dir: 0.5 + 0.1 * i }));
    const drawn = readDrawnPlot(dirPlot({ title: "Open set", curves: [{ label: "a", points }] }));
    expect(drawn.ticks("x")).toEqual(["10⁻³", "10⁻²", "0.1"]);
    expect(drawn.description).toContain("a: from 60 at 10⁻³ to 80 at 0.1.");
  });
});
