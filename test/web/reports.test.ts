/** Reports on the page: the list, the page of an evaluation in its frame, and the live curves of a training run. */
import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluationReport } from "../../src/reports/evaluation/evaluation-report.ts";
import { sampleVerification } from "../evaluation/sample-evaluation.ts";
import { accessibilityFaults, createFolder, type OpenPage, obstacle, openPage } from "./open-page.ts";

const step = (number: number, loss: number): string =>
  `${JSON.stringify({
    ...{ kind: "step", step: number, epoch: 1, loss, learningRate: 0.05, images: 100, pairs: 500, triplets: 400 },
    ...{ active: 300, positiveDistance: 0.5, negativeDistance: 1, imagesPerSecond: 50, waitedMs: 0 },
  })}\n`;
const heldOut = (at: number, accuracy: number): string =>
  `${JSON.stringify({
    ...{ kind: "held-out", step: at, people: 30, faces: 600, accuracy, auc: 0.65, eer: 0.4 },
    val: [{ far: 0.001, val: 0.25 }],
  })}\n`;

describe.skipIf(obstacle !== undefined)(`reports on the page (else skipped: ${obstacle})`, () => {
  let reports: string;
  let log: string;
  let open: OpenPage;
  let page: Page;
  beforeAll(async () => {
    const folder = await createFolder();
    reports = join(folder, "reports");
    log = join(reports, "small-net", "train.jsonl");
    await mkdir(join(reports, "small-net"), { recursive: true });
    open = await openPage(folder, { reports: [reports] });
    page = open.page;
  }, 120_000);
  afterAll(() => open?.close());

  it("explains how to create reports if there are none", async () => {
    await open.go("#/reports");
    await page.getByText("facenet serve --reports FOLDER").waitFor();
  });

  it("lists them with their main figures, and updates by itself", async () => {
    const evaluations = [sampleVerification("architecture.one")];
    const html = evaluationReport({ evaluations, dataset: "a set", comparisons: [], cards: [], thumbnails: new Map() });
    await writeFile(join(reports, "set.html"), html);
    await writeFile(log, heldOut(0, 0.5) + step(1, 0.25) + step(2, 0.125));
    const list = page.getByRole("list", { name: "Reports" });
    await list.getByRole("link").nth(1).waitFor();
    expect(await list.getByText("Step2", { exact: true }).count()).toBe(1);
    const training = list.getByRole("link", { name: "small-net" });
    for (const text of ["Running", "0.125", "50.0%", "VAL at FAR 1e-3", "25.0%"])
      expect(await training.getByText(text).count(), text).toBe(1);
    expect(await list.getByRole("link", { name: "Evaluation of architecture.one" }).getByText("a set").count()).toBe(1);
  });

  it("shows the page of an evaluation in a frame without scripts", async () => {
    await page.getByRole("link", { name: "Evaluation of architecture.one" }).click();
    const frame = page.frameLocator("iframe");
    await frame.getByRole("heading", { name: "Evaluation of architecture.one" }).waitFor();
    const style = await frame.locator("body").evaluate("getComputedStyle(document.body).fontFamily");
    expect(style).toContain("system-ui"); // its own styles count
    expect(await frame.locator("svg").count()).toBeGreaterThan(2);
    expect(await page.locator("iframe").getAttribute("sandbox")).toBe("");
    const [tab] = await Promise.all([
      page.context().waitForEvent("page"),
      page.getByRole("link", { name: "Open in a new tab" }).click(),
    ]);
    await tab.getByRole("heading", { name: "Evaluation of architecture.one" }).waitFor();
    await tab.close();
  });

  it("draws the curves of a training run until it finishes", async () => {
    await open.go("#/reports");
    await page.getByRole("link", { name: "small-net" }).click();
    await page.getByRole("img", { name: "Loss. Loss: from 0.25 to 0.125." }).waitFor();
    await page.getByRole("img", { name: "Accuracy: from 50.0% to 50.0%. VAL at FAR 1e-3" }).waitFor();
    await appendFile(log, step(3, 0.0625) + heldOut(3, 0.75));
    await page.getByRole("img", { name: "Loss. Loss: from 0.25 to 0.0625." }).waitFor();
    await page.getByRole("img", { name: "Accuracy: from 50.0% to 75.0%." }).waitFor();
    expect(await page.getByRole("img", { name: /^Active triplets per mini-batch/ }).count()).toBe(1);

    const chart = page.getByRole("figure").filter({ hasText: "Loss" }).first();
    await chart.getByText("As a table").click();
    expect(await chart.getByRole("row").allInnerTexts()).toEqual(["steps\tLoss", "1\t0.25", "2\t0.125", "3\t0.0625"]);

    expect(await page.getByText("Running").count()).toBe(1);
    await writeFile(join(reports, "small-net", "report.html"), "<!doctype html><title>facenet</title><h1>The end</h1>");
    await page.getByText("Finished").waitFor();
    await page.frameLocator("iframe").getByRole("heading", { name: "The end" }).waitFor();
  });

  it("meets WCAG AA in light and dark mode, shows Japanese, and fits a phone", async () => {
    const places = ["#/reports", new URL(page.url()).hash];
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const place of places) {
        await open.go(place);
        await page.getByText("Finished").first().waitFor();
        expect(await accessibilityFaults(page), `${place}, ${colorScheme}`).toEqual([]);
      }
    }
    await page.setViewportSize({ width: 360, height: 740 });
    for (const place of places) {
      await open.go(place);
      await page.getByText("Finished").first().waitFor();
      expect(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"), place).toBe(0);
    }
    await page.locator(".menu summary").click();
    await page.getByRole("combobox", { name: "Language" }).selectOption("ja");
    await page.getByRole("heading", { name: "学習曲線" }).waitFor();
    await page.getByText("完了").waitFor();
  });

  it("made no third-party requests and no browser errors", () => {
    expect(open.complaints).toEqual([]);
  });
});
