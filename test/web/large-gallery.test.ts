/** Thousands of people on the page: only cards in view exist. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLargeGallery, type LargeGallery } from "../gallery/large-gallery.ts";
import { createFolder, type OpenPage, obstacle, openPage } from "./open-page.ts";

const FACES = 10_000;
/** Cards at a time: rows in view and a few around them. */
const CARDS = 150;

describe.skipIf(obstacle !== undefined)(`a large gallery on the page (else skipped: ${obstacle})`, () => {
  let made: LargeGallery;
  let open: OpenPage;
  beforeAll(async () => {
    const folder = await createFolder();
    made = await createLargeGallery(folder, FACES);
    open = await openPage(folder);
  }, 180_000);
  afterAll(() => open?.close());

  const items = (list: string) => open.page.getByRole("list", { name: list }).getByRole("listitem");
  const toTheEnd = () => open.page.evaluate("scrollTo(0, document.documentElement.scrollHeight)");
  const shown = () =>
    open.page.evaluate<number>("[...document.images].filter((image) => image.complete && image.naturalWidth > 0).length");

  it("renders only the people in view, down to the last person", async () => {
    await open.go("#/people");
    await expect.poll(shown, { timeout: 30_000 }).toBeGreaterThan(5);
    expect(await items("Who is this?").count()).toBeLessThan(CARDS);
    await toTheEnd();
    await open.page.getByText("1 photo", { exact: true }).last().waitFor();
    expect(await items("Who is this?").last().getAttribute("aria-posinset")).toBe(String(made.people));
    expect(await items("Who is this?").count()).toBeLessThan(CARDS);
    await expect.poll(shown, { timeout: 30_000 }).toBeGreaterThan(5);
  }, 90_000);

  it("does the same for a person with a thousand faces", async () => {
    await open.go("#/people/1");
    const faces = open.page.getByRole("link", { name: /^Face \d+$/ });
    await faces.first().waitFor();
    await toTheEnd();
    await expect.poll(() => items("Faces").last().getAttribute("aria-posinset"), { timeout: 30_000 }).toBe(String(made.most));
    await expect.poll(shown, { timeout: 30_000 }).toBeGreaterThan(5);
    expect(await items("Faces").count()).toBeLessThan(CARDS);
  }, 90_000);

  it("finds a person among all of them", async () => {
    await open.go("#/people");
    await open.page.getByRole("searchbox", { name: "Search people" }).fill(String(made.people));
    await expect.poll(() => items("Who is this?").count(), { timeout: 30_000 }).toBe(1);
    await open.page.getByRole("link", { name: `Person ${made.people}, 1 photo` }).waitFor();
  }, 90_000);
});
