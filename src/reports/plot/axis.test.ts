import { describe, expect, it } from "vitest";
import { axisLabel, axisText, hasPlace, plotScale } from "./axis.ts";

const domainOf = (axis: Parameters<typeof plotScale>[0], values: number[]) => plotScale(axis, values).scale.domain;

describe("axisText", () => {
  it("writes shares as percent, small rates as powers of ten, large numbers with commas", () => {
    expect(axisText({ label: "", percent: true }, 0.994)).toBe("99.4");
    expect(axisText({ label: "", scale: "log" }, 1e-3)).toBe("10⁻³");
    expect(axisText({ label: "", scale: "log" }, 10 ** -12)).toBe("10⁻¹²");
    expect(axisText({ label: "", scale: "log" }, 0.1)).toBe("0.1");
    expect(axisText({ label: "", scale: "log" }, 2e-3)).toBe("0.002");
    expect(axisText({ label: "" }, 260_000)).toBe("260,000");
    expect(axisText({ label: "" }, 0.1 + 0.2)).toBe("0.3");
    expect(axisText({ label: "" }, 0)).toBe("0");
  });
});

describe("axisLabel", () => {
  it("names the unit", () => {
    expect(axisLabel({ label: "VAL", percent: true })).toBe("VAL (%)");
    expect(axisLabel({ label: "time", unit: "s" })).toBe("time (s)");
    expect(axisLabel({ label: "rank" })).toBe("rank");
  });
});

describe("plotScale", () => {
  it("encloses all values of a logarithmic axis by powers of ten", () => {
    expect(domainOf({ label: "", scale: "log" }, [3e-4, 0.2])).toEqual([1e-4, 1]);
    expect(domainOf({ label: "", scale: "log" }, [1e-3, 1e-2])).toEqual([1e-3, 1e-2]);
    expect(domainOf({ label: "", scale: "log" }, [10])).toEqual([10, 100]);
    expect(domainOf({ label: "", scale: "log" }, [0, -1, Number.NaN])).toEqual([0.1, 1]);
  });

  it("keeps a given domain", () => {
    expect(domainOf({ label: "", domain: [0.9, 1] }, [0.2])).toEqual([0.9, 1]);
  });

  it("puts ticks of a logarithmic axis on powers of ten, and between them if there are few", () => {
    expect(plotScale({ label: "", scale: "log", domain: [1e-4, 1] }, []).scale.ticks).toEqual([1e-4, 1e-3, 1e-2, 0.1, 1]);
    expect(plotScale({ label: "", scale: "log", domain: [10, 100] }, []).scale.ticks).toEqual([10, 20, 50, 100]);
    expect(plotScale({ label: "", scale: "log", domain: [30, 300] }, []).scale.ticks).toEqual([50, 100, 200]);
  });
});

describe("hasPlace", () => {
  it("is false for 0 on a logarithmic axis, and for NaN", () => {
    expect([0, -1, 1, Number.NaN, Number.POSITIVE_INFINITY].map((value) => hasPlace({ label: "", scale: "log" }, value))).toEqual(
      [false, false, true, false, false],
    );
    expect(hasPlace({ label: "" }, 0)).toBe(true);
  });
});
