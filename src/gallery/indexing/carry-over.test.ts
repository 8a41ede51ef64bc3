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

it("corrections are carried over to the new version at the photograph's path", async () => {
  await store.recordFile(testFile("a.jpg", [annaAgain], "new"));
  expect(await carryOver(store, model)).toBe(1);
  expect([await named(), await store.unplaced()]).toEqual([["/photos/a.jpg"], []]);
  expect((await store.undo())?.correction).toMatchObject({ kind: "create", name: "Anna" }); // same face number
  expect(await named()).toEqual([]);
});

it("another person at the same position and path does not inherit corrections, which return with the photograph", async () => {
  await store.recordFile(testFile("a.jpg", [ben], "ben"));
  expect(await carryOver(store, model)).toBe(0);
  expect(await store.unplaced()).toMatchObject([{ name: "Anna", replaced: true }]);
  expect(await Array.fromAsync(store.faces({ person: null }))).toHaveLength(1);
  await store.recordFile(testFile("back.jpg", [annaAgain], "back", "2019-07-14T12:33:05"));
  expect(await carryOver(store, model)).toBe(1);
  expect([await named(), await store.unplaced()]).toEqual([["/photos/back.jpg"], []]);
});

it("a photograph with another date is not the same, and nothing moves while the file exists", async () => {
  await store.recordFile(testFile("b.jpg", [annaAgain], "b"));
  expect(await carryOver(store, model)).toBe(0);
  await store.forgetPhotograph(2);
  await store.markMissing(["/photos/a.jpg"]);
  await store.recordFile(testFile("c.jpg", [annaAgain], "c", "2020-01-01T00:00:00"));
  expect(await carryOver(store, model)).toBe(0);
  expect(await named()).toEqual(["/photos/a.jpg"]);
});

it("of two shots that match a new version, the nearer one takes precedence", async () => {
  const sibling = testFace(100, 30, 0, 0);
  const { faces } = await store.recordFile(testFile("b.jpg", [sibling], "sibling"));
  await store.correct({ kind: "ignore", faces: [...faces], as: "stranger" });
  await store.forgetPhotograph(1);
  const { faces: last } = await store.recordFile(testFile("c.jpg", [anna], "nearer"));
  await store.correct({ kind: "create", name: "Ada", faces: [...last] });
  await store.markMissing(["/photos/b.jpg", "/photos/c.jpg"]);
  await store.recordFile(testFile("d.jpg", [annaAgain], "new"));
  expect(await carryOver(store, model)).toBe(1);
  expect((await Array.fromAsync(store.faces())).map(({ id, ignored }) => [id, ignored])).toContainEqual([last[0], false]);
  expect(await store.unplaced()).toMatchObject([{ face: faces[0] }]);
});

it("faces without corrections help to place a face drawn by hand", async () => {
  const { photograph } = await store.recordFile(testFile("b.jpg", [ben], "b"));
  const box = { x: 400, y: 100, width: 40, height: 50 };
  const { face } = await store.addDrawnFace(photograph, { ...testFace(0, 0, 0, 0), box, embedded: false }, { name: "Carl" });
  await store.recordFile(testFile("b.jpg", [testFace(0, 100, 4, 0)], "new"));
  expect(await carryOver(store, model)).toBe(1);
  expect(await store.unplaced()).toEqual([]);
  expect(await store.face(face)).toMatchObject({ drawn: true, box });
  expect((await store.photograph((await store.face(face))?.photograph ?? 0))?.hash).toBe("new");
});
