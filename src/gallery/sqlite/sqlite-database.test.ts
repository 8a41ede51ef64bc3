import { readFileSync } from "node:fs";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeGalleryStore, testFace, testFile, testIdentity } from "../../../test/gallery/store-conformance.ts";
import type { NewFace } from "../../schemas/gallery.ts";
import type { GalleryStore } from "../gallery-store.ts";
import { createSqlStore } from "../sql/sql-store.ts";
import { openSqliteDatabase } from "./sqlite-database.ts";

let folder: string;
let opened: GalleryStore[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "facenet-gallery-"));
});
afterEach(async () => {
  for (const store of opened) await store.close();
  opened = [];
  await rm(folder, { recursive: true, force: true });
});
function open(name = "gallery.db"): GalleryStore {
  const store = createSqlStore(openSqliteDatabase(join(folder, name)));
  opened.push(store);
  return store;
}

describeGalleryStore("a gallery in SQLite", async () => open());

describe("the file", () => {
  it("keeps everything when it is opened again, by two at a time", async () => {
    const [one, two] = [open(), open()];
    await one.recordFile(testFile("a.jpg", [testFace(1, 2, 3, 4)]));
    await two.recordFile(testFile("b.jpg", [testFace(4, 3, 2, 1)]));
    expect(await Array.fromAsync(one.faces())).toHaveLength(2);
    expect(await open().statistics()).toMatchObject({ photographs: 2, faces: 2 });
  });

  it("holds no trace of a forgotten face, not even in a free page or the log", async () => {
    const store = open();
    const code = [101, 57, -99, 44, 11, -88, 77, -66, 55, 44, 33, -22];
    const { photograph } = await store.recordFile(testFile("secret-holiday.jpg", [testFace(...code)]));
    const bytes = Buffer.from(Int8Array.from(code).buffer);
    const everything = async () =>
      Buffer.concat(await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name)))));
    expect((await everything()).includes(bytes)).toBe(true);
    await store.forgetPhotograph(photograph);
    expect((await everything()).includes(bytes)).toBe(false);
    expect((await everything()).includes("secret-holiday")).toBe(false);
  });

  it("names the file and the way out when it is no gallery, damaged, too new, or in no folder", async () => {
    await writeFile(
      join(folder, "text.db"),
      "this is a letter, not a database, and it is long enough to have a header".repeat(20),
    );
    expect(() => open("text.db")).toThrowError(
      expect.objectContaining({ code: "GALLERY_NOT_READABLE", message: expect.stringContaining("text.db") }),
    );
    expect(() => open("no/such/folder.db")).toThrowError(expect.objectContaining({ code: "GALLERY_NOT_READABLE" }));
    const newer = new DatabaseSync(join(folder, "newer.db"));
    newer.exec("PRAGMA user_version = 99");
    newer.close();
    expect(() => open("newer.db")).toThrowError(
      expect.objectContaining({ code: "GALLERY_TOO_NEW", data: expect.objectContaining({ actual: 99 }) }),
    );
  });

  it("says so when it may only be read", async (context) => {
    context.skip(process.getuid?.() === 0, "running as root, who may write every file");
    await open().adopt(testIdentity);
    for (const store of opened.splice(0)) await store.close();
    await chmod(join(folder, "gallery.db"), 0o444);
    await chmod(folder, 0o555);
    try {
      const store = open();
      await expect(store.correct({ kind: "create", name: "Ada", faces: [] })).rejects.toMatchObject({
        code: "GALLERY_NOT_WRITABLE",
      });
    } finally {
      await chmod(folder, 0o755);
    }
  });

  it("keeps nothing of a call that fails halfway", async () => {
    const store = open();
    const bad = { ...testFace(1, 2, 3, 4), box: undefined as unknown as NewFace["box"] };
    await expect(store.recordFile(testFile("a.jpg", [testFace(1, 2, 3, 4), bad]))).rejects.toMatchObject({
      code: "GALLERY_NOT_WRITABLE",
    });
    expect(await store.statistics()).toMatchObject({ photographs: 0, files: 0, faces: 0 });
    expect(readFileSync(join(folder, "gallery.db")).length).toBeGreaterThan(0);
  });
});
