import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { testFace, testFile, testIdentity } from "../../../test/gallery/store-conformance.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import type { EmbeddingManifest } from "../../schemas/model-manifest.ts";
import type { GalleryStore } from "../store/gallery-store.ts";
import { openGalleryStore } from "../store/open-gallery-store.ts";
import { carryOver } from "./carry-over.ts";

const model = {
  thresholds: [
    { far: 1e-4, distance: 1 },
    { far: 1e-1, distance: 1.2 },
  ],
} as EmbeddingManifest;
const anna = testFace(100, 0, 0, 0);
const annaAgain = testFace(100, 4, 0, 0);
const ben = testFace(0, 100, 0, 0);

let folder: string;
let store: GalleryStore;
beforeEach(async () => {
  folder = await temporaryFolder("carry");
  store = await openGalleryStore(join(folder, "gallery.db"));
  await store.adopt(testIdentity);
  const { faces } = await store.recordFile(testFile("a.jpg", [anna], "old", "2019-07-14T12:33:05"));
  await store.correct({ kind: "create", name: "Anna", faces: [...faces] });
});
afterEach(async () => {
  await store.close();
});

const named = async () => {
  const faces = await Array.fromAsync(store.faces({ person: 1 }));
  return Promise.all(faces.map(async ({ photograph }) => (await store.photograph(photograph))?.paths[0]));
};

it("what was said of a face is carried over to the new look at its path", async () => {
  await store.recordFile(testFile("a.jpg", [annaAgain], "new"));
  expect(await carryOver(store, model)).toEqual({ placed: 1 });
  expect([await named(), await store.unplaced()]).toEqual([["/photos/a.jpg"], []]);
  expect((await store.undo())?.correction).toMatchObject({ kind: "create", name: "Anna" }); // the face has kept its number
  expect(await named()).toEqual([]);
});

it("another person at the same place of the same path gets nothing of it, and it is found again when the photograph is back", async () => {
  await store.recordFile(testFile("a.jpg", [ben], "ben"));
  expect(await carryOver(store, model)).toEqual({ placed: 0 });
  expect(await store.unplaced()).toMatchObject([{ name: "Anna", replaced: true }]);
  expect(await Array.fromAsync(store.faces({ person: null }))).toHaveLength(1);
  await store.recordFile(testFile("back.jpg", [annaAgain], "back", "2019-07-14T12:33:05"));
  expect(await carryOver(store, model)).toEqual({ placed: 1 });
  expect([await named(), await store.unplaced()]).toEqual([["/photos/back.jpg"], []]);
});

it("a photograph of another time is not the same, and nothing moves while the file is there", async () => {
  await store.recordFile(testFile("b.jpg", [annaAgain], "b"));
  expect(await carryOver(store, model)).toEqual({ placed: 0 });
  await store.forgetPhotograph(2);
  await store.markMissing(["/photos/a.jpg"]);
  await store.recordFile(testFile("c.jpg", [annaAgain], "c", "2020-01-01T00:00:00"));
  expect(await carryOver(store, model)).toEqual({ placed: 0 });
  expect(await named()).toEqual(["/photos/a.jpg"]);
});
