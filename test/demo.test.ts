/** The demo from photographs to page, on the samples in a checkout. */
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type * as z from "zod";
import { FaceNet } from "../src/faces/facenet.ts";
import { borrowGallery } from "../src/gallery/access/borrow-gallery.ts";
import { demo } from "../src/operations/demo.ts";
import { temporaryFolder } from "./temporary-folder.ts";

let folder: string;
const loaded: FaceNet[] = [];
const context = {
  load: async (options: Parameters<typeof FaceNet.load>[0]) => {
    const facenet = await FaceNet.load(options);
    loaded.push(facenet);
    return facenet;
  },
  borrowGallery,
  signal: new AbortController().signal,
  onProgress: () => undefined,
};

const run = (input: z.input<typeof demo.input>) => demo.run(demo.input.parse(input), context);

beforeAll(async () => {
  folder = await temporaryFolder("demo");
});

afterAll(async () => {
  await Promise.all(loaded.map((facenet) => facenet.dispose()));
});

/** Defects of markup with quoted attributes: elements left open or closed out of order, a stray "<". */
function unbalanced(page: string): string[] {
  const empty = new Set(["!doctype", "meta", "img", "br"]);
  const open: string[] = [];
  const wrong: string[] = [];
  const element = /<(\/?)([!a-z][a-z0-9]*)(?:\s+[\w:-]+(?:="[^"<]*")?)*\s*\/?>/gi;
  if (page.replace(element, "").includes("<")) wrong.push("<");
  for (const [tag, slash, name = ""] of page.matchAll(element)) {
    if (slash) {
      if (open.pop() !== name) wrong.push(name);
    } else if (!empty.has(name) && !tag.endsWith("/>")) open.push(name);
  }
  return [...wrong, ...open];
}

describe("facenet demo", () => {
  let result: z.output<typeof demo.output>;
  let page: string;

  beforeAll(async () => {
    result = await run({ output: join(folder, "demo.html") });
    page = await readFile(result.file, "utf8");
  });

  it("finds the faces of the samples: 22 are visible, one of them in profile and one behind her hair", () => {
    expect(result.photographs).toBe(6);
    expect(result.failures).toEqual([]);
    expect(result.faces).toBeGreaterThanOrEqual(20);
    expect(result.faces).toBeLessThanOrEqual(22);
    expect(result.groups.flatMap(({ faces }) => faces)).toHaveLength(result.faces);
  });

  it("groups the two women who appear in two photographs each", async () => {
    const [facenet] = loaded;
    /** Face that contains a point, in pixels of the photograph, and its group. */
    const groupAt = async (photograph: string, x: number, y: number) => {
      const image = result.groups.flatMap(({ faces }) => faces).find((face) => basename(face.image) === photograph)
        ?.image as string;
      const found = await facenet?.detect(image);
      const index = found?.faces.findIndex(
        ({ box }) => x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height,
      );
      expect(index).toBeGreaterThanOrEqual(0);
      return result.groups.findIndex(({ faces }) => faces.some((face) => face.image === image && face.index === index));
    };
    const fairHair = await groupAt("sample1.jpg", 1580, 320);
    expect(await groupAt("sample3.jpg", 1170, 350)).toBe(fairHair);
    const darkHair = await groupAt("sample1.jpg", 930, 540);
    expect(await groupAt("sample4.jpg", 350, 320)).toBe(darkHair);
    expect(darkHair).not.toBe(fairHair);
    // fair curls: a different woman, though both wear much make-up
    expect(await groupAt("sample3.jpg", 690, 460)).not.toBe(darkHair);
  });

  it("never groups two faces of the same photograph, nor strangers into a crowd", () => {
    for (const { size, faces } of result.groups) expect(new Set(faces.map(({ image }) => image)).size).toBe(size);
    expect(result.groups.filter(({ size }) => size > 1).length).toBeLessThanOrEqual(4);
    expect(result.groups[0]?.size).toBe(2);
  });

  it("writes a well-formed page that loads nothing from outside", () => {
    expect(unbalanced(page)).toEqual([]);
    expect(page).not.toMatch(/https?:|<script|<link|@import|url\(/i);
    expect(page).toContain("default-src 'none'; img-src data:;");
    for (const [, source] of page.matchAll(/(?:src|href)="([^"]{0,20})/g))
      expect(source).toMatch(/^(data:image\/jpeg|#portrait-\d+$)/);
    for (const [image] of page.matchAll(/<img [^>]*>/g)) expect(image).toMatch(/ alt="/);
  });

  it("names photographs by file name, without their folder", () => {
    expect(page).toContain("sample1.jpg");
    expect(page).not.toContain("node_modules");
  });

  it("accepts other photographs, lists failed ones, and reports an unwritable page", async () => {
    const sample = result.groups[0]?.faces[0]?.image as string;
    const own = await run({ images: [sample, sample, "no<such>.jpg"], output: join(folder, "own.html") });
    expect([own.photographs, own.failures.map(({ code }) => code)]).toEqual([1, ["IMAGE_NOT_FOUND"]]);
    expect(await readFile(own.file, "utf8")).toContain("no&#60;such&#62;.jpg: no such file");
    await expect(run({ images: [sample], output: join(folder, "none", "x.html") })).rejects.toMatchObject({
      code: "OUTPUT_NOT_WRITABLE",
    });
  });
});
