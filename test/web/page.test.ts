/** The page in a real browser, on the sample photographs: what a person does on it, by mouse and by keyboard. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sampleNames, samplePhotograph } from "../sample-photographs.ts";
import { accessibilityFaults, createFolder, type OpenPage, obstacle, openPage } from "./open-page.ts";

describe.skipIf(obstacle !== undefined)(`the page (else skipped: ${obstacle})`, () => {
  let folder: string;
  let open: OpenPage;
  let page: Page;

  beforeAll(async () => {
    folder = await createFolder();
    open = await openPage(folder, {}, await filmOf("sample3", join(folder, "film.mjpeg")));
    page = open.page;
  }, 120_000);
  afterAll(() => open?.close());

  const go = (hash: string) => open.go(hash);
  const people = () => page.getByRole("list", { name: "People" }).getByRole("link");

  it("takes photographs in and groups the faces", async () => {
    await go("#/add");
    await writeFile(join(folder, "letter.jpg"), "Dear reader");
    await page.getByLabel("Choose photographs").setInputFiles([...sampleNames.map(samplePhotograph), join(folder, "letter.jpg")]);
    await page.getByText("7 of 7 photographs, 22 faces found").waitFor();
    expect(await page.getByText("Could not be used: 1").count()).toBe(1);
    await page.getByRole("button", { name: "Group faces into people" }).click();
    await people().first().waitFor();
    expect(await people().count()).toBe(2);
    expect(await page.getByText("6 photographs, 22 faces, 2 people").count()).toBe(1);
  }, 120_000);

  it("names a person, by keyboard alone, and takes it back", async () => {
    await people().first().focus();
    await page.keyboard.press("Enter");
    await page.getByRole("textbox", { name: "Name of Person 1" }).focus();
    await page.keyboard.type("Ada");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Ada" }).waitFor();
    await page.getByRole("heading", { name: "Ada" }).click();
    await page.keyboard.press("Control+z");
    await page.getByRole("heading", { name: "Person 1" }).waitFor();
    await page.getByRole("textbox", { name: "Name of Person 1" }).fill("Ada");
    await page.getByRole("button", { name: "Give this name" }).click();
    await page.getByRole("heading", { name: "Ada" }).waitFor();
  }, 60_000);

  it("filters the wall by name, and says so when nobody is called that", async () => {
    await go("#/people");
    await expect.poll(() => people().count()).toBe(2);
    const filter = page.getByRole("searchbox", { name: "Filter by name or number" });
    await filter.fill("ad");
    await expect.poll(() => people().count()).toBe(1);
    await filter.fill("Zoe");
    await page.getByText("Nobody is called Zoe.").waitFor();
    await filter.fill("");
    await expect.poll(() => people().count()).toBe(2);
    await page.getByRole("link", { name: "Ada" }).click();
    await page.getByRole("heading", { name: "Ada" }).waitFor();
  }, 60_000);

  it("merges two people, and takes it back", async () => {
    await page.getByRole("button", { name: "Merge with…" }).click();
    await page.getByRole("textbox", { name: "Filter by name or number" }).fill("2");
    await page.getByRole("button", { name: "Person 2" }).click();
    await expect.poll(() => page.getByRole("button", { name: /^Face \d+$/ }).count()).toBe(4);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => page.getByRole("button", { name: /^Face \d+$/ }).count()).toBe(2);
  }, 60_000);

  it("says that a face is another person's, at once, and takes it back", async () => {
    const faces = page.getByRole("button", { name: /^Face \d+$/ });
    await faces.first().click();
    await page.getByText("1 selected").waitFor();
    await page.getByRole("button", { name: "Another person" }).click();
    await page.getByRole("heading", { name: /^Person \d+$/ }).waitFor();
    await expect.poll(() => faces.count()).toBe(1);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => people().count()).toBe(2); // the person who was made is gone

    await people().filter({ hasText: "Ada" }).click();
    await expect.poll(() => faces.count()).toBe(2);
    await faces.first().click();
    await page.getByRole("button", { name: "Not this person" }).click();
    await expect.poll(() => faces.count()).toBe(1);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => faces.count()).toBe(2);
  }, 60_000);

  it("compares two photographs, on a scale with the threshold", async () => {
    await go("#/compare");
    await page.getByLabel("First photograph", { exact: true }).last().setInputFiles(samplePhotograph("sample1"));
    await page.getByLabel("Second photograph", { exact: true }).last().setInputFiles(samplePhotograph("sample3"));
    await page.getByRole("heading", { name: "The same person" }).waitFor();
    expect(await page.getByRole("img", { name: /^Distance 0\.\d+ on a scale from 0/ }).count()).toBe(1);
    await expect.poll(() => page.locator(".boxes .meant").count()).toBe(2); // when both pictures are there
    await page.getByLabel("Second photograph", { exact: true }).last().setInputFiles(samplePhotograph("sample2"));
    await page.getByRole("heading", { name: "Different people" }).waitFor();
    await page.getByLabel("Second photograph", { exact: true }).last().setInputFiles(join(folder, "letter.jpg"));
    await page.getByText("not a supported image format").waitFor();
  }, 60_000);

  it("finds who it is, where else, and who looks alike", async () => {
    await go("#/find");
    await page.getByLabel("Choose a photograph", { exact: true }).last().setInputFiles(samplePhotograph("sample3"));
    await page.getByRole("heading", { name: "This is Person 2" }).waitFor();
    expect(await page.locator("ul.cards").first().getByRole("listitem").count()).toBe(2);
    expect(await page.locator("ul.cards").last().getByRole("listitem").count()).toBeGreaterThan(3);
  }, 60_000);

  it("recognises who is before the camera", async () => {
    await go("#/camera");
    await page.getByRole("button", { name: "Start the camera" }).click();
    await page
      .getByText(/Person 2/)
      .first()
      .waitFor();
    await page.getByRole("button", { name: "Stop the camera" }).click();
    await expect.poll(() => page.locator("video").count()).toBe(0);
  }, 90_000);

  it("speaks Japanese, and remembers it", async () => {
    await page.getByRole("combobox", { name: "Language" }).selectOption("ja");
    await page.reload();
    await page.getByRole("heading", { name: "カメラ" }).waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("ja");
    await page.getByRole("combobox").selectOption("en");
  }, 60_000);

  it("is accessible by WCAG AA, in light and dark, and fits a phone", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const place of ["#/people", "#/people/1", "#/add", "#/find", "#/compare", "#/camera"]) {
        await go(place);
        await page.getByRole("heading", { level: 1 }).waitFor();
        expect(await accessibilityFaults(page), `${place}, ${colorScheme}`).toEqual([]);
      }
    }
    await page.setViewportSize({ width: 360, height: 740 });
    for (const place of ["#/people", "#/people/1", "#/add", "#/compare"]) {
      await go(place);
      await page.getByRole("heading", { level: 1 }).waitFor();
      const overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
      expect(overflow, place).toBe(0);
    }
  }, 120_000);

  it("asked nobody else for anything, and the browser had nothing to complain of", () => {
    // an answer that is no success is in the console, too: those of the letter
    expect(open.complaints.filter((text) => !/status of 4\d\d/.test(text))).toEqual([]);
  });
});

/** A film in which nothing moves. */
async function filmOf(name: "sample3", path: string): Promise<string> {
  const frame = await sharp(samplePhotograph(name)).resize(1280, 720, { fit: "cover" }).jpeg().toBuffer();
  await writeFile(path, Buffer.concat(Array.from({ length: 20 }, () => frame)));
  return path;
}
