/** Photographs that are gone are removed on purpose only, and never because a disk is not there. */
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testFace, testFile } from "../../test/gallery/store-conformance.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import type { GalleryStore } from "../gallery/store/gallery-store.ts";
import { openGalleryStore } from "../gallery/store/open-gallery-store.ts";
import { createContext } from "./context.ts";
import { galleryPrune } from "./gallery-prune.ts";
import { galleryRelocate } from "./gallery-relocate.ts";
import { galleryUnplaced } from "./gallery-unplaced.ts";

const context = createContext({ signal: new AbortController().signal, onProgress: () => undefined });
let folder: string;
let gallery: string;
let store: GalleryStore;
const at = (...names: string[]) => join(folder, ...names);

/** Faces by the name of the file. */
let faceIn: Map<string, number>;
beforeEach(async () => {
  folder = await temporaryFolder("prune");
  gallery = at("gallery.db");
  store = await openGalleryStore(gallery);
  faceIn = new Map();
  for (const name of ["2019/a.jpg", "2019/b.jpg", "2020/c.jpg"]) await add(name);
});
afterEach(async () => {
  await store.close();
});

async function add(name: string, path = at("photos", name)): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, name);
  const { size: bytes } = await stat(path);
  const { faces } = await store.recordFile({ ...testFile(name, [testFace(1, 2, 3, 4)], `hash of ${name}`), path, bytes });
  faceIn.set(name, faces[0] as number);
}
async function remove(...names: string[]): Promise<void> {
  for (const name of names) await rm(at("photos", name), { recursive: true });
  const gone: string[] = [];
  for await (const path of store.knownPaths()) if (!(await stat(path).catch(() => undefined))) gone.push(path);
  await store.markMissing(gone);
}
const prune = (more: object = {}) => galleryPrune.run(galleryPrune.input.parse({ gallery, ...more }), context);
const relocate = (from: string, to: string, more: object = {}) =>
  galleryRelocate.run(galleryRelocate.input.parse({ gallery, from, to, ...more }), context);
const left = async () =>
  (await Array.fromAsync(store.photographs())).flatMap(({ paths }) => paths.map((path) => path.slice(at("photos").length + 1)));

describe("prune", () => {
  it("removes photographs of which others are left beside them, and whole folders beside which others are left", async () => {
    await store.correct({
      kind: "create",
      name: "Anna",
      faces: [faceIn.get("2019/a.jpg") as number, faceIn.get("2020/c.jpg") as number],
    });
    await remove("2019/a.jpg");
    const unplaced = await galleryUnplaced.run(galleryUnplaced.input.parse({ gallery }), context);
    expect(unplaced.faces).toMatchObject([{ name: "Anna", path: at("photos/2019/a.jpg"), replaced: false }]);
    expect(await prune({ dryRun: true })).toMatchObject({ photographs: 1, faces: 1, named: 1, refused: [] });
    expect(await left()).toHaveLength(3);
    expect(await prune()).toMatchObject({ photographs: 1, faces: 1, named: 1, refused: [], back: 0 });
    await remove("2019");
    expect(await prune()).toMatchObject({ photographs: 1, named: 0 });
    expect(await left()).toEqual(["2020/c.jpg"]);
    expect(await store.check()).toEqual([]);
    await add("2019/a.jpg"); // not forgotten: it is taken in again
    expect(await left()).toContain("2019/a.jpg");
    await store.undo();
    expect(await store.people()).toEqual([]); // what was said of the others is still in the journal
  });

  it.each([
    ["missing", async () => remove(".")],
    [
      "empty",
      async () => {
        await remove(".");
        await mkdir(at("photos"));
      },
    ],
    [
      "full of other things",
      async () => {
        await remove(".");
        await mkdir(at("photos"));
        await writeFile(at("photos", ".DS_Store"), "");
      },
    ],
  ])("refuses where the folder of photographs is %s", async (_, make) => {
    await make();
    const { photographs, refused } = await prune();
    expect([photographs, refused.reduce((sum, one) => sum + one.photographs, 0)]).toEqual([0, 3]);
    expect(await left()).toHaveLength(3);
  });

  it("refuses a folder that is empty, and removes what lay in others", async () => {
    await remove("2020/c.jpg", "2019/a.jpg");
    expect(await prune()).toMatchObject({ photographs: 1, refused: [{ folder: at("photos/2020"), photographs: 1 }] });
    expect((await left()).sort()).toEqual(["2019/b.jpg", "2020/c.jpg"]);
  });

  it("leaves a photograph that is back, and keeps to the folder that it is given", async () => {
    await remove("2019/a.jpg");
    await writeFile(at("photos/2019/a.jpg"), "2019/a.jpg");
    expect(await prune()).toMatchObject({ photographs: 0, back: 1 });
    await remove("2019/b.jpg");
    await rm(at("photos/2019/a.jpg"));
    expect(await prune({ folder: at("photos/2020") })).toMatchObject({ photographs: 0, back: 0, refused: [] });
  });
});

describe("relocate", () => {
  it("moves the paths of a folder, finds what was marked as gone, and back is where it was", async () => {
    const before = await Array.fromAsync(store.knownFiles(at("photos")));
    await rename(at("photos"), at("späte 📷 Fotos"));
    await store.markMissing([at("photos/2019/a.jpg"), at("photos/2020/c.jpg")]);
    expect(await relocate(at("photos"), at("späte 📷 Fotos"), { dryRun: true })).toMatchObject({ files: 3, found: 3 });
    expect(await Array.fromAsync(store.knownFiles(at("photos")))).toHaveLength(3);
    expect(await relocate(at("photos"), at("späte 📷 Fotos"))).toEqual({
      files: 3,
      found: 3,
      absent: 0,
      conflicts: [],
      dryRun: false,
    });
    expect(await store.knownFile(at("späte 📷 Fotos/2019/a.jpg"))).toMatchObject({ missing: false });
    expect((await store.photograph(1))?.gone).toBe(false);
    await rename(at("späte 📷 Fotos"), at("photos"));
    await relocate(at("späte 📷 Fotos"), at("photos"));
    expect(await Array.fromAsync(store.knownFiles(at("photos")))).toEqual(before);
  });

  it("takes a folder that was indexed at its new place already, and leaves paths where another photograph is", async () => {
    await rename(at("photos"), at("new"));
    await add("2019/a.jpg", at("new/2019/a.jpg"));
    await add("other", at("new/2020/c.jpg"));
    const { files, conflicts } = await relocate(at("photos"), at("new"));
    expect([files, conflicts]).toEqual([1, [at("photos/2020/c.jpg")]]);
    expect((await store.photographByHash("hash of 2019/a.jpg"))?.paths).toEqual([at("new/2019/a.jpg")]);
    expect((await store.photographByHash("hash of other"))?.paths).toEqual([at("new/2020/c.jpg")]);
  });

  it("changes nothing where the photographs are not there, or none are known", async () => {
    const invalid = { code: "OPTION_INVALID" };
    await expect(relocate(at("photos"), at("nowhere"))).rejects.toMatchObject(invalid);
    await expect(relocate(at("typo"), at("photos"))).rejects.toMatchObject(invalid);
    await expect(relocate(at("photos"), at("photos"))).rejects.toMatchObject(invalid);
    expect(await left()).toHaveLength(3);
  });
});
