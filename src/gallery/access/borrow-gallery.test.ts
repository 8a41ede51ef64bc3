import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { testFace, testFile, testIdentity } from "../../../test/gallery/store-conformance.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { CodeSearch } from "../../search/code-search.ts";
import { borrowGallery, inGallery } from "./borrow-gallery.ts";

let folder: string;
let gallery: string;
beforeEach(async () => {
  folder = await temporaryFolder("borrow");
  gallery = join(folder, "gallery.db");
});
afterEach(async () => {
  vi.restoreAllMocks();
});

it("giving back a gallery opened for one use closes it and its searches", async () => {
  const dispose = vi.spyOn(CodeSearch.prototype, "dispose");
  const lent = await borrowGallery(gallery, { create: true });
  const { store, search } = lent;
  await store.adopt(testIdentity);
  const { faces } = await store.recordFile(testFile("a.jpg", [testFace(1, 2, 3, 4)]));
  const [found] = await (await search("exact")).nearest([Int8Array.of(1, 2, 3, 4)], { k: 1 });
  expect(found).toMatchObject([{ id: faces[0], distance: 0 }]);
  await lent[Symbol.asyncDispose]();
  expect(dispose).toHaveBeenCalledTimes(1);
  await expect(store.identity()).rejects.toThrow();
});

it("the gallery is given back whether the work succeeds or fails", async () => {
  const giveBack = vi.fn(async () => undefined);
  const context = {
    borrowGallery: async (name: string | undefined) => ({
      ...(await borrowGallery(name, { create: true })),
      [Symbol.asyncDispose]: giveBack,
    }),
  };
  expect(await inGallery(context, gallery, (store) => store.people())).toEqual([]);
  await expect(inGallery(context, gallery, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(giveBack).toHaveBeenCalledTimes(2);
});

it("a missing gallery is an error that names similar ones, and nothing is created", async () => {
  const work = vi.fn();
  await inGallery({ borrowGallery }, join(folder, "family.db"), async () => undefined, { create: true });
  await writeFile(join(folder, "famly.db.txt"), "no database");
  const mistyped = inGallery({ borrowGallery }, join(folder, "famly.db"), work);
  await expect(mistyped).rejects.toMatchObject({
    code: "GALLERY_NOT_FOUND",
    message: expect.stringMatching(/famly\.db: does not exist\. Nearby: \S*family\.db\. .*facenet index/),
  });
  await expect(inGallery({ borrowGallery }, join(folder, "new", "g.db"), work)).rejects.toMatchObject({
    code: "GALLERY_NOT_FOUND",
  });
  expect(work).not.toHaveBeenCalled();
  expect((await readdir(folder)).sort()).toEqual(["family.db", "famly.db.txt"]);
});

it("an empty file and a database without tables are not galleries", async () => {
  await writeFile(gallery, "");
  await expect(borrowGallery(gallery)).rejects.toMatchObject({
    code: "GALLERY_NOT_READABLE",
    data: { reason: expect.stringMatching(/0 bytes/) },
  });
  expect((await stat(gallery)).size).toBe(0);
  const other = join(folder, "tables.db");
  const database = new DatabaseSync(other);
  database.exec("PRAGMA user_version = 1; PRAGMA user_version = 0");
  database.close();
  await expect(borrowGallery(other)).rejects.toMatchObject({
    code: "GALLERY_NOT_READABLE",
    data: { reason: expect.stringMatching(/without tables/) },
  });
});

it.skipIf(process.platform === "win32")("only the owner can access a new gallery", async () => {
  const lent = await borrowGallery(gallery, { create: true });
  const { store } = lent;
  await store.adopt(testIdentity);
  for (const file of await readdir(folder)) expect([file, (await stat(join(folder, file))).mode & 0o777]).toEqual([file, 0o600]);
  await lent[Symbol.asyncDispose]();
});
