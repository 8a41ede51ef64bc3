/** Whatever can be read of a damaged gallery is written, what could not is said, and the import works. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeAll, expect, it } from "vitest";
import { testFace, testFile, testIdentity } from "../../test/gallery/store-conformance.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { openGalleryStore } from "../gallery/store/open-gallery-store.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import { createContext } from "./context.ts";
import { galleryExport } from "./gallery-export.ts";
import { galleryImport } from "./gallery-import.ts";

const context = createContext({ signal: new AbortController().signal, onProgress: () => undefined });
const PHOTOGRAPHS = 120;
const FACES = 2 * PHOTOGRAPHS;
let folder: string;
let whole: Buffer;
beforeAll(async () => {
  folder = await temporaryFolder("salvage");
  const path = join(folder, "whole.db");
  const store = await openGalleryStore(path);
  await store.adopt(testIdentity);
  const faces: number[] = [];
  for (let i = 0; i < PHOTOGRAPHS; i++)
    faces.push(...(await store.recordFile(testFile(`${i}.jpg`, [testFace(i, 1, 2, 3), testFace(3, i, 1, 2)]))).faces);
  for (let i = 0; i < 10; i++)
    await store.correct({ kind: "create", name: `Person ${i}`, faces: faces.slice(20 * i, 20 * i + 20) });
  const links = faces.slice(1).map((b, i) => ({ a: faces[i] as number, b, kind: "must" as const }));
  await store.correct({ kind: "link", links });
  await store.correct({ kind: "reject", faces: faces.slice(220), person: 1 });
  await store.close();
  whole = await readFile(path);
});

let count = 0;
async function salvaged(bytes: Uint8Array) {
  const at = (name: string) => join(folder, `${count}-${name}`);
  count++;
  await writeFile(at("damaged.db"), bytes);
  const file = at("saved.jsonl");
  const input = galleryExport.input.parse({ file, gallery: at("damaged.db"), salvage: true });
  const written = await galleryExport.run(input, context);
  expect(Buffer.compare(await readFile(at("damaged.db")), bytes)).toBe(0);
  const { faces } = await galleryImport.run({ file, gallery: at("again.db") }, context);
  expect(faces).toBe(written.faces);
  for (const name of ["damaged.db", "saved.jsonl", "again.db"]) await rm(at(name), { force: true });
  return written;
}

it("saves all of a gallery that is sound", async () => {
  expect(await salvaged(whole)).toMatchObject({ photographs: PHOTOGRAPHS, faces: FACES, people: 10, lost: [] });
});

it("saves most of a gallery whose bytes were flipped at random", { timeout: 300_000 }, async () => {
  const random = seededRandom(3);
  let [saved, faces, told] = [0, 0, 0];
  const TIMES = 80;
  for (let time = 0; time < TIMES; time++) {
    const bytes = Buffer.from(whole);
    const start = Math.floor(random() * bytes.length);
    const length = 2 ** Math.floor(random() * 10);
    for (let i = start; i < Math.min(bytes.length, start + length); i++) bytes[i] = Math.floor(random() * 256);
    try {
      const written = await salvaged(bytes);
      saved++;
      faces += written.faces;
      if (written.faces < FACES) expect(written.lost.length).toBeGreaterThan(0);
      if (written.lost.length > 0) told++;
    } catch (error) {
      expect(error).toMatchObject({ code: "GALLERY_DAMAGED" }); // the page with the tables themselves
    }
  }
  expect(saved / TIMES).toBeGreaterThan(0.9);
  expect(faces / saved / FACES).toBeGreaterThan(0.95);
  expect(told).toBeGreaterThan(TIMES / 10);
});

it("keeps the faces of photographs whose records are lost, with their names", async () => {
  const path = join(folder, "lost.db");
  await writeFile(path, whole);
  const database = new DatabaseSync(path);
  database.exec("PRAGMA foreign_keys = OFF; DELETE FROM photograph WHERE id <= 5");
  database.close();
  const { photographs, faces, people, lost } = await salvaged(await readFile(path));
  expect([photographs, faces, people]).toEqual([PHOTOGRAPHS, FACES, 10]);
  expect(lost).toContainEqual(expect.stringMatching(/^5 photographs could not be read: their 10 faces are kept/));
});

it.each([0.8, 0.9])("saves what is left of a gallery that was cut off at %f of its length", async (part) => {
  const { faces, lost } = await salvaged(whole.subarray(0, Math.floor(whole.length * part)));
  expect(faces).toBeGreaterThan(FACES * (part - 0.5));
  expect(lost.length).toBeGreaterThan(0);
});

it("says so where nothing can be read", async () => {
  await expect(salvaged(Buffer.alloc(10_000, 7))).rejects.toMatchObject({ code: "GALLERY_DAMAGED" });
});
