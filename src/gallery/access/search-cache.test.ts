import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { testFace, testFile, testIdentity } from "../../../test/gallery/store-conformance.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { CodeSearch } from "../../search/code-search.ts";
import type { GalleryStore } from "../store/gallery-store.ts";
import { openGalleryStore } from "../store/open-gallery-store.ts";
import { openFaceSearch } from "./face-search.ts";
import { SearchCache } from "./search-cache.ts";

let folder: string;
/** The store that the kept search reads, and another connection to the same gallery. */
let store: GalleryStore;
let other: GalleryStore;
let kept: SearchCache;
beforeEach(async () => {
  folder = await temporaryFolder("kept");
  store = await openGalleryStore(join(folder, "gallery.db"));
  other = await openGalleryStore(join(folder, "gallery.db"));
  await store.adopt(testIdentity);
  kept = new SearchCache(store);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await kept.close();
  await Promise.all([store.close(), other.close()]);
});

const probe = Int8Array.of(10, 20, 30, 40);

async function nearest(k = 1000) {
  const search = await kept.open("exact");
  const [found = []] = await search.nearest([probe], { k });
  await search.close();
  return found;
}

it("reads the codes once for any number of concurrent and successive look-ups", async () => {
  const { faces } = await store.recordFile(testFile("a.jpg", [testFace(...probe)]));
  const read = vi.spyOn(store, "codes");
  const found = await Promise.all(Array.from({ length: 20 }, () => nearest()));
  for (const one of found) expect(one.map(({ id }) => id)).toEqual(faces);
  await nearest();
  expect(read).toHaveBeenCalledTimes(1);
});

it("sees what another connection corrected, added and forgot before the look-up, and reads only codes of new faces", async () => {
  const { photograph, faces } = await other.recordFile(testFile("a.jpg", [testFace(...probe)]));
  expect(await nearest()).toMatchObject([{ id: faces[0], person: null, photograph }]);
  const read = vi.spyOn(store, "codes");
  const { person } = await other.correct({ kind: "create", name: "Anna", faces: [...faces] });
  expect(await nearest()).toMatchObject([{ id: faces[0], person }]);
  expect(read).not.toHaveBeenCalled();
  const added = await other.recordFile(testFile("b.jpg", [testFace(40, 30, 20, 10)]));
  expect((await nearest()).map(({ id }) => id)).toEqual([...faces, ...added.faces]);
  expect(read.mock.calls).toEqual([[{ ids: added.faces }]]);
  await other.forgetPhotograph(photograph);
  expect((await nearest()).map(({ id }) => id)).toEqual(added.faces);
});

it("a look-up started after a change sees it, even while an earlier one is still reading", async () => {
  await other.recordFile(testFile("a.jpg", [testFace(...probe)]));
  const { promise: reading, resolve: onRead } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const codes = store.codes.bind(store);
  vi.spyOn(store, "codes").mockImplementationOnce(async function* () {
    const portions = await Array.fromAsync(codes());
    onRead();
    await released;
    yield* portions;
  });
  const before = nearest();
  await reading;
  await other.recordFile(testFile("b.jpg", [testFace(...probe)]));
  const after = nearest();
  release();
  expect(await after).toHaveLength(2);
  expect((await before).length).toBeGreaterThan(0);
});

it("finds the same as a newly opened search after any sequence of changes", { timeout: 60_000 }, async () => {
  let files = 0;
  const change = fc.oneof(
    fc.array(fc.array(fc.integer({ min: 1, max: 127 }), { minLength: 4, maxLength: 4 }), { maxLength: 3 }).map(
      (codes) => () =>
        other.recordFile(
          testFile(
            `${files++}.jpg`,
            codes.map((code) => testFace(...code)),
          ),
        ),
    ),
    fc.nat().map((n) => async () => {
      const all = await Array.fromAsync(other.faces());
      const face = all[n % Math.max(1, all.length)];
      if (face)
        await (n % 2 === 0
          ? other.forgetPhotograph(face.photograph)
          : other.correct({ kind: "create", name: null, faces: [face.id] }));
    }),
    fc.constant(() => other.undo()),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 6 }), async (changes) => {
      for (const make of changes) await make();
      const fresh = await openFaceSearch(store, "exact");
      const [expected] = await fresh.nearest([probe], { k: 1000 });
      await fresh.close();
      expect(await nearest()).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});

it("reads all codes again after the gallery has migrated to another model, and frees the old codes once no search uses them", async () => {
  await store.recordFile(testFile("a.jpg", [testFace(...probe)]));
  const dispose = vi.spyOn(CodeSearch.prototype, "dispose");
  const old = await kept.open("exact");
  await other.startMigration({ ...testIdentity, model: "net.two", dimensions: 2, preprocessing: "p2" });
  await other.recordMigrated({ photograph: 1, faces: [{ id: 1, code: Int8Array.of(3, 4) }], found: [] });
  await other.finishMigration();
  const search = await kept.open("exact");
  expect((await search.nearest([Int8Array.of(3, 4)], { k: 1 }))[0]).toMatchObject([{ id: 1, distance: 0 }]);
  expect((await old.nearest([probe], { k: 1 }))[0]).toMatchObject([{ id: 1, distance: 0 }]);
  await search.close();
  expect(dispose).not.toHaveBeenCalled();
  await Promise.all([old.close(), old.close()]);
  expect(dispose).toHaveBeenCalledTimes(1);
});

it("does not keep a failure", async () => {
  await store.recordFile(testFile("a.jpg", [testFace(...probe)]));
  vi.spyOn(store, "identity").mockRejectedValueOnce(new Error("the database was away"));
  await expect(nearest()).rejects.toThrow("away");
  expect(await nearest()).toHaveLength(1);
  await other.recordFile(testFile("b.jpg", [testFace(...probe)]));
  vi.spyOn(store, "owners").mockImplementationOnce(() => {
    throw new Error("again");
  });
  await expect(nearest()).rejects.toThrow("again");
  expect(await nearest()).toHaveLength(2);
});
