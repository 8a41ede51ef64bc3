/** What every gallery store must do, as tests: run by each store's own test file. */
import { beforeEach, describe, expect, it } from "vitest";
import type { GalleryStore, ReadFile } from "../../src/gallery/gallery-store.ts";
import type { GalleryIdentity, NewFace } from "../../src/schemas/gallery.ts";

export const testIdentity: GalleryIdentity = {
  model: "net.one",
  detector: "finder.one",
  dimensions: 4,
  codeScale: 0.01,
  preprocessing: "p1",
};

const point = { x: 1, y: 2 };
const quality = {
  sizePx: 100,
  sharpness: 50,
  yawDegrees: 0,
  pitchDegrees: 0,
  rollDegrees: 0,
  confidence: 0.99,
  acceptable: true,
  reasons: [],
};

export function testFace(...code: number[]): NewFace {
  const landmarks = { leftEye: point, rightEye: point, nose: point, leftMouth: point, rightMouth: point };
  return { box: { x: 0.5, y: 1, width: 20, height: 30 }, landmarks, quality, code: Int8Array.from(code) };
}

export function testFile(name: string, faces: readonly NewFace[], hash = `hash of ${name}`): ReadFile {
  return { path: `/photos/${name}`, bytes: 1000, modifiedMs: 1_700_000_000_123.5, hash, width: 640, height: 480, faces };
}

/** @param open opens an empty store, closed by the caller's own hooks */
export function describeGalleryStore(name: string, open: () => Promise<GalleryStore>): void {
  describe(name, () => {
    let store: GalleryStore;
    beforeEach(async () => {
      store = await open();
    });
    const faces = async (filter?: Parameters<GalleryStore["faces"]>[0]) => Array.fromAsync(store.faces(filter));
    const ids = async (filter?: Parameters<GalleryStore["faces"]>[0]) => (await faces(filter)).map(({ id }) => id);

    it("is stamped once, and refuses another model or another preprocessing", async () => {
      expect(await store.identity()).toBeUndefined();
      await store.adopt(testIdentity);
      await store.adopt(testIdentity);
      expect(await store.identity()).toEqual(testIdentity);
      const mismatch = { code: "GALLERY_MODEL_MISMATCH" };
      await expect(store.adopt({ ...testIdentity, model: "net.two" })).rejects.toMatchObject(mismatch);
      await expect(store.adopt({ ...testIdentity, preprocessing: "p2" })).rejects.toMatchObject(mismatch);
    });

    it("keeps a photograph and its faces as they were given", async () => {
      const file = testFile("a.jpg", [testFace(1, -2, 127, -127), testFace(0, 0, 1, 0)]);
      const { photograph, added, faces: made } = await store.recordFile(file);
      expect(added).toBe(true);
      const kept = await faces({ photograph });
      expect(kept.map(({ id }) => id)).toEqual(made);
      expect(kept[0]).toEqual({ ...file.faces[0], id: made[0], photograph, person: null, assignedBy: null });
      expect(kept[0]?.code).toBeInstanceOf(Int8Array);
      expect(await store.photograph(photograph)).toEqual({
        id: photograph,
        hash: file.hash,
        width: 640,
        height: 480,
        paths: [file.path],
      });
      expect(await store.knownFile(file.path)).toEqual({
        path: file.path,
        bytes: 1000,
        modifiedMs: file.modifiedMs,
        photograph,
        error: null,
        missing: false,
      });
    });

    it("counts one content once, wherever it lies", async () => {
      const first = await store.recordFile(testFile("a.jpg", [testFace(1, 0, 0, 0)], "same"));
      const second = await store.recordFile(testFile("copy.jpg", [testFace(1, 0, 0, 0)], "same"));
      expect(second).toEqual({ ...first, added: false });
      expect((await store.photographByHash("same"))?.paths).toEqual(["/photos/a.jpg", "/photos/copy.jpg"]);
      expect(await store.statistics()).toMatchObject({ photographs: 1, files: 2, faces: 1 });
    });

    it("replaces a path's photograph when its content changes", async () => {
      await store.recordFile(testFile("a.jpg", [testFace(1, 0, 0, 0)], "old"));
      await store.recordFile(testFile("a.jpg", [testFace(0, 1, 0, 0), testFace(0, 0, 1, 0)], "new"));
      expect(await store.photographByHash("old")).toBeUndefined();
      expect(await store.statistics()).toMatchObject({ photographs: 1, files: 1, faces: 2 });
    });

    it("remembers files that could not be read, until they can", async () => {
      const { path, bytes, modifiedMs } = testFile("bad.jpg", []);
      await store.recordFailure({ path, bytes, modifiedMs, code: "IMAGE_CORRUPT", message: "cut short" });
      expect(await store.knownFile(path)).toMatchObject({
        photograph: null,
        error: { code: "IMAGE_CORRUPT", message: "cut short" },
      });
      await store.recordFile(testFile("bad.jpg", []));
      expect(await store.knownFile(path)).toMatchObject({ error: null });
    });

    it("marks missing files and forgets the mark when they are back", async () => {
      await store.recordFile(testFile("a.jpg", []));
      await store.markMissing(["/photos/a.jpg"]);
      expect(await store.knownFile("/photos/a.jpg")).toMatchObject({ missing: true });
      await store.recordFile(testFile("a.jpg", []));
      expect(await store.knownFile("/photos/a.jpg")).toMatchObject({ missing: false });
      expect(await store.knownPaths("/photos/")).toEqual(["/photos/a.jpg"]);
      expect(await store.knownPaths("/elsewhere/")).toEqual([]);
    });

    it("names people, each name once", async () => {
      const ada = await store.createPerson("Ada");
      const other = await store.createPerson(null);
      await expect(store.createPerson("Ada")).rejects.toMatchObject({ code: "PERSON_NAME_TAKEN" });
      await expect(store.renamePerson(other, "Ada")).rejects.toMatchObject({ code: "PERSON_NAME_TAKEN" });
      await expect(store.renamePerson(9999, "Bob")).rejects.toMatchObject({ code: "PERSON_NOT_FOUND" });
      await store.renamePerson(ada, "Ada");
      expect(await store.personByName("Ada")).toEqual({ id: ada, name: "Ada", faces: 0, photographs: 0 });
      expect(await store.dropEmptyPeople()).toBe(1);
    });

    it("never lets clustering move a face that the user has assigned", async () => {
      const { faces: made } = await store.recordFile(testFile("a.jpg", [testFace(1, 0, 0, 0), testFace(0, 1, 0, 0)]));
      const [ada, bob] = [await store.createPerson("Ada"), await store.createPerson("Bob")];
      await store.assign(made.slice(0, 1), ada, "user");
      await store.assign(made, bob, "cluster");
      expect((await faces()).map(({ person, assignedBy }) => [person, assignedBy])).toEqual([
        [ada, "user"],
        [bob, "cluster"],
      ]);
      await store.assign(made, null, "user");
      expect(await ids({ person: null })).toEqual(made);
    });

    it("merges people with all that was said of them", async () => {
      const { faces: made } = await store.recordFile(
        testFile("a.jpg", [testFace(1, 0, 0, 0), testFace(0, 1, 0, 0), testFace(0, 0, 1, 0)]),
      );
      const [ada, double] = [await store.createPerson("Ada"), await store.createPerson(null)];
      await store.assign(made.slice(0, 1), ada, "user");
      await store.assign(made.slice(1, 2), double, "cluster");
      await store.reject(made[2] as number, double);
      await store.mergePeople(ada, double);
      expect(await ids({ person: ada })).toEqual(made.slice(0, 2));
      expect(await store.rejections()).toEqual([{ face: made[2], person: ada }]);
      expect((await store.people()).map(({ id, faces: count }) => [id, count])).toEqual([[ada, 2]]);
    });

    it("takes a rejected face from its person, for good", async () => {
      const { faces: made } = await store.recordFile(testFile("a.jpg", [testFace(1, 0, 0, 0)]));
      const ada = await store.createPerson("Ada");
      await store.assign(made, ada, "cluster");
      await store.reject(made[0] as number, ada);
      expect(await store.face(made[0] as number)).toMatchObject({ person: null });
      expect(await store.rejections()).toEqual([{ face: made[0], person: ada }]);
    });

    it("keeps links, the last word counting", async () => {
      const { faces: made } = await store.recordFile(testFile("a.jpg", [testFace(1, 0, 0, 0), testFace(0, 1, 0, 0)]));
      const [a, b] = made as [number, number];
      await store.addLinks([{ a: b, b: a, kind: "must" }]);
      await store.addLinks([{ a, b, kind: "cannot" }]);
      expect(await store.links()).toEqual([{ a, b, kind: "cannot" }]);
    });

    it("forgets a photograph and a person whole", async () => {
      const one = await store.recordFile(testFile("a.jpg", [testFace(1, 0, 0, 0)]));
      const two = await store.recordFile(testFile("b.jpg", [testFace(0, 1, 0, 0)]));
      const ada = await store.createPerson("Ada");
      await store.assign(two.faces, ada, "user");
      await store.forgetPhotograph(one.photograph);
      expect(await ids()).toEqual(two.faces);
      expect(await store.knownFile("/photos/a.jpg")).toBeUndefined();
      expect(await store.forgetPerson(ada)).toBe(1);
      expect(await store.statistics()).toMatchObject({ faces: 0, people: 0, photographs: 1 });
      await expect(store.forgetPerson(ada)).rejects.toMatchObject({ code: "PERSON_NOT_FOUND" });
    });

    it("reads more faces than fit one portion, in order, and is sound", async () => {
      await store.adopt(testIdentity);
      for (let i = 0; i < 50; i++) {
        await store.recordFile(
          testFile(
            `${i}.jpg`,
            Array.from({ length: 100 }, (_, k) => testFace(i, k % 100, 1, 1)),
          ),
        );
      }
      const all = await ids();
      expect(all).toHaveLength(5000);
      expect(all).toEqual([...all].sort((a, b) => a - b));
      expect(await ids({ ids: all.slice(10, 13) })).toEqual(all.slice(10, 13));
      expect(await store.check()).toEqual([]);
      await store.recordFile(testFile("short.jpg", [testFace(1, 2)]));
      expect(await store.check()).toHaveLength(1);
    });
  });
}
