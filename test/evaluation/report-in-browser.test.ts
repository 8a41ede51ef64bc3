/** Reports in a real browser: no requests, nothing cut off on a phone or on paper, no WCAG AA violations. */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluationReport } from "../../src/reports/evaluation/evaluation-report.ts";
import { faceKey } from "../../src/reports/evaluation/report-table.ts";
import { galleryPage } from "../../src/reports/gallery/gallery-page.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import {
  sampleClustering,
  sampleComparison,
  sampleDiscard,
  sampleIdentification,
  sampleVerification,
} from "./sample-evaluation.ts";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) =>
  existsSync(path),
);
/** Printable area of an A4 page. */
const A4_WIDTH_PX = Math.round(((210 - 2 * 14) / 25.4) * 96);
const pixel = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";

const longNames = ["one", "two", "three"].map(
  (n) => `architecture-with-a-long-name-${n}.trained-on-the-staff-photographs-of-2026`,
);
const [one, two] = [sampleVerification("architecture.one"), sampleVerification("architecture.two", 0.3)];
const common = { dataset: "made-up faces", comparisons: [], cards: [], thumbnails: new Map<string, string>() };
const wrong = [...one.worst.falseAccepts, ...one.worst.falseRejects].flatMap(({ left, right }) => [left, right]);
const statistics = {
  photographs: 3,
  files: 4,
  missingFiles: 1,
  failedFiles: 1,
  faces: 4,
  people: 1,
  namedPeople: 1,
  unassignedFaces: 1,
  ignoredFaces: 0,
  undone: 0,
  corrections: 0,
  forgottenPhotographs: 0,
};
const portrait = (picture: string | undefined) => ({
  face: 1,
  path: "a/rather/long-name-of-a-photograph-from-a-camera.jpg",
  takenAt: null,
  picture,
});
const paired = {
  a: longNames[0] as string,
  b: longNames[1] as string,
  pairs: 1128,
  accuracy: { onlyARight: 12, onlyBRight: 3, pValue: 0.035 },
  val: [{ far: 0.01, a: 0.9, b: 0.85, difference: 0.05, interval: { level: 0.95, low: 0.01, high: 0.08 }, pValue: 0.01 }],
};

const pages: Record<string, string> = {
  verification: evaluationReport({
    ...common,
    evaluations: [{ ...one, warnings: ["one fold only"] }, two],
    thumbnails: new Map(wrong.map((face) => [faceKey(face), pixel])),
  }),
  several: evaluationReport({
    ...common,
    evaluations: longNames.map((name, i) => ({
      ...sampleVerification(name, 0.25 + 0.03 * i),
      groups: [sampleComparison],
      quality: sampleDiscard,
    })),
    comparisons: [paired],
  }),
  identification: evaluationReport({ ...common, evaluations: [sampleIdentification] }),
  clustering: evaluationReport({ ...common, evaluations: [sampleClustering] }),
  gallery: galleryPage({
    gallery: "gallery.db",
    statistics,
    people: [
      {
        person: { id: 1, name: "Anna", faces: 3, photographs: 3, hidden: false, cover: null },
        portraits: [portrait(pixel), portrait(undefined)],
      },
    ],
    unassigned: [portrait(pixel)],
    failures: [{ path: "x.jpg", message: "is damaged" }],
  }),
};

type Violation = { id: string; nodes: { html: string }[] };
declare const axe: { run: (options: object) => Promise<{ violations: Violation[] }> };

describe.skipIf(executablePath === undefined)("reports in a browser (else skipped: no Chromium on this machine)", () => {
  let folder: string;
  let browser: Browser;
  let axeSource: string;

  beforeAll(async () => {
    folder = await temporaryFolder("reports");
    for (const [name, text] of Object.entries(pages)) await writeFile(join(folder, `${name}.html`), text);
    axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    browser = await chromium.launch({ executablePath: executablePath as string, args: ["--no-sandbox", "--disable-gpu"] });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
  });

  describe.each(Object.keys(pages))("%s", (name) => {
    it.each([
      ["light", 1280],
      ["dark", 1280],
      ["light", 360],
    ] as const)("in %s, %d pixels wide", async (colorScheme, width) => {
      // The page forbids scripts; the inspection needs one.
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
      const page = await context.newPage();
      const asked: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      const address = pathToFileURL(join(folder, `${name}.html`)).href;
      await page.goto(address);
      expect(asked.filter((url) => url !== address && !url.startsWith("data:"))).toEqual([]);
      const tooWide = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
      expect(await page.evaluate(tooWide)).toBe(0);
      await page.evaluate(axeSource);
      const violations = await page.evaluate(async () => {
        const runOnly = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];
        return (await axe.run({ runOnly, resultTypes: ["violations"] })).violations; // not all that passed, node by node
      });
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`)).toEqual([]);
      await context.close();
    });
  });

  it.each(Object.keys(pages))("%s fits the printed page and its margins", async (name) => {
    const page = await browser.newPage({ viewport: { width: A4_WIDTH_PX, height: 900 } });
    await page.goto(pathToFileURL(join(folder, `${name}.html`)).href);
    await page.emulateMedia({ media: "print" });
    const beyond = `[...document.querySelectorAll("main *:not(svg *)")].filter((e) => e.getBoundingClientRect().right > ${A4_WIDTH_PX} + 1).map((e) => e.outerHTML.slice(0, 120))`;
    expect(await page.evaluate(beyond)).toEqual([]);
    const pdf = await page.pdf({ format: "A4", preferCSSPageSize: true });
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    await page.close();
  });

  it("prints plots in light colours, also in dark mode", async () => {
    const page = await browser.newPage({ colorScheme: "dark" });
    await page.goto(pathToFileURL(join(folder, "verification.html")).href);
    const paperColour = `getComputedStyle(document.querySelector(".facenet-plot > rect")).fill`;
    expect(await page.evaluate(paperColour)).toBe("rgb(30, 33, 37)");
    await page.emulateMedia({ media: "print" });
    expect(await page.evaluate(paperColour)).toBe("rgb(255, 255, 255)");
    await page.close();
  });
});
