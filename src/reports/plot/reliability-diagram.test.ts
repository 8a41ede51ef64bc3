import { describe, expect, it } from "vitest";
import { readDrawnPlot } from "../../../test/plot/drawn-plot.ts";
import { reliabilityDiagram } from "./reliability-diagram.ts";

describe("reliabilityDiagram", () => {
  it("shows every bin with its interval over the whole range of probabilities", () => {
    const bins = [
      { predicted: 0.1, observed: 0.12, low: 0.1, high: 0.15 },
      { predicted: 0.9, observed: 0.85, low: 0.8, high: 0.9 },
    ];
    const drawn = readDrawnPlot(reliabilityDiagram({ title: "Reliability", curves: [{ label: "logistic", bins }] }));
    expect([drawn.count("dot"), drawn.count("rule")]).toEqual([2, 2]);
    expect(drawn.count("line")).toBe(2); // the curve and the diagonal
    expect(drawn.texts).toContain("probabilities that hold");
    for (const axis of ["x", "y"] as const) {
      expect([drawn.ticks(axis)[0], drawn.ticks(axis).at(-1)]).toEqual(["0", "100"]);
    }
    expect(drawn.tips).toContain("logistic: 85 at 90");
  });
});
