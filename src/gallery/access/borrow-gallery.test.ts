import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { testFace, testFile, testIdentity } from "../../../test/gallery/store-conformance.ts";
import { CodeIndex } from "../../search/code-index.ts";
import { borrowGallery, inGallery, inKnownGallery } from "./borrow-gallery.ts";

let folder: string;
let gallery: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "facenet-borrow-"));
  gallery = join(folder, "gallery.db");
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

it("a gallery opened for one use is closed when it is given back, and the searches in it are freed", async () => {
  const dispose = vi.spyOn(CodeIndex.prototype, "dispose");
  const { store, search, giveBack } = await borrowGallery(gallery);
  await store.adopt(testIdentity);
  const { faces } = await store.recordFile(testFile("a.jpg", [testFace(1, 2, 3, 4)]));
  const [found] = await (await search("exact")).nearest([Int8Array.of(1, 2, 3, 4)], { k: 1 });
  expect(found).toMatchObject([{ id: faces[0], distance: 0 }]);
  await giveBack();
  expect(dispose).toHaveBeenCalledTimes(1);
  await expect(store.identity()).rejects.toThrow();
});

it("what works in a gallery gives it back, whether it succeeds or fails", async () => {
  const giveBack = vi.fn(async () => undefined);
  const context = { borrowGallery: async (name: string | undefined) => ({ ...(await borrowGallery(name)), giveBack }) };
  expect(await inGallery(context, gallery, (store) => store.people())).toEqual([]);
  await expect(inGallery(context, gallery, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(giveBack).toHaveBeenCalledTimes(2);
});

it("what makes no sense in a new gallery makes none", async () => {
  const work = vi.fn();
  await expect(inKnownGallery({ borrowGallery }, gallery, work)).rejects.toMatchObject({ code: "GALLERY_NOT_FOUND" });
  expect(work).not.toHaveBeenCalled();
  await expect(stat(gallery)).rejects.toMatchObject({ code: "ENOENT" });
  await inGallery({ borrowGallery }, gallery, async () => undefined);
  expect(await inKnownGallery({ borrowGallery }, gallery, (store) => store.people())).toEqual([]);
});
