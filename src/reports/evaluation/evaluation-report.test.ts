import { resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  sampleClustering,
  sampleComparison,
  sampleDiscard,
  sampleIdentification,
  sampleVerification,
} from "../../../test/evaluation/sample-evaluation.ts";
import type { EmbeddingManifest } from "../../schemas/model-manifest.ts";
import { html } from "../page/page.ts";
import { evaluationReport } from "./evaluation-report.ts";
import { faceKey, type ReportInput } from "./report-table.ts";

const one = sampleVerification("architecture.one");
const two = sampleVerification("architecture.two", 0.3);
const report: ReportInput = { evaluations: [one], dataset: "some <faces>", comparisons: [], cards: [], thumbnails: new Map() };
const card: EmbeddingManifest = {
  task: "embedding",
  id: "architecture.one",
  summary: "for tests",
  licence: "MIT",
  origin: { package: "some-package@1.0.0", training: "what it was trained on is not known" },
  model: { file: "one.onnx", sha256: "0".repeat(64), bytes: 2_700_000 },
  input: {
    width: 112,
    height: 112,
    layout: "nchw",
    channels: "rgb",
    normalization: "fixed",
    mean: [0, 0, 0],
    scale: 1,
    batch: "any",
  },
  alignment: { kind: "crop", margin: 44 },
  embedding: { size: 128, metric: "squared-l2", codeScale: 0.01, mirrored: false, compared: "bytes" },
  thresholds: [{ far: 1e-3, distance: 1.261 }],
  calibratedOn: "faces of other people",
  measured: [],
};

/** Text between tags, spaces collapsed. */
const textOf = (page: string): string =>
  page
    .replace(/<style>.*?<\/style>/gs, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");

describe("evaluationReport", () => {
  const page = evaluationReport(report);
  const text = textOf(page);

  it("loads nothing from outside", () => {
    const without = page.replaceAll('xmlns="http://www.w3.org/2000/svg"', "");
    expect(without).not.toMatch(/https?:|<script|<link|@import|url\(/i);
    expect(page).toContain("default-src 'none'");
  });

  it("states figures with errors and intervals, and escapes names", () => {
    const { mean, standardError } = one.accuracy;
    expect(text).toContain(`${(mean * 100).toFixed(2)} ± ${(standardError * 100).toFixed(2)} %`);
    expect(text).toContain("some &#60;faces&#62;");
    expect(text).toContain("VAL at FAR 1e-3");
    expect(text).toContain("confidence interval, from a bootstrap over people");
  });

  it("draws curves, histograms and probabilities, each once", () => {
    const titles = [...page.matchAll(/<svg[^>]*>\s*<title>([^<]*)</g)].map(([, title]) => title);
    expect(titles).toEqual([
      "ROC: architecture.one",
      "Both kinds of error: architecture.one",
      "Distances: architecture.one",
      "Reliability of probabilities: architecture.one",
    ]);
  });

  it("lists the thresholds of the model and those chosen on the data", () => {
    expect(text).toContain("The model's own thresholds, chosen on faces of other people, applied to this data");
    expect(text).toMatch(/1e-3 0\.030 \d+\.\d\d %/);
    expect(text).toMatch(/1e-1 \d\.\d{3}/);
  });

  it("lists the worst errors with distances, and their faces if available", () => {
    const [worst] = one.worst.falseAccepts;
    expect(worst).toBeDefined();
    if (!worst) return;
    expect(page).toContain(`<strong>${worst.distance.toFixed(3)}</strong>`);
    expect(text).toContain("Photographs are omitted from this page.");
    expect(page).not.toContain("<img");
    const thumbnails = new Map([[faceKey(worst.left), "data:image/jpeg;base64,AAAA"]]);
    const shown = evaluationReport({ ...report, thumbnails });
    expect(shown).toContain(`<img src="data:image/jpeg;base64,AAAA" width="96" height="96" alt="${worst.left.person}, `);
    expect(textOf(shown)).not.toContain("Photographs are omitted");
  });

  it("names photographs by file name, without their folder", () => {
    expect(page).not.toContain("photos/person-");
  });

  it("states what is known about the model and what is not", () => {
    const cards = textOf(evaluationReport({ ...report, cards: [card] }));
    expect(cards).toContain("Licence of the weights MIT");
    expect(cards).toContain("Training data what it was trained on is not known");
    expect(cards).toContain("Calibrated on faces of other people");
    expect(cards).toContain("1.261 for FAR 1e-3");
  });

  it("shows warnings before the figures and lists excluded data", () => {
    const poor = {
      ...one,
      warnings: ["one fold only"],
      failures: [{ image: "x.jpg", code: "IMAGE_CORRUPT", message: "is damaged" }],
      skippedPairs: Array.from({ length: 150 }, (_, i) => ({
        left: `l${i}`,
        right: `r${i}`,
        same: true,
        reason: "no such image",
      })),
    };
    const shown = evaluationReport({ ...report, evaluations: [poor] });
    expect(shown.indexOf("One fold only.")).toBeLessThan(shown.indexOf('id="figures"'));
    expect(textOf(shown)).toContain("1 image could not be read x.jpg: is damaged");
    expect(textOf(shown)).toContain("The first 100 of 150");
    expect(shown).not.toContain("l120 and r120");
  });

  it("names images relative to their folder, others by their file name", () => {
    const names = fc.array(fc.stringMatching(/^[\p{L}\d_.()&-]{1,12}( [\p{L}\d_]{1,8})?$/u), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(names, names, (above, below) => {
        const folder = ["/srv-secret", ...above].join("/");
        const outside = "/elsewhere/private/b.jpg";
        const image = [folder, ...below, "a.jpg"].join("/");
        fc.pre(image === resolve(image));
        const evaluation = {
          ...one,
          failures: [image, outside].map((path) => ({ image: path, code: "IMAGE_CORRUPT", message: "is damaged" })),
          imagesWithoutFace: [image, outside],
          copies: [{ image, of: outside }],
        };
        const page = evaluationReport({ ...report, folder, evaluations: [evaluation] });
        expect(page).not.toMatch(/srv-secret|elsewhere|private/);
        const name = html`${[...below, "a.jpg"].join("/")}`.source;
        expect(page).toContain(`<li>${name}: is damaged</li><li>b.jpg: is damaged</li>`);
        expect(page).toContain(`<li>${name}</li><li>b.jpg</li>`);
        expect(page).toContain(`<li>${name} equals b.jpg</li>`);
      }),
    );
  });

  it("shows FRR after discarding the lowest quality, in a table and a plot", () => {
    const page = evaluationReport({ ...report, evaluations: [{ ...one, quality: sampleDiscard }] });
    const shown = textOf(page);
    expect(shown).toMatch(/sharpness 4\.00 % 1\.00 to 7\.00 3\.00 % 1\.00 to 7\.00 2\.00 %/);
    expect(shown).toContain("10.00 % of them are not acceptable, with an FRR of 13.00 %; the others have 3.00 % (1.00 to 5.00).");
    expect(page).toContain('aria-label="Plot: discard"');
    expect(text).not.toContain("Error versus discard");
  });

  it("compares labels at one threshold, and marks rates that could not be measured", () => {
    const shown = textOf(evaluationReport({ ...report, evaluations: [{ ...one, groups: [sampleComparison] }] }));
    expect(shown).toMatch(/x, old 7 40 1\.000 % 0\.200 to 3\.000 9 25\.00 % 10\.00 to 50\.00/);
    expect(shown).toMatch(/young 1 0 no pairs 3 12\.50 %/);
    expect(shown).toMatch(/x, old – young 48 0\.500 % 0 no pairs/);
    expect(shown).toContain("Highest FRR: x, old, 1.41 times (1.10 to 1.90) the geometric mean of the labels.");
    expect(text).not.toContain("All labels share one threshold");
  });
});

describe("evaluationReport of several models", () => {
  const comparison = {
    a: "architecture.one",
    b: "architecture.two",
    pairs: 1000,
    accuracy: { onlyARight: 20, onlyBRight: 5, pValue: 0.00407 },
    val: [{ far: 1e-3, a: 0.9, b: 0.8, difference: 0.1, interval: { level: 0.95, low: 0.02, high: 0.15 }, pValue: 0.00002 }],
  };
  const page = evaluationReport({ ...report, evaluations: [one, two], comparisons: [comparison] });
  const text = textOf(page);

  it("draws their curves in one plot and their distances in one each", () => {
    const titles = [...page.matchAll(/<svg[^>]*>\s*<title>([^<]*)</g)].map(([, title]) => title);
    expect(titles.filter((title) => title === "ROC")).toHaveLength(1);
    expect(titles).toEqual(expect.arrayContaining(["Distances: architecture.one", "Distances: architecture.two"]));
  });

  it("tests the significance of differences", () => {
    expect(text).toContain("20 5 0.0041");
    expect(text).toMatch(/90\.00 % 80\.00 % 10\.00 % 2\.00 to 15\.00 below 0\.0001/);
  });
});

describe("evaluationReport of other protocols", () => {
  it("shows identification rates, with both curves", () => {
    const page = evaluationReport({ ...report, evaluations: [sampleIdentification] });
    expect(textOf(page)).toMatch(/at most 1e-2 1\.100 other people 93\.00 % 90\.00 to 95\.00 1\.20 % 0\.30 %/);
    expect(page.match(/<svg/g)).toHaveLength(2);
    expect(page).not.toContain("Worst errors");
  });

  it("shows clusters", () => {
    const text = textOf(evaluationReport({ ...report, evaluations: [sampleClustering] }));
    expect(text).toMatch(/agglomerative 1\.200 900 600 620 400/);
    expect(text).toMatch(/pairwise 99\.00 % 90\.00 % 94\.30 %/);
    expect(text).toMatch(/B-cubed 98\.00 % 95\.00 % 96\.50 %/);
    expect(text).toContain("mutual information: 0.9910");
    expect(text).not.toContain("VAL is the share");
  });
});
