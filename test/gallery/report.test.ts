/** `facenet report` from a gallery on disk to the page. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type * as z from "zod";
import { arcfaceTemplate } from "../../src/faces/alignment/arcface-template.ts";
import { borrowGallery } from "../../src/gallery/access/borrow-gallery.ts";
import { openGalleryStore } from "../../src/gallery/store/open-gallery-store.ts";
import { decodeImage } from "../../src/image/decode.ts";
import { encodeJpeg } from "../../src/image/encode.ts";
import { report } from "../../src/operations/report.ts";
import { temporaryFolder } from "../temporary-folder.ts";

let folder: string;
let gallery: string;
const landmarks = Object.fromEntries(
  ["leftEye", "rightEye", "nose", "leftMouth", "rightMouth"].map((name, i) => [
    name,
    { x: arcfaceTemplate[i]?.[0] ?? 0, y: arcfaceTemplate[i]?.[1] ?? 0 },
  ]),
) as never;
const quality = {
  sizePx: 80,
  sharpness: 40,
  yawDegrees: 0,
  pitchDegrees: 0,
  rollDegrees: 0,
  confidence: 1,
  acceptable: true,
  reasons: [],
};

/** White squares of given sides on black, as stand-ins for faces. */
async function photograph(name: string, boxes: readonly { x: number; y: number; side: number }[]): Promise<string> {
  const [width, height] = [1600, 1200];
  const data = new Uint8Array(width * height * 3);
  for (const { x, y, side } of boxes)
    for (let row = y; row < y + side; row++) data.fill(255, (row * width + x) * 3, (row * width + x + side) * 3);
  const path = join(folder, name);
  await writeFile(path, await encodeJpeg({ data, width, height }, { maxSide: 1600, quality: 90 }));
  return path;
}

const run = (options: Partial<z.input<typeof report.input>> = {}, signal = new AbortController().signal) =>
  report.run(report.input.parse({ gallery, output: join(folder, "page.html"), ...options }), {
    load: () => Promise.reject(new Error("a report needs no model")),
    borrowGallery,
    signal,
    onProgress: () => undefined,
  });

beforeAll(async () => {
  folder = await temporaryFolder("gallery-report");
  gallery = join(folder, "gallery.db");
  const store = await openGalleryStore(gallery);
  try {
    await store.adopt({ model: "a.b", detector: "c.d", dimensions: 4, codeScale: 0.01, preprocessing: "p" });
    const boxes = [
      { x: 100, y: 100, side: 400 },
      { x: 1000, y: 500, side: 300 },
    ];
    const faces: number[][] = [];
    for (const name of ["one.jpg", "two.jpg", "gone.jpg"]) {
      const path = await photograph(name, boxes);
      const recorded = await store.recordFile({
        path,
        bytes: 1,
        modifiedMs: 1,
        hash: name,
        width: 1600,
        height: 1200,
        takenAt: "2019-07-14T12:33:05",
        faces: boxes.map(({ x, y, side }) => ({
          box: { x, y, width: side, height: side },
          landmarks,
          quality,
          code: Int8Array.of(1, 2, 3, 4),
        })),
      });
      faces.push([...recorded.faces]);
    }
    await rm(join(folder, "gone.jpg"));
    await store.recordFailure({
      path: join(folder, "bad.jpg"),
      bytes: 0,
      modifiedMs: 1,
      code: "IMAGE_EMPTY",
      message: "is empty",
    });
    await store.correct({ kind: "create", name: "Anna", faces: faces.map(([face]) => face as number) });
    await store.correct({ kind: "create", name: null, faces: [faces[0]?.[1] as number] });
  } finally {
    await store.close();
  }
});

describe("facenet report", () => {
  it("crops faces from existing photographs", async () => {
    const result = await run();
    expect(result).toMatchObject({ people: 2, allPeople: 2, faces: 6, gone: 2, failures: 1 });
    const page = await readFile(result.file, "utf8");
    const pictures = [...page.matchAll(/src="data:image\/jpeg;base64,([^"]+)"/g)].map(([, data]) =>
      Buffer.from(data as string, "base64"),
    );
    expect(pictures).toHaveLength(4);
    for (const picture of pictures) {
      const { data, width, height } = await decodeImage(picture);
      expect([width, height]).toEqual([160, 160]);
      expect(data[(80 * 160 + 80) * 3]).toBeGreaterThan(230); // the face is in the middle
      expect(data[(4 * 160 + 4) * 3]).toBeLessThan(30);
    }
    expect(page).toContain("<h3>Anna</h3>");
    expect(page).toContain("bad.jpg: is empty");
    expect(page.match(/photograph missing</g)).toHaveLength(2);
  });

  it("respects its limits", async () => {
    const result = await run({ people: 1, facesPerPerson: 2, unassigned: 0 });
    expect(result).toMatchObject({ people: 1, faces: 2 });
    const page = await readFile(result.file, "utf8");
    expect(page).toContain("3 faces in 3 photographs, 2 shown");
    expect(page).toContain("1 of 2 people shown");
  });

  it("keeps the old page when interrupted", async () => {
    await writeFile(join(folder, "page.html"), "old");
    const controller = new AbortController();
    controller.abort(new Error("stopped"));
    await expect(run({}, controller.signal)).rejects.toThrow("stopped");
    expect(await readFile(join(folder, "page.html"), "utf8")).toBe("old");
  });

  it("reports an unwritable page", async () => {
    await expect(run({ output: join(folder, "none", "x.html") })).rejects.toMatchObject({ code: "OUTPUT_NOT_WRITABLE" });
  });
});
