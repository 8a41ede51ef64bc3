/** Corrections besides names: cover, hiding, questions, ignored faces. In a real browser, on the sample photographs. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cluster } from "../../src/operations/cluster.ts";
import { createContext } from "../../src/operations/context.ts";
import { index } from "../../src/operations/index-photographs.ts";
import { sampleNames, samplePhotograph } from "../sample-photographs.ts";
import { accessibilityFaults, createFolder, type OpenPage, obstacle, openPage } from "./open-page.ts";

const SLOW = 120_000;
/** Generous for a loaded machine. */
const SOON = { timeout: 30_000 };

describe.skipIf(obstacle !== undefined)(`people on the page (else skipped: ${obstacle})`, () => {
  let open: OpenPage;
  let page: Page;

  beforeAll(async () => {
    const folder = await createFolder();
    const gallery = join(folder, "gallery.db");
    const context = createContext({ signal: new AbortController().signal, onProgress: () => undefined });
    await index.run(index.input.parse({ paths: sampleNames.map(samplePhotograph), gallery }), context);
    await cluster.run(cluster.input.parse({ gallery }), context);
    await context.dispose();
    open = await openPage(folder);
    page = open.page;
    const { people } = await inGallery<{ people: { id: number }[] }>("people");
    await correct({ kind: "name", person: people[0]?.id, name: "Ada" });
    await open.go("#/people");
  }, SLOW);
  afterAll(() => open?.close());

  const named = () => page.getByRole("list", { name: "People" }).getByRole("link");
  const toast = (text: string | RegExp) => page.locator(".toast").getByText(text).waitFor();
  const inGallery = async <T>(path: string) => (await (await fetch(`${open.server.url}/v1/${path}`)).json()) as T;
  const correct = (correction: object) =>
    fetch(`${open.server.url}/v1/corrections`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ correction }),
    });

  it(
    "sets the cover of a person, hides and unhides them",
    async () => {
      await named().first().click();
      await page.getByRole("heading", { name: "Ada" }).waitFor();
      await page.getByRole("list", { name: "Faces" }).getByRole("listitem").last().hover(); // the button shows then
      await page
        .getByRole("button", { name: /^Select Face/ })
        .last()
        .click();
      await page.getByRole("button", { name: "Use as cover" }).click();
      await toast("Cover changed.");
      await page.getByRole("button", { name: "Hide", exact: true }).click();
      await toast("Hidden.");
      await page.getByRole("link", { name: "People" }).click();
      await page.getByRole("button", { name: "Hidden people (1)" }).click();
      await named().first().click();
      await page.getByRole("button", { name: "Show again" }).click();
      await toast("Shown again.");
      await page.getByRole("link", { name: "People" }).click();
      await named().filter({ hasText: "Ada" }).waitFor();
      await expect.poll(() => page.getByRole("button", { name: /^Hidden people/ }).count()).toBe(0);
    },
    SLOW,
  );

  it(
    "asks whether two are the same person, with answers and undo by keyboard",
    async () => {
      const { people } = await inGallery<{ people: { id: number }[] }>("people?search=Ada");
      const { faces } = await inGallery<{ faces: { id: number }[] }>(`faces?person=id:${people[0]?.id}`);
      await correct({ kind: "assign", faces: [faces[0]?.id], person: null });
      await page.reload();
      await page.getByRole("link", { name: /^The same person\? \d+$/ }).click();
      const question = page.getByRole("heading", { name: "Is this Ada?" });
      await question.waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.keyboard.press("y");
      await toast("This is Ada.");
      await page.getByRole("button", { name: "Undo" }).click();
      await question.waitFor();
      await page.keyboard.press("u");
      await toast("You will be asked again after more photos are added.");
      await page.getByRole("button", { name: "Undo" }).click();
      await question.waitFor();
      await page.keyboard.press("y");
      await toast("This is Ada.");
    },
    SLOW,
  );

  it(
    "ignores a stranger, marks what is not a face, and undoes both",
    async () => {
      await open.go("#/photographs");
      await page.getByRole("list", { name: "Photos" }).getByRole("link").first().click();
      await page.locator(".stage .box").first().click();
      await page.getByRole("button", { name: "Ignore as a stranger" }).click();
      await toast("Face ignored.");
      await page.getByRole("button", { name: "Ignored Confirmed by hand" }).waitFor();
      await page.getByRole("button", { name: "No longer ignore" }).click();
      await toast("Face no longer ignored.");
      await page.getByRole("button", { name: "Not a face" }).click();
      await page.getByRole("button", { name: "Not a face Confirmed by hand" }).waitFor();
      for (let i = 0; i < 3; i++) {
        await page.getByRole("heading", { level: 1 }).click();
        await page.keyboard.press("Control+z");
        await page
          .locator(".toast")
          .getByText(/^Undone/)
          .waitFor();
      }
      await expect.poll(() => page.locator(".stage .box.ignored").count(), SOON).toBe(0);
    },
    SLOW,
  );

  it(
    "finds photographs of several people: all, any, only them, and without one",
    async () => {
      const { people } = await inGallery<{ people: { id: number }[] }>("people");
      const [ada, bob] = people.map(({ id }) => id);
      await correct({ kind: "name", person: bob, name: "Bob" });
      const count = async (query: string): Promise<number> => {
        const response = await fetch(`${open.server.url}/v1/find?${query}`, { method: "POST" });
        return ((await response.json()) as { photographs: unknown[] }).photographs.length;
      };
      const found = (photos: number) =>
        page.getByRole("heading", { name: photos === 0 ? "In no photo" : `In ${photos} photo` }).waitFor();
      await open.go("#/find");
      const choose = async (label: string, name: string) => {
        await page.getByRole("combobox", { name: label }).fill(name);
        await page.keyboard.press("Enter");
        await page.getByRole("button", { name: `Remove ${name}` }).waitFor();
      };
      await choose("With…", "Ada");
      await found(await count(`person=id:${ada}`));
      await choose("With…", "Bob");
      await found(await count(`person=id:${ada}&person=id:${bob}`));
      for (const match of ["any", "only"]) {
        await page.getByLabel("Show photos with").selectOption(match);
        await found(await count(`person=id:${ada}&person=id:${bob}&match=${match}`));
      }
      await page.getByLabel("Show photos with").selectOption("any");
      await choose("Without…", "Bob"); // an excluded person is no longer required
      await found(await count(`person=id:${ada}&without=id:${bob}`));
      await page.getByRole("combobox", { name: "With…" }).fill("Nobody of this name");
      await page.keyboard.press("Enter");
      await page.getByText("No person named Nobody of this name.").waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
    },
    SLOW,
  );
});
