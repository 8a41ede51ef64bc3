import { describe, expect, it } from "vitest";
import {
  sampleClustering,
  sampleComparison,
  sampleIdentification,
  sampleVerification,
} from "../../test/evaluation/sample-evaluation.ts";
import { evaluationCsv } from "./evaluation-csv.ts";

const table = (text: string) => {
  const [titles, ...rows] = text
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
  return rows.map((row) => Object.fromEntries((titles ?? []).map((title, i) => [title, row[i]])));
};

describe("evaluationCsv", () => {
  it("prints every figure of two models in the same columns, in full precision", () => {
    const [one, two] = [sampleVerification("architecture.one"), sampleVerification("architecture.two", 0.3)];
    const rows = table(evaluationCsv([one, two]));
    const accuracy = rows.filter(({ figure }) => figure === "accuracy");
    expect(accuracy.map(({ model }) => model)).toEqual(["architecture.one", "architecture.two"]);
    expect(Number(accuracy[0]?.value)).toBe(one.accuracy.mean);
    expect(Number(accuracy[1]?.standard_error)).toBe(two.accuracy.standardError);
    expect(
      rows.filter(({ model, figure }) => model === "architecture.one" && figure === "val").map(({ at }) => Number(at)),
    ).toEqual([1e-2, 1e-3]);
    const own = rows.find(({ figure }) => figure === "far_threshold_of_model");
    expect([Number(own?.threshold), Number(own?.value)]).toEqual([0.03, one.modelThresholds[0]?.measuredFar]);
  });

  it("quotes a label with a comma, and omits unmeasured rates", () => {
    const text = evaluationCsv([{ ...sampleVerification("a.b"), groups: [sampleComparison] }]);
    expect(text).toContain('a.b,false,group_far,"age: x, old",0.01,,0.002,0.03,1.2\n');
    expect(text).toContain("a.b,false,group_frr,age: young,0.125,,,,1.2\n");
    expect(text).toContain('a.b,false,group_far,"age: x, old - young",0.005,,,,1.2\n');
    expect(text).toContain('a.b,false,worst_frr_over_geometric_mean,"age: x, old",1.41,,1.1,1.9,1.2\n');
    expect(text).not.toMatch(/group_far,age: young|worst_far/);
  });

  it("supports the other protocols", () => {
    const rows = table(evaluationCsv([sampleIdentification, sampleClustering]));
    expect(rows.find(({ figure }) => figure === "dir_threshold_from_calibration")).toMatchObject({
      at: "0.01",
      value: "0.93",
      interval_low: "0.9",
    });
    expect(rows.filter(({ figure }) => figure === "cmc").map(({ at }) => at)).toEqual(["1", "5", "10"]);
    expect(rows.find(({ figure }) => figure === "b_cubed_f")?.value).toBe("0.965");
  });
});
