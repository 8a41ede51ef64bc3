/** The page in a real browser, on the sample photographs: one test per user task, by mouse and keyboard. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sampleNames, samplePhotograph } from "../sample-photographs.ts";
import { accessibilityFaults, createFolder, type OpenPage, obstacle, openPage } from "./open-page.ts";

const SLOW = 120_000;
/** Generous for a loaded machine. */
const SOON = { timeout: 30_000 };

describe.skipIf(obstacle !== undefined)(`the page (else skipped: ${obstacle})`, () => {
  let folder: string;
  let open: OpenPage;
  let page: Page;

  beforeAll(async () => {
    folder = await createFolder();
    open = await openPage(folder, {}, await filmOf("sample3", join(folder, "film.mjpeg")));
    page = open.page;
  }, SLOW);
  afterAll(() => open?.close());

  const go = (hash: string) => open.go(hash);
  const unnamed = () => page.getByRole("list", { name: "Who is this?" }).getByRole("listitem");
  const named = () => page.getByRole("list", { name: "People" }).getByRole("link");
  const nameFields = () => page.getByRole("combobox", { name: /^Name of person \d+$/ });
  const toast = (text: string | RegExp) => page.locator(".toast").getByText(text).waitFor();
  const inGallery = async (path: string) =>
    (await fetch(`${open.server.url}/v1/${path}`)).json() as Promise<{ photographs: { id: number }[] }>;

  it(
    "uploads while other pages are open, retries when the service is busy, and groups the faces",
    async () => {
      await go("#/faces");
      await page.getByText("No photos yet.").waitFor();
      await page.getByRole("link", { name: "Add photos" }).click();
      await writeFile(join(folder, "letter.jpg"), "Dear reader");
      let busy = 1;
      await page.route("**/v1/photographs", (route) => {
        const answer = {
          status: 503,
          headers: { "retry-after": "1" },
          json: { error: { code: "SERVER_BUSY", message: "busy" } },
        };
        return route.request().method() === "POST" && busy-- > 0 ? route.fulfill(answer) : route.continue();
      });
      await page.getByLabel("Choose photos").setInputFiles([...sampleNames.map(samplePhotograph), join(folder, "letter.jpg")]);
      await page.getByRole("link", { name: "Photos", exact: true }).click(); // it goes on
      await page.getByRole("heading", { name: "Photos" }).waitFor();
      await page.getByRole("link", { name: /^Add$|photos added$/ }).click();
      await page.getByText("6 of 7 photos added, 22 faces found").waitFor();
      await page.getByRole("heading", { name: "1 photo could not be added" }).waitFor();
      await page.getByText("This file is not in an image format the service supports.").waitFor();
      await page.unroute("**/v1/photographs");
      await toast("Faces grouped into people.");
      await page.getByRole("button", { name: "Try again: letter.jpg" }).waitFor();
      await page.getByRole("link", { name: "People" }).click();
      await expect.poll(() => unnamed().count(), SOON).toBe(2);
      await page.getByText("6 photos, 22 faces, 2 people").waitFor();
    },
    SLOW,
  );

  it(
    "names one person after the other by keyboard alone, with undo and redo",
    async () => {
      await nameFields().first().focus();
      await page.keyboard.type("Ada");
      await page.keyboard.press("Enter");
      await toast("This is Ada.");
      await expect.poll(() => nameFields().count(), SOON).toBe(1);
      await expect.poll(() => page.evaluate("document.activeElement?.getAttribute('role')"), SOON).toBe("combobox"); // the next one's
      await page.keyboard.press("Control+z"); // belongs to the field
      await expect.poll(() => named().count(), SOON).toBe(1);
      await page.getByRole("button", { name: "Undo" }).click();
      await toast("Undone: This is Ada.");
      await expect.poll(() => nameFields().count(), SOON).toBe(2);
      await page.getByRole("button", { name: "Redo" }).click();
      await expect.poll(() => named().count(), SOON).toBe(1);
      await page.getByRole("heading", { name: "People" }).click();
      await page.keyboard.press("Control+z");
      await expect.poll(() => nameFields().count(), SOON).toBe(2);
      await page.keyboard.press("Control+Shift+z");
      await expect.poll(() => named().count(), SOON).toBe(1);
    },
    SLOW,
  );

  it(
    "finds people by name, and restores the scroll position",
    async () => {
      const search = page.getByRole("searchbox", { name: "Search people" });
      await search.fill("Zoe");
      await page.getByText("No person named Zoe.").waitFor();
      await search.fill("");
      await expect.poll(() => named().count(), SOON).toBe(1);
      await named().first().click();
      await page.getByRole("heading", { name: "Ada" }).waitFor();
      expect(await page.title()).toBe("Ada – facenet");
      await page.goBack();
      await expect.poll(() => page.evaluate("document.activeElement?.getAttribute('href')"), SOON).toMatch(/^#\/people\/\d+$/);
    },
    SLOW,
  );

  it(
    "renames a person to 7, and merges with an existing name after asking",
    async () => {
      await named().first().click();
      await page.getByRole("button", { name: "Rename" }).click();
      await page.getByRole("combobox", { name: "Name of Ada" }).fill("7");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "7", exact: true }).waitFor();
      await page.reload();
      await page.getByRole("heading", { name: "7", exact: true }).waitFor();
      await go("#/people");
      const other = nameFields().first();
      await other.fill("7");
      await page.getByRole("option", { name: /^Merge with 7/ }).waitFor();
      await page.keyboard.press("Enter");
      await expect.poll(() => page.locator('.options [aria-selected="true"]').count(), SOON).toBe(1);
      expect(await inGallery("statistics")).toMatchObject({ people: 2 });
      await page.keyboard.press("Enter");
      await toast("Merged with 7.");
      expect(await inGallery("statistics")).toMatchObject({ people: 1 });
      await page.getByRole("button", { name: "Undo" }).click();
      await expect.poll(() => nameFields().count(), SOON).toBe(1);
    },
    SLOW,
  );

  it(
    "merges people selected in the grid",
    async () => {
      for (const mark of await page.getByRole("button", { name: /^Select / }).all()) await mark.click({ force: true });
      await page.getByRole("toolbar", { name: "2 selected" }).getByRole("button", { name: "Merge as one person" }).click();
      await toast("Merged with 7.");
      await page.getByRole("button", { name: "Undo" }).click();
      await expect.poll(() => nameFields().count(), SOON).toBe(1);
    },
    SLOW,
  );

  it(
    "opens a photograph from a face, shows who is in it and how certain, and moves by arrow keys",
    async () => {
      await named().first().click();
      await page.getByRole("heading", { name: "7", exact: true }).waitFor();
      await page.getByRole("list", { name: "Faces" }).getByRole("link").first().click();
      const boxes = page.locator(".stage .box");
      await expect.poll(() => boxes.count(), SOON).toBeGreaterThan(2);
      const first = await page.getByRole("heading", { level: 1 }).textContent();
      expect(first).toMatch(/^sample\d\.jpg$/);
      await page.getByRole("button", { name: /^7 (Almost certainly|Very likely|Probably|Perhaps)$/ }).waitFor();
      await page.keyboard.press("ArrowRight");
      await expect.poll(() => page.getByRole("heading", { level: 1 }).textContent(), SOON).not.toBe(first);
      await expect.poll(() => page.getByRole("button", { name: "Previous photo" }).isEnabled(), SOON).toBe(true);
      await page.keyboard.press("ArrowLeft");
      await expect.poll(() => page.getByRole("heading", { level: 1 }).textContent(), SOON).toBe(first);
      expect(await accessibilityFaults(page)).toEqual([]);
    },
    SLOW,
  );

  it(
    "corrects a face on a photograph: a new person, an existing one, and not this person",
    async () => {
      const stranger = page.locator(".stage .box.nobody").first();
      await stranger.click();
      await page.getByRole("combobox", { name: "Who is this?" }).fill("Bea");
      await page.keyboard.press("Enter");
      await toast("This is Bea.");
      await page.getByRole("button", { name: "Bea Confirmed by hand" }).waitFor();
      await page.getByRole("button", { name: "Not Bea" }).click();
      await toast("Not Bea.");
      await page.getByRole("combobox", { name: "Who is this?" }).fill("be");
      await page.getByRole("option", { name: /^Bea/ }).click();
      await toast("This is Bea.");
      await page.keyboard.press("Escape"); // leaves the field
      await page.locator("h1").click();
      await page.keyboard.press("Escape"); // leaves the photograph
      await page.getByRole("heading", { name: "7", exact: true }).waitFor();
    },
    SLOW,
  );

  it(
    "moves several faces to another person",
    async () => {
      const faces = page.getByRole("list", { name: "Faces" }).getByRole("listitem");
      await expect.poll(() => faces.count(), SOON).toBe(2);
      const select = async () => {
        await faces.first().hover(); // the button shows then
        await page
          .getByRole("button", { name: /^Select Face/ })
          .first()
          .click();
        await page.getByText("1 selected").waitFor();
      };
      await select();
      await page.keyboard.press("Escape");
      await expect.poll(() => page.getByText("1 selected").count(), SOON).toBe(0);
      await select();
      await page.getByRole("button", { name: "Not 7" }).click();
      await expect.poll(() => faces.count(), SOON).toBe(1);
      await page.getByRole("button", { name: "Undo" }).click();
      await expect.poll(() => faces.count(), SOON).toBe(2);
    },
    SLOW,
  );

  it(
    "names faces without a person: selects one, a range, all, none, and names the selection",
    async () => {
      await page.getByRole("link", { name: /^Faces/ }).click();
      const faces = page.getByRole("button", { name: /^Face \d+/ });
      await expect.poll(() => faces.count(), SOON).toBeGreaterThan(5);
      const total = await faces.count();
      await page.keyboard.press("Control+a");
      await page.getByText(`${total} selected`).waitFor();
      await page.keyboard.press("Escape");
      await expect.poll(() => page.getByRole("toolbar").count(), SOON).toBe(0);
      await faces.nth(0).click();
      await faces.nth(2).click({ modifiers: ["Shift"] });
      await page.getByText("3 selected").waitFor();
      await page.getByRole("toolbar").getByRole("combobox").fill("Cleo");
      await page.keyboard.press("Enter");
      await toast("3 faces: Cleo.");
      await expect.poll(() => faces.count(), SOON).toBeLessThan(total);
      await page.getByRole("button", { name: "Undo" }).click();
      await expect.poll(() => faces.count(), SOON).toBe(total);
      expect(await accessibilityFaults(page)).toEqual([]);
    },
    SLOW,
  );

  it(
    "identifies the chosen face of a picture dropped on any page, and lists photographs by name",
    async () => {
      await go("#/photographs");
      await page.getByRole("heading", { name: "Photos" }).waitFor();
      const bytes = (await sharp(samplePhotograph("sample3")).jpeg().toBuffer()).toString("base64");
      // as text, because tests have no browser types
      await page.evaluate(`{
      const files = new DataTransfer();
      const bytes = Uint8Array.from(atob("${bytes}"), (one) => one.charCodeAt(0));
      files.items.add(new File([bytes], "door.jpg", { type: "image/jpeg" }));
      for (const kind of ["dragover", "drop"])
        document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: files, bubbles: true, cancelable: true }));
    }`);
      await page.getByText("3 faces found. Click one.").waitFor();
      await page.getByRole("heading", { name: /^In \d photos?$/ }).waitFor();
      const known = page.locator(".probe .box:not(.nobody)").first();
      await known.click();
      await page.getByRole("heading", { name: /^This is |^A person without/ }).waitFor();
      await page.locator(".photo-grid").getByText("sample3.jpg").waitFor();
      await page.locator(".photo-grid").getByText("sample3.jpg").click();
      await page.getByRole("heading", { name: "sample3.jpg" }).waitFor();
      await page.goBack();
      await page.getByRole("heading", { name: /^In \d photos?$/ }).waitFor(); // the picture is still there
    },
    SLOW,
  );

  it(
    "reports an unreachable service, and retries",
    async () => {
      await page.route("**/v1/photographs/by-date*", (route) => route.abort());
      await go("#/people");
      await page.reload();
      await page.getByRole("link", { name: "Photos", exact: true }).click();
      await page.getByRole("alert").getByText("Cannot reach the service.").waitFor();
      await page.unroute("**/v1/photographs/by-date*");
      await page.route("**/v1/**", (route) => route.abort());
      await page.reload(); // not even the page's first question is answered
      await page.getByRole("alert").getByText("Cannot reach the service.").waitFor();
      await page.unroute("**/v1/**");
      await page.getByRole("button", { name: "Try again" }).click();
      await expect.poll(() => page.getByRole("list", { name: "Photos" }).getByRole("link").count(), SOON).toBe(6);
    },
    SLOW,
  );

  it(
    "compares two photographs on a scale with the threshold",
    async () => {
      await go("#/compare");
      const choose = (side: string, name: Parameters<typeof samplePhotograph>[0]) =>
        page.locator(`input[type=file][aria-label="${side}"]`).setInputFiles(samplePhotograph(name));
      await choose("First photo", "sample1");
      await choose("Second photo", "sample3");
      await page.getByRole("heading", { name: "The same person" }).waitFor();
      expect(await page.getByRole("img", { name: /^Distance 0\.\d+, from 0/ }).count()).toBe(1);
      await expect.poll(() => page.locator(".boxes .meant").count(), SOON).toBe(2); // when both pictures are there
      await choose("Second photo", "sample2");
      await page.getByRole("heading", { name: "Different people" }).waitFor();
    },
    SLOW,
  );

  it(
    "recognises people in front of the camera",
    async () => {
      await go("#/camera");
      await page.getByRole("button", { name: "Start the camera" }).click();
      await page
        .getByText(/Person \d|7|Bea/)
        .first()
        .waitFor();
      await page.getByRole("button", { name: "Stop the camera" }).click();
      await expect.poll(() => page.locator("video").count(), SOON).toBe(0);
    },
    SLOW,
  );

  it(
    "shows Japanese, including errors, and remembers the choice",
    async () => {
      await page.locator(".menu summary").click();
      await page.getByRole("combobox", { name: "Language" }).selectOption("ja");
      await page.reload();
      await page.getByRole("heading", { name: "カメラ" }).waitFor();
      expect(await page.locator("html").getAttribute("lang")).toBe("ja");
      await go("#/add");
      await writeFile(join(folder, "empty.jpg"), "");
      await page.getByLabel("写真を選択").setInputFiles(join(folder, "empty.jpg"));
      await page.getByText("ファイルが空です。").waitFor();
      await page.locator(".menu summary").click();
      await page.getByRole("combobox", { name: "言語" }).selectOption("en");
    },
    SLOW,
  );

  it(
    "meets WCAG AA in light and dark mode, and fits a phone",
    async () => {
      const photograph = ((await inGallery("photographs")).photographs[0] as { id: number }).id;
      const places = [
        "people",
        "people/1",
        "questions",
        "photographs",
        `photographs/${photograph}`,
        "faces",
        "unplaced",
        "add",
        "find",
        "compare",
        "camera",
      ];
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        for (const place of places) {
          await go(`#/${place}`);
          await page.getByRole("heading", { level: 1 }).waitFor();
          await expect.poll(() => page.locator(".skeleton").count(), SOON).toBe(0);
          expect(await accessibilityFaults(page), `${place}, ${colorScheme}`).toEqual([]);
        }
      }
      await page.setViewportSize({ width: 360, height: 740 });
      for (const place of places) {
        await go(`#/${place}`);
        await page.getByRole("heading", { level: 1 }).waitFor();
        const overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        expect(overflow, place).toBe(0);
      }
      await go("#/faces");
      await page
        .getByRole("button", { name: /^Face \d+/ })
        .last()
        .scrollIntoViewIfNeeded();
      await page
        .getByRole("button", { name: /^Face \d+/ })
        .last()
        .click();
      const top = await page.getByRole("toolbar").evaluate((bar) => bar.getBoundingClientRect().top);
      const header = await page.locator(".bar").evaluate((bar) => bar.getBoundingClientRect().bottom);
      expect(top).toBeGreaterThanOrEqual(header - 1);
    },
    SLOW,
  );

  it("made no third-party requests, and no browser errors besides intended failures", () => {
    expect(
      open.complaints.filter((text) => !/the server responded with a status of (422|503)|net::ERR_FAILED/.test(text)),
    ).toEqual([]);
  });
});

/** Video for the browser's camera: a single repeated frame. */
async function filmOf(name: "sample3", path: string): Promise<string> {
  const picture = await sharp(samplePhotograph(name)).resize(640).jpeg().toBuffer();
  await writeFile(path, Buffer.concat(Array.from({ length: 30 }, () => picture)));
  return path;
}
