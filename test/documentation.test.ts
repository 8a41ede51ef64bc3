/** The documents say what the code does. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { accuracyPage } from "../scripts/update-accuracy-docs.ts";
import { errorPage } from "../scripts/update-error-docs.ts";
import { lfwPage, readFigures } from "../scripts/update-results.ts";
import { readCatalogue } from "../src/models/model-store.ts";

const read = (path: string) => readFile(new URL(`../${path}`, import.meta.url), "utf8");

describe("the documents", () => {
  it("list every error (else run: node scripts/update-error-docs.ts)", async () => {
    expect(await read("docs/errors.md")).toBe(errorPage());
  });

  it("name every shipped model", async () => {
    const page = await read("docs/models.md");
    const { models } = await readCatalogue();
    for (const { id } of models) expect(page).toContain(`\`${id}\``);
  });

  it("show the accuracy that the manifests record (else run: node scripts/update-accuracy-docs.ts)", async () => {
    expect(await read("docs/accuracy.md")).toBe(await accuracyPage());
  });

  it("show the results on LFW that were recorded (else run: node scripts/update-results.ts)", async () => {
    const page = await read("docs/results/lfw/README.md");
    expect(page).toBe(lfwPage(await readFigures()));
    for (const [, plot] of page.matchAll(/src="([^"]+\.svg)"/g)) expect(await read(`docs/results/lfw/${plot}`)).toContain("<svg");
    expect(await read("docs/results/lfw/report.html")).not.toMatch(/<img|data:image/);
  });
});
