/** The page with a server that requires keys: signing in, a read-only key, a revoked key. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { borrowGallery } from "../../src/gallery/access/borrow-gallery.ts";
import { createKey } from "../../src/operations/create-key.ts";
import type { OperationContext } from "../../src/operations/operation.ts";
import { revokeKey } from "../../src/operations/revoke-key.ts";
import { evaluationReport } from "../../src/reports/evaluation/evaluation-report.ts";
import type { Scope } from "../../src/schemas/api-key.ts";
import { sampleVerification } from "../evaluation/sample-evaluation.ts";
import { samplePhotograph } from "../sample-photographs.ts";
import { accessibilityFaults, createFolder, type OpenPage, obstacle, openPage } from "./open-page.ts";

const context: OperationContext = {
  load: () => Promise.reject(new Error("no model is needed")),
  borrowGallery,
  signal: new AbortController().signal,
  onProgress: () => undefined,
};

describe.skipIf(obstacle !== undefined)(`signing in on the page (else skipped: ${obstacle})`, () => {
  let keys: string;
  let open: OpenPage;
  let page: Page;
  let writer: string;
  let reader: { readonly key: string; readonly id: string };
  const made = async (name: string, scope: Scope) => createKey.run({ name, scope, keys }, context);
  beforeAll(async () => {
    const folder = await createFolder();
    keys = join(folder, "keys.json");
    writer = (await made("album", "write")).key;
    reader = await made("frame", "read");
    const reports = join(folder, "reports");
    await mkdir(reports);
    const evaluations = [sampleVerification("architecture.one")];
    const html = evaluationReport({ evaluations, dataset: "a set", comparisons: [], cards: [], thumbnails: new Map() });
    await writeFile(join(reports, "set.html"), html);
    open = await openPage(folder, { requireKeys: true, reports: [reports] });
    page = open.page;
  }, 120_000);
  afterAll(() => open?.close());

  async function signIn(key: string): Promise<void> {
    await page.getByLabel("API key").fill(key);
    await page.getByRole("button", { name: "Sign in" }).click();
  }
  const shownPictures = () =>
    page.evaluate<number>("[...document.images].filter((image) => image.complete && image.naturalWidth > 0).length");

  it("asks for a key on every page, and reports a wrong one", async () => {
    await open.go("#/reports");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(await page.getByRole("navigation").count()).toBe(0);
    expect(await page.getByRole("alert").count()).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    for (const wrong of ["fn_000000000000_0123456789012345678901234567890123456789012", "鍵"]) {
      await signIn(wrong);
      await page.getByRole("alert").getByText("This key is unknown or was revoked.").waitFor();
    }
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it("works with a key: photographs, pictures, events, and reports in their frame", async () => {
    await signIn(writer);
    await page.getByRole("heading", { name: "Reports" }).waitFor();
    await page.getByRole("link", { name: "Evaluation of architecture.one" }).click();
    await page.frameLocator("iframe").getByRole("heading", { name: "Evaluation of architecture.one" }).waitFor();

    await page.getByRole("link", { name: "Add", exact: true }).click();
    await page.getByLabel("Choose photos").setInputFiles([samplePhotograph("sample1"), samplePhotograph("sample3")]);
    await page.getByText("2 of 2 photos added, 6 faces found").waitFor();
    await page.getByText("Faces grouped into people.").waitFor();
    await page.getByRole("link", { name: "People", exact: true }).click();
    await expect.poll(shownPictures, { timeout: 30_000 }).toBeGreaterThan(0);
    await page.getByRole("list", { name: "Who is this?" }).getByRole("link").first().click();
    await page.getByRole("button", { name: "Add a name" }).click();
    await page.getByRole("combobox", { name: /^Name of/ }).fill("Ada");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Ada" }).waitFor();
  }, 120_000);

  it("keeps the key in the tab: it survives a reload, and no other tab has it", async () => {
    await page.reload();
    await page.getByRole("heading", { name: "Ada" }).waitFor();
    const other = await page.context().newPage();
    await other.goto(`${open.server.url}/#/people`);
    await other.getByRole("heading", { name: "Sign in" }).waitFor();
    await other.close();
    expect(await page.evaluate("document.cookie + Object.values(localStorage).join()")).not.toContain("fn_");
  });

  it("signs out and deletes the key", async () => {
    await page.locator(".menu summary").click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(await page.evaluate("sessionStorage.length")).toBe(0);
  });

  it("offers no changes to a read-only key", async () => {
    await signIn(reader.key);
    await page.getByRole("heading", { name: "Ada" }).waitFor();
    await expect.poll(shownPictures, { timeout: 30_000 }).toBeGreaterThan(0);
    for (const name of ["Undo", "Rename", /^Select/, /^Not /])
      expect(await page.getByRole("button", { name }).count(), String(name)).toBe(0);
    expect(await page.getByRole("combobox", { name: /Name|Who/ }).count()).toBe(0);
    expect(await page.getByRole("link", { name: "Add", exact: true }).count()).toBe(0);
    await open.go("#/add");
    await page.getByText("This key is read-only.").waitFor();
    await open.go("#/find");
    await page.getByLabel("Choose a picture", { exact: true }).setInputFiles(samplePhotograph("sample3"));
    await page.getByRole("heading", { name: "This is Ada" }).waitFor();
  }, 120_000);

  it("asks for a key again after it was revoked, and says why", async () => {
    await revokeKey.run({ id: reader.id, keys }, context);
    // The page may have noticed already, and the link is gone.
    await page
      .getByRole("link", { name: "People", exact: true })
      .click({ timeout: 5000 })
      .catch(() => undefined);
    await page.getByRole("alert").getByText("This key is unknown or was revoked.").waitFor();
    await page.locator(".menu summary").click();
    await page.getByRole("combobox", { name: "Language" }).selectOption("ja");
    await page.getByRole("heading", { name: "サインイン" }).waitFor();
  });

  it("made no third-party requests, and no browser errors besides the refusals", () => {
    expect(open.complaints.filter((text) => !/status of 401/.test(text))).toEqual([]);
  });
});
