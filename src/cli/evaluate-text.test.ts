import { describe, expect, it } from "vitest";
import {
  sampleClustering,
  sampleComparison,
  sampleDiscard,
  sampleIdentification,
  sampleVerification,
} from "../../test/evaluation/sample-evaluation.ts";
import { evaluateExitCode, evaluateText } from "./evaluate-text.ts";

const plain = (_: string, text: string) => text;
const [one, two] = [sampleVerification("architecture.one"), sampleVerification("architecture.two", 0.3)];
const comparison = {
  protocol: "comparison" as const,
  evaluations: [one, two],
  comparisons: [
    {
      a: "architecture.one",
      b: "architecture.two",
      pairs: 1128,
      accuracy: { onlyARight: 20, onlyBRight: 5, pValue: 0.00407 },
      val: [
        { far: 1e-3, a: 0.8, b: 0.9, difference: -0.1, interval: { level: 0.95, low: -0.15, high: -0.02 }, pValue: 0.00002 },
        { far: 1e-2, a: 0.8, b: 0.8, difference: 0, interval: null, pValue: null },
      ],
    },
  ],
};

describe("evaluateText", () => {
  it("prints the figures of each model, then their significance", () => {
    const text = evaluateText(comparison, plain, {});
    expect(text.match(/^accuracy {3}0\.\d{4} \+- /gm)).toHaveLength(2);
    expect(text).toContain("architecture.one against architecture.two, 1128 pairs");
    expect(text).toContain("20 pairs correct only by the first, 5 only by the second: p = 0.0041 (exact McNemar test)");
    expect(text).toContain("VAL        -0.1000 [-0.1500, -0.0200] at FAR 0.001: p = below 0.0001 (bootstrap by person)");
    expect(text).toMatch(/VAL {8}\+0\.0000 at FAR 0\.01$/);
  });

  it("lists labels at their common threshold, and no McNemar test if there is none", () => {
    const text = evaluateText({ ...one, groups: [sampleComparison] }, plain, {});
    expect(text).toContain("by age, at the threshold 1.200 (the model's for FAR 0.001)\n");
    expect(text).toMatch(/^x, old +7 +0\.0100 \[0\.0020, 0\.030\] +0\.250 \[0\.10, 0\.50\] +40 +9$/m);
    expect(text).toMatch(/^young +1 +no pairs +0\.125 +0 +3$/m);
    expect(text).toMatch(/^x, old - young +0\.00500 +no pairs +48 +0$/m);
    expect(text).toContain("worst FAR  unknown: requires two labels with a rate above 0\n");
    expect(text).toContain("worst FRR  x, old: 1.41 [1.10, 1.90] times the geometric mean");
    const folder = { ...comparison, comparisons: comparison.comparisons.map((each) => ({ ...each, accuracy: null })) };
    expect(evaluateText(folder, plain, {})).not.toMatch(/McNemar/);
  });

  it("prints the calibration loss of the probability", () => {
    const likelihood = { cllr: 0.21, cllrMinimum: 0.2, expectedCalibrationError: 0.0123 };
    expect(evaluateText({ ...one, likelihood }, plain, {})).toMatch(
      /^Cllr {7}0\.2100, minimum 0\.2000; expected calibration error 0\.0123$/m,
    );
    expect(evaluateText({ ...one, likelihood }, plain, { csv: true })).toContain("architecture.one,false,cllr_minimum,,0.2,");
  });

  it("lists FRR after discarding the lowest quality", () => {
    const text = evaluateText({ ...one, quality: sampleDiscard }, plain, {});
    expect(text).toContain(
      "FRR of 900 same-person pairs after discarding the lowest quality, at the threshold 1.200 (the model's for FAR 0.001)",
    );
    expect(text).toMatch(/^discarded +0 % +5 % +20 %\nsharpness +4\.00 % +3\.00 % +2\.00 %\nsize +4\.00 % +4\.00 % +4\.00 %$/m);
    expect(text).toContain("not acceptable: 10.00 % of the pairs, FRR 13.00 %; the others 3.00 %");
    const csv = evaluateText({ ...one, quality: sampleDiscard }, plain, { csv: true });
    expect(csv).toContain("architecture.one,false,frr_without_worst,sharpness 0.05,0.03,,0.01,0.07,1.2\n");
  });

  it("lists identification and clustering", () => {
    const named = evaluateText(sampleIdentification, plain, {});
    expect(named).toMatch(/0\.01 +1\.100 +other people +0\.9300 \[0\.9000, 0\.9500\] +0\.0120 +0\.0030/);
    expect(named).toContain("100 enrolled with one image each, 300 probes, 500 strangers");
    const together = evaluateText(sampleClustering, plain, {});
    expect(together).toMatch(/pairwise +0\.9900 +0\.9000 +0\.9430\nB-cubed +0\.9800 +0\.9500 +0\.9650/);
    expect(together).toContain("620 of 900 faces, 400 of one face; people 600");
  });

  it("prints CSV on request", () => {
    expect(evaluateText(one, plain, { csv: true })).toMatch(/^model,flip,figure,.*\narchitecture\.one,false,accuracy,/);
  });
});

describe("evaluateExitCode", () => {
  it("is 1 if photographs of any model failed", () => {
    const failed = { ...two, failures: [{ image: "x.jpg", code: "IMAGE_CORRUPT", message: "is damaged" }] };
    expect(evaluateExitCode(comparison)).toBe(0);
    expect(evaluateExitCode({ ...comparison, evaluations: [one, failed] })).toBe(1);
  });
});
