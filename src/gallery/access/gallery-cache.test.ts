import { rename } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { testFace, testFile, testIdentity } from "../../../test/gallery/store-conformance.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import type { GalleryStore } from "../store/gallery-store.ts";
import { GalleryCache } from "./gallery-cache.ts";
import { openGallery } from "./open-gallery.ts";

let folder: string;
let gallery: string;
let opened: { store: GalleryStore; close: ReturnType<typeof vi.spyOn> }[];
let galleries: GalleryCache;
beforeEach(async () => {
  folder = await temporaryFolder("galleries");
  gallery = join(folder, "gallery.db");
  opened = [];
  galleries = new GalleryCache(async (name) => {
    const store = await openGallery(name, { create: true });
    opened.push({ store, close: vi.spyOn(store, "close") });
    return store;
  });
});
afterEach(async () => {
  await galleries.close();
});

async function fill(path: string, name: string): Promise<void> {
  const store = await openGallery(path, { create: true });
  await store.adopt(testIdentity);
  const { faces } = await store.recordFile(testFile("a.jpg", [testFace(1, 2, 3, 4)]));
  await store.correct({ kind: "create", name, faces: [...faces] });
  await store.close();
}

async function names(): Promise<(string | null)[]> {
  const lent = await galleries.borrow(gallery);
  const { store } = lent;
  const all = await store.names();
  await lent[Symbol.asyncDispose]();
  return [...all.values()];
}

it("a gallery is opened once for all borrowers, and stays open between uses", async () => {
  await fill(gallery, "Anna");
  const many = await Promise.all(Array.from({ length: 10 }, () => galleries.borrow(gallery)));
  for (const { search } of many) {
    const [found] = await (await search("auto")).nearest([Int8Array.of(1, 2, 3, 4)], { k: 1 });
    expect(found).toMatchObject([{ person: 1, distance: 0 }]);
  }
  await Promise.all(many.map((lent) => lent[Symbol.asyncDispose]()));
  expect(await names()).toEqual(["Anna"]);
  expect(opened).toHaveLength(1);
  expect(opened[0]?.close).not.toHaveBeenCalled();
});

it("a borrower sees what another process has changed before", async () => {
  await fill(gallery, "Anna");
  await names();
  const other = await openGallery(gallery, { create: true });
  await other.correct({ kind: "name", person: 1, name: "Anne" });
  await other.close();
  expect(await names()).toEqual(["Anne"]);
});

it("closing waits for all borrowers, then closes all galleries", async () => {
  await fill(gallery, "Anna");
  const [first, second] = [await galleries.borrow(gallery), await galleries.borrow(join(folder, "other.db"))];
  let closed = false;
  const closing = galleries.close().then(() => {
    closed = true;
  });
  await second[Symbol.asyncDispose]();
  const [found] = await (await first.search("exact")).nearest([Int8Array.of(1, 2, 3, 4)], { k: 1 });
  expect(found).toHaveLength(1);
  expect([closed, opened[1]?.close.mock.calls.length]).toEqual([false, 1]);
  await first[Symbol.asyncDispose]();
  await closing;
  expect(opened.map(({ close }) => close.mock.calls.length)).toEqual([1, 1]);
});

it("a file that replaces the gallery is opened, and the old one closed once it is given back", async () => {
  await fill(gallery, "Anna");
  await fill(join(folder, "restored.db"), "Ben");
  const old = await galleries.borrow(gallery);
  await rename(join(folder, "restored.db"), gallery);
  expect(await names()).toEqual(["Ben"]);
  expect(opened[0]?.close).not.toHaveBeenCalled();
  expect([...(await old.store.names()).values()]).toEqual(["Anna"]);
  await old[Symbol.asyncDispose]();
  expect(opened[0]?.close).toHaveBeenCalledTimes(1);
});

it("opening a gallery is retried after a failure", async () => {
  await expect(galleries.borrow(folder)).rejects.toMatchObject({ code: "GALLERY_NOT_READABLE" });
  expect(await names()).toEqual([]);
});
