/** Faces drawn by hand, and corrections of missing photographs. In a real browser. */
import { copyFile, mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClient } from "../../src/client/create-client.ts";
import { createContext } from "../../src/operations/context.ts";
import { index } from "../../src/operations/index-photographs.ts";
import { samplePhotograph } from "../sample-photographs.ts";
import { accessibilityFaults, createFolder, type OpenPage, obstacle, openPage } from "./open-page.ts";

const SLOW = 240_000;
const SOON = { timeout: 30_000 };

describe.skipIf(obstacle !== undefined)(`faces by hand (else skipped: ${obstacle})`, () => {
  let folder: string;
  let open: OpenPage;
  let page: Page;
  let take: () => Promise<unknown>;
  const context = createContext({ signal: new AbortController().signal, onProgress: () => undefined });

  beforeAll(async () => {
    folder = await createFolder();
    await mkdir(join(folder, "album"));
    for (const name of ["sample1", "sample2"] as const)
      await copyFile(samplePhotograph(name), join(folder, "album", `${name}.jpg`));
    take = () => index.run(index.input.parse({ paths: [join(folder, "album")], gallery: join(folder, "gallery.db") }), context);
    await take();
    open = await openPage(folder);
    page = open.page;
  }, SLOW);
  afterAll(async () => {
    await open?.close();
    await context.dispose();
  });

  /** The whole photograph is searched again for a face in the box. */
  const toast = (text: string | RegExp) => page.locator(".toast").getByText(text).waitFor({ timeout: 100_000 });
  const boxes = () => page.locator(".stage .box:not(.drawn)");

  it(
    "draws a face by dragging, names it, and undoes the name",
    async () => {
      await open.go("#/photographs");
      await page
        .getByRole("list", { name: "Photos" })
        .getByRole("link", { name: /sample1/ })
        .click();
      await boxes().first().waitFor();
      const before = await boxes().count();
      await page.getByRole("button", { name: "Add a face" }).click();
      const { x, y, width, height } = (await page.locator(".whole-picture").boundingBox()) as {
        x: number;
        y: number;
        width: number;
        height: number;
      };
      await page.mouse.move(x + 0.02 * width, y + 0.8 * height);
      await page.mouse.down();
      await page.mouse.move(x + 0.12 * width, y + 0.95 * height, { steps: 5 });
      await page.mouse.up();
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.getByRole("region", { name: "Add a face" }).getByRole("combobox").fill("Dora");
      await page.keyboard.press("Enter");
      await toast("This is Dora.");
      await expect.poll(() => boxes().count(), SOON).toBe(before + 1);
      await page.getByRole("button", { name: "Dora", exact: true }).waitFor();
      const client = createClient({ url: open.server.url });
      const [photograph] = (await client.photographs({})).photographs.filter(({ paths }) => paths[0]?.includes("sample1"));
      const shown = await client.photograph({ photograph: photograph?.id as number });
      const drawn = shown.faces.find((face) => face.drawn);
      expect(drawn?.name).toBe("Dora");
      expect((drawn?.box.x as number) / shown.width).toBeCloseTo(0.02, 1);
      expect((drawn?.box.width as number) / shown.width).toBeCloseTo(0.1, 1);
      await page.getByRole("button", { name: "Undo" }).click();
      await toast("Undone: This is Dora.");
      await expect.poll(() => boxes().count(), SOON).toBe(before); // the box goes with the name
    },
    SLOW,
  );

  it(
    "draws a face by keyboard alone, without a name; Esc cancels",
    async () => {
      const before = await boxes().count();
      await page.locator("h1").click();
      await page.keyboard.press("d");
      await page.getByRole("button", { name: "Box around the face" }).waitFor();
      await page.keyboard.press("Escape");
      await expect.poll(() => page.getByRole("button", { name: "Box around the face" }).count(), SOON).toBe(0);
      await page.keyboard.press("d");
      const box = page.getByRole("button", { name: "Box around the face" });
      const placed = await box.boundingBox();
      for (let i = 0; i < 30; i++) await page.keyboard.press("ArrowUp");
      await page.keyboard.press("Shift+ArrowRight");
      const moved = await box.boundingBox();
      expect(moved?.y).toBeLessThan(placed?.y as number);
      expect(moved?.width).toBeGreaterThan(placed?.width as number);
      await page.getByRole("button", { name: "Add without a name" }).click();
      await toast("Face added.");
      await expect.poll(() => boxes().count(), SOON).toBe(before + 1);
      await page.getByRole("button", { name: "Undo" }).click();
      await toast("Undone: Face added.");
      await expect.poll(() => boxes().count(), SOON).toBe(before);
      await page.getByRole("button", { name: "Redo" }).click();
      await expect.poll(() => boxes().count(), SOON).toBe(before + 1);
    },
    SLOW,
  );

  it(
    "lists corrected faces whose photograph is missing",
    async () => {
      await open.go("#/unplaced");
      await page.getByText("No photos with corrections are missing.").waitFor();
      const client = createClient({ url: open.server.url });
      const [photograph] = (await client.photographs({})).photographs.filter(({ paths }) => paths[0]?.includes("sample2"));
      const faces = (await client.faces({ photograph: photograph?.id as number })).faces.map(({ id }) => id);
      await client.correct({ correction: { kind: "create", name: "Ada", faces: faces.slice(0, 1) } });
      await rename(join(folder, "album", "sample2.jpg"), join(folder, "elsewhere.jpg"));
      await take();
      await page.reload();
      await page.getByRole("list", { name: "Missing photos" }).getByRole("link", { name: "Ada" }).waitFor();
      await page.getByText(/^Missing: .*sample2\.jpg$/).waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
    },
    SLOW,
  );
});
