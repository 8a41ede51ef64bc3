/**
 * Simulated user of the page, by mouse and keyboard, whose actions are counted. Recognises only faces whose pictures are loaded and in
 * view.
 */
import type { Locator, Page, Request } from "playwright-core";

/** Person shown by a face of the gallery; undefined if unknown to the visitor. */
export type Recognise = (face: number) => Promise<string | undefined>;

/** A picture of a face in view. */
export type Seen = { readonly face: number; readonly who: string | undefined };

const SOON_MS = 60_000;

export class Visitor {
  readonly page: Page;
  readonly #recognise: Recognise;
  readonly #underWay = new Set<Request>();
  clicks = 0;
  /** A single key, or a text with its final Enter. */
  keystrokes = 0;

  constructor(page: Page, recognise: Recognise) {
    this.page = page;
    this.#recognise = recognise;
    page.on("request", (request) => this.#underWay.add(request));
    for (const end of ["requestfinished", "requestfailed"] as const)
      page.on(end as "requestfinished", (request) => this.#underWay.delete(request));
  }

  /** Waits until the page has received and drawn its answers. */
  async settle(): Promise<void> {
    const drawn = "new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))";
    for (let calm = 0; calm < 2; calm = this.#underWay.size === 0 ? calm + 1 : 0) await this.page.evaluate(drawn);
  }

  get acts(): number {
    return this.clicks + this.keystrokes;
  }

  async click(target: Locator): Promise<void> {
    this.clicks++;
    await target.click();
  }

  /** Selects a card of a face: by its picture, or by the mark in its corner while nothing is selected. */
  async select(card: Locator): Promise<void> {
    this.clicks++;
    await card.hover();
    await card.getByRole("button").click();
  }

  async back(): Promise<void> {
    this.keystrokes++; // Alt+Left
    await this.page.goBack();
  }

  async press(key: string): Promise<void> {
    this.keystrokes++;
    await this.page.keyboard.press(key);
  }

  /** Types into the field that has the focus, and Enter. */
  async enter(text: string): Promise<void> {
    this.keystrokes++;
    await this.page.keyboard.type(text);
    await this.page.keyboard.press("Enter");
  }

  async choose(button: Locator, files: readonly string[]): Promise<void> {
    const [chooser] = await Promise.all([this.page.waitForEvent("filechooser"), this.click(button)]);
    this.keystrokes += 2; // Ctrl+A and Enter in the dialogue of the system
    await chooser.setFiles([...files]);
  }

  /** Faces shown in a part of the page, after scrolling it into view and loading its pictures. */
  async look(part: Locator): Promise<Seen[]> {
    await part.scrollIntoViewIfNeeded();
    const deadline = performance.now() + SOON_MS;
    for (;;) {
      const { faces, isReady } = await part.evaluate(picturesInSight);
      if (isReady) return Promise.all(faces.map(async (face) => ({ face, who: await this.#recognise(face) })));
      if (performance.now() > deadline) throw new Error("pictures in sight were not loaded");
      await this.page.waitForTimeout(20);
    }
  }
}

/** Runs in the page. */
function picturesInSight(part: unknown): { faces: number[]; isReady: boolean } {
  type Rectangle = { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number };
  type Picture = {
    readonly src: string;
    readonly complete: boolean;
    readonly naturalWidth: number;
    getBoundingClientRect(): Rectangle;
  };
  const { innerHeight, innerWidth } = globalThis as unknown as { innerHeight: number; innerWidth: number };
  const pictures = [...(part as { querySelectorAll(selector: string): Iterable<Picture> }).querySelectorAll("img")];
  const inSight = pictures.filter((picture) => {
    const { top, bottom, left, right } = picture.getBoundingClientRect();
    return bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
  });
  const faces = inSight.flatMap(({ src }) => /\/v1\/faces\/(\d+)\/thumbnail/.exec(src)?.slice(1).map(Number) ?? []);
  return { faces, isReady: inSight.every(({ complete, naturalWidth }) => complete && naturalWidth > 0) };
}
