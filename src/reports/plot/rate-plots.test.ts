import { describe, expect, it } from "vitest";
import { readDrawnPlot } from "../../../test/plot/drawn-plot.ts";
import { cmcPlot, detPlot, dirPlot, reliabilityDiagram, rocPlot } from "./rate-plots.ts";

const curve = (label: string, differentPairs: number, vals: readonly number[]) => ({
  label,
  differentPairs,
  points: vals.map((val, i) => ({ far: i / differentPairs, val })),
});

describe("rocPlot", () => {
  it("starts below one false accept of the largest curve, and ends at FAR 1", () => {
    const drawn = readDrawnPlot(rocPlot({ title: "ROC", curves: [curve("a", 3000, [0.97, 0.99]), curve("b", 100, [0.97])] }));
    expect(drawn.ticks("x")).toEqual(["10⁻⁴", "10⁻³", "10⁻²", "0.1", "1"]);
    expect(drawn.texts).toEqual(expect.arrayContaining(["FAR: different people accepted", "VAL: same people accepted (%)"]));
  });

  it("starts the axis of VAL below the lowest curve and ends it at 100 %", () => {
    const from = (lowest: number) => {
      const ticks = readDrawnPlot(rocPlot({ title: "ROC", curves: [curve("a", 1000, [lowest, 0.999])] })).ticks("y");
      return [ticks[0], ticks.at(-1)];
    };
    expect(from(0.97)).toEqual(["95", "100"]);
    expect(from(0.6)).toEqual(["50", "100"]);
    expect(from(0.3)).toEqual(["0", "100"]);
  });

  it("chooses that axis by the marked rates, not by the few pairs left of them", () => {
    const poor = {
      label: "a",
      differentPairs: 3000,
      points: [
        { far: 0, val: 0.3 },
        { far: 5e-4, val: 0.96 },
        { far: 1e-2, val: 0.99 },
      ],
    };
    const drawn = readDrawnPlot(rocPlot({ title: "ROC", curves: [poor], fars: [1e-3] }));
    expect(drawn.ticks("y")[0]).toBe("95");
    expect(drawn.description).toContain("a: from 96 at 0.0005 to");
  });

  it("is a step function of VAL", () => {
    const svg = rocPlot({ title: "ROC", curves: [curve("a", 10, [0.5, 0.5, 0.9])] });
    const [, path] = /data-mark="line"><path d="([^"]+)"/.exec(svg) ?? [];
    const corners = [...(path ?? "").matchAll(/[ML]([\d.]+),([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
    for (let i = 1; i < corners.length; i++) {
      const [[x0, y0], [x1, y1]] = [corners[i - 1], corners[i]] as [[number, number], [number, number]];
      expect(x0 === x1 || y0 === y1).toBe(true);
    }
  });

  it("stays small however many pairs there are", () => {
    const many = Array.from({ length: 100_001 }, (_, i) => ({ far: i / 100_000, val: 1 - 0.1 * Math.exp(-i / 1000) }));
    const svg = rocPlot({ title: "ROC", curves: [{ label: "a", differentPairs: 100_000, points: many }] });
    expect(svg.length).toBeLessThan(60_000);
  });

  it("marks target rates within the axis", () => {
    const { texts } = readDrawnPlot(rocPlot({ title: "ROC", curves: [curve("a", 3000, [0.97])], fars: [1e-3, 1e-6] }));
    expect(texts).toContain("FAR 10⁻³");
    expect(texts).not.toContain("FAR 10⁻⁶");
  });
});

describe("detPlot", () => {
  it("shows the share rejected, both axes in powers of ten", () => {
    const drawn = readDrawnPlot(detPlot({ title: "DET", curves: [curve("a", 1000, [0.9, 0.95, 0.999])] }));
    expect(drawn.ticks("y")).toEqual(["10⁻³", "10⁻²", "0.1"]);
    expect(drawn.ticks("x")).toEqual(["10⁻⁴", "10⁻³", "10⁻²", "0.1", "1"]);
  });
});

const ranked = (...rates: number[]) => rates.map((rate, i) => ({ rank: i + 1, rate }));

describe("cmcPlot", () => {
  it("counts ranks from 1 in whole numbers and ends at 100 %", () => {
    const drawn = readDrawnPlot(cmcPlot({ title: "CMC", curves: [{ label: "a", points: ranked(0.91, 0.95, 0.96, 0.97) }] }));
    expect(drawn.ticks("x")).toEqual(["1", "2", "3", "4"]);
    expect([drawn.ticks("y")[0], drawn.ticks("y").at(-1)]).toEqual(["90", "100"]);
    expect(drawn.description).toContain("a: from 91 at 1 to 97 at 4.");
  });

  it("works with a single rank", () => {
    expect(readDrawnPlot(cmcPlot({ title: "CMC", curves: [{ label: "a", points: ranked(0.5) }] })).count("dot")).toBe(1);
  });
});

describe("dirPlot", () => {
  it("has a logarithmic FPIR axis without 0", () => {
    const points = [0, 0.001, 0.01, 0.1].map((fpir, i) => ({ fpir, dir: 0.5 + 0.1 * i }));
    const drawn = readDrawnPlot(dirPlot({ title: "Open set", curves: [{ label: "a", points }] }));
    expect(drawn.ticks("x")).toEqual(["10⁻³", "10⁻²", "0.1"]);
    expect(drawn.description).toContain("a: from 60 at 10⁻³ to 80 at 0.1.");
  });
});

describe("reliabilityDiagram", () => {
  it("shows every bin with its interval over the whole range of probabilities", () => {
    const bins = [
      { predicted: 0.1, observed: 0.12, low: 0.1, high: 0.15 },
      { predicted: 0.9, observed: 0.85, low: 0.8, high: 0.9 },
    ];
    const drawn = readDrawnPlot(reliabilityDiagram({ title: "Reliability", curves: [{ label: "logistic", bins }] }));
    expect([drawn.count("dot"), drawn.count("rule")]).toEqual([2, 2]);
    expect(drawn.count("line")).toBe(2); // the curve and the diagonal
    expect(drawn.texts).toContain("perfect calibration");
    for (const axis of ["x", "y"] as const) {
      expect([drawn.ticks(axis)[0], drawn.ticks(axis).at(-1)]).toEqual(["0", "100"]);
    }
    expect(drawn.tips).toContain("logistic: 85 at 90");
  });
});
