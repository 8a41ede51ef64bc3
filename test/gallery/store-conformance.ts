/** Conformance tests of gallery stores, run by each store's own test file. */
import { beforeEach, describe, expect, it } from "vitest";
import type { GalleryStore } from "../../src/gallery/store/gallery-store.ts";
import type { Correction, GalleryIdentity } from "../../src/schemas/gallery.ts";
import { describeJournal } from "./journal-conformance.ts";
import { describeKnownFiles } from "./known-files-conformance.ts";
import { describeListing } from "./listing-conformance.ts";
import { describeMigration } from "./migration-conformance.ts";
import { testFace, testFile, unsaid } from "./test-files.ts";

export const testIdentity: GalleryIdentity = {
  model: "net.one",
  detector: "finder.one",
  dimensions: 4,
  codeScale: 0.01,
  preprocessing: "p1",
};

export { testFace, testFile };

/** A person as returned by a gallery, with a name and no other corrections. */
const nothingSaid = { hidden: false, cover: null };

/** @param open opens an empty store, closed by the caller's own hooks; opened twice, it is the same gallery */
export function describeGalleryStore(name: string, open: () => Promise<GalleryStore>): void {
  describe(name, () => {
    let store: GalleryStore;
    beforeEach(async () => {
      store = await open();
    });
    const faces = async (filter?: Parameters<GalleryStore["faces"]>[0]) => Array.fromAsync(store.faces(filter));
    const ids = async (filter?: Parameters<GalleryStore["faces"]>[0]) => (await faces(filter)).map(({ id }) => id);

    it("is stamped once, and rejects another model or preprocessing", async () => {
      expect(await store.identity()).toBeUndefined();
      await store.adopt(testIdentity);
      await store.adopt(testIdentity);
      expect(await store.identity()).toEqual(testIdentity);
      const mismatch = { code: "GALLERY_MODEL_MISMATCH" };
      await expect(store.adopt({ ...testIdentity, model: "net.two" })).rejects.toMatchObject(mismatch);
      await expect(store.adopt({ ...testIdentity, preprocessing: "p2" })).rejects.toMatchObject(mismatch);
    });

    it("stores a photograph and its faces unchanged", async () => {
      const file = testFile("a.jpg", [testFace(1, -2, 127, -127), testFace(0, 0, 1, 0)]);
      const { photograph, added, faces: made } = await store.recordFile(file);
      expect(added).toBe(true);
      const kept = await faces({ photograph });
      expect(kept.map(({ id }) => id)).toEqual(made);
      expect(kept[0]).toEqual({ ...file.faces[0], ...unsaid, id: made[0], photograph });
      expect(kept[0]?.code).toBeInstanceOf(Int8Array);
      expect(await store.photograph(photograph)).toEqual({
        id: photograph,
        hash: file.hash,
        width: 640,
        height: 480,
        takenAt: null,
        paths: [file.path],
        gone: false,
      });
      expect(await store.knownFile(file.path)).toEqual({
        path: file.path,
        bytes: 1000,
        modifiedMs: file.modifiedMs,
        hash: file.hash,
        photograph,
        error: null,
        missing: false,
        floor: { minFaceSize: 40, minConfidence: 0.65 },
      });
    });

    it("counts identical content once, at any path", async () => {
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

    it("remembers unreadable files until they can be read", async () => {
      const { path, bytes, modifiedMs } = testFile("bad.jpg", []);
      await store.recordFailure({ path, bytes, modifiedMs, code: "IMAGE_CORRUPT", message: "cut short" });
      expect(await store.knownFile(path)).toMatchObject({
        photograph: null,
        error: { code: "IMAGE_CORRUPT", message: "cut short" },
      });
      await store.recordFile(testFile("bad.jpg", []));
      expect(await store.knownFile(path)).toMatchObject({ error: null });
    });

    it("marks missing files, and removes the mark when they return", async () => {
      await store.recordFile(testFile("a.jpg", []));
      await store.markMissing(["/photos/a.jpg"]);
      expect(await store.knownFile("/photos/a.jpg")).toMatchObject({ missing: true });
      await store.recordFile(testFile("a.jpg", []));
      expect(await store.knownFile("/photos/a.jpg")).toMatchObject({ missing: false });
    });

    describeKnownFiles(() => store);

    const some = async (name: string, count = 2): Promise<number[]> => {
      const codes = [testFace(1, 0, 0, 0), testFace(0, 1, 0, 0), testFace(0, 0, 1, 0), testFace(0, 0, 0, 1)];
      return [...(await store.recordFile(testFile(name, codes.slice(0, count)))).faces];
    };
    const create = async (name: string | null, made: number[] = []): Promise<number> =>
      (await store.correct({ kind: "create", name, faces: made })).person as number;
    const owners = async () => (await faces()).map(({ person, assignedBy }) => [person, assignedBy]);

    it("accepts no faces of a model from which it has migrated", async () => {
      await store.adopt(testIdentity);
      const file = testFile("a.jpg", [testFace(1, 0, 0, 0)]);
      const late = store.recordFile({ ...file, identity: { ...testIdentity, model: "net.old" } });
      await expect(late).rejects.toMatchObject({ code: "GALLERY_MODEL_MISMATCH" });
      expect(await store.statistics()).toMatchObject({ photographs: 0, faces: 0 });
      await store.recordFile({ ...file, identity: testIdentity });
      expect(await store.statistics()).toMatchObject({ photographs: 1, faces: 1 });
    });

    it("stores the whole vector if given", async () => {
      const vector = Float32Array.of(0.1, -0.2, 1 / 3, 4);
      const { faces: made } = await store.recordFile(testFile("a.jpg", [{ ...testFace(1, 2, 3, 4), vector }]));
      expect((await store.face(made[0] as number))?.vector).toEqual(vector);
    });

    it("names people, each name once", async () => {
      const ada = await create("Ada");
      const other = await create(null);
      const taken = { code: "PERSON_NAME_TAKEN" };
      await expect(store.correct({ kind: "create", name: "Ada", faces: [] })).rejects.toMatchObject(taken);
      await expect(store.correct({ kind: "name", person: other, name: "Ada" })).rejects.toMatchObject(taken);
      await expect(store.correct({ kind: "name", person: 9999, name: "Bob" })).rejects.toMatchObject({
        code: "PERSON_NOT_FOUND",
      });
      await store.correct({ kind: "name", person: ada, name: "Ada" });
      expect(await store.personByName("Ada")).toEqual({ ...nothingSaid, id: ada, name: "Ada", faces: 0, photographs: 0 });
      expect(await store.person(other)).toEqual({ ...nothingSaid, id: other, name: null, faces: 0, photographs: 0 });
      expect(await store.person(9999)).toBeUndefined();
    });

    describeListing(() => store);

    describeJournal(() => store);

    it("never lets clustering move an assigned face, or assign a rejected one", async () => {
      const [one, two, three] = (await some("a.jpg", 3)) as [number, number, number];
      const ada = await create("Ada", [one]);
      const bob = await create("Bob");
      await store.correct({ kind: "reject", person: bob, faces: [three] });
      await store.regroup([{ faces: [one, two, three], person: bob }]);
      expect(await owners()).toEqual([
        [ada, "user"],
        [bob, "cluster"],
        [null, null],
      ]);
      await store.regroup([{ faces: [two, three], person: "new" }]);
      expect((await owners()).slice(1).map(([, by]) => by)).toEqual(["cluster", "cluster"]);
      await store.regroup([{ faces: [two, three], person: 9999 }]); // gone meanwhile
      await store.correct({ kind: "assign", faces: [one, two, three], person: null });
      expect(await ids({ person: null })).toEqual([one, two, three]);
    });

    it("removes people left without name and faces after clustering", async () => {
      const made = await some("a.jpg");
      await store.regroup([{ faces: made, person: "new" }]);
      const [first] = await store.people();
      await store.regroup([{ faces: made, person: "new" }]);
      const after = await store.people();
      expect(after).toHaveLength(1);
      expect(after[0]?.id).not.toBe(first?.id);
    });

    it("merges people with all their corrections", async () => {
      const made = await some("a.jpg", 3);
      const ada = await create("Ada", made.slice(0, 1));
      await store.regroup([{ faces: made.slice(1, 2), person: "new" }]);
      const double = (await store.people()).find(({ name }) => name === null)?.id as number;
      await store.correct({ kind: "reject", person: double, faces: made.slice(2) });
      await store.correct({ kind: "merge", into: ada, from: double });
      expect(await ids({ person: ada })).toEqual(made.slice(0, 2));
      expect(await store.rejections()).toEqual([{ face: made[2], person: ada }]);
      expect((await store.people()).map(({ id, faces: count }) => [id, count])).toEqual([[ada, 2]]);
    });

    it("keeps the name of either of two merged people", async () => {
      const [ada, nameless] = [await create("Ada"), await create(null)];
      expect(await store.names()).toEqual(
        new Map([
          [ada, "Ada"],
          [nameless, null],
        ]),
      );
      await store.correct({ kind: "merge", into: nameless, from: ada });
      expect(await store.people()).toEqual([{ ...nothingSaid, id: nameless, name: "Ada", faces: 0, photographs: 0 }]);
    });

    it("removes a rejected face from its person permanently, and leaves it free for others", async () => {
      const made = await some("a.jpg", 1);
      const ada = await create("Ada", made);
      await store.correct({ kind: "reject", person: ada, faces: made });
      expect(await store.face(made[0] as number)).toMatchObject({ person: null, assignedBy: null });
      expect(await store.rejections()).toEqual([{ face: made[0], person: ada }]);
      await store.correct({ kind: "assign", person: ada, faces: made }); // the last word counts
      expect(await store.rejections()).toEqual([]);
    });

    it("splits a person into two who are known to be different", async () => {
      const made = await some("a.jpg", 3);
      const ada = await create("Ada", made);
      const { person: other } = await store.correct({ kind: "split", person: ada, faces: made.slice(1) });
      expect(await ids({ person: ada })).toEqual(made.slice(0, 1));
      expect(await ids({ person: other })).toEqual(made.slice(1));
      expect(await store.rejections()).toEqual(made.slice(1).map((face) => ({ face, person: ada })));
      const again = store.correct({ kind: "split", person: ada, faces: made.slice(1) });
      await expect(again).rejects.toMatchObject({ code: "FACE_UNKNOWN" });
    });

    it("stores links, of which the last one counts", async () => {
      const [a, b] = (await some("a.jpg")) as [number, number];
      await store.correct({ kind: "link", links: [{ a: b, b: a, kind: "must" }] });
      await store.correct({ kind: "link", links: [{ a, b, kind: "cannot" }] });
      expect(await store.links()).toEqual([{ a, b, kind: "cannot" }]);
      await store.undo();
      expect(await store.links()).toEqual([{ a, b, kind: "must" }]);
      await store.undo();
      expect(await store.links()).toEqual([]);
    });

    it("undoes all corrections, the last first", async () => {
      const made = await some("a.jpg", 4);
      await store.regroup([
        { faces: made.slice(0, 2), person: "new" },
        { faces: made.slice(2, 3), person: "new" },
      ]);
      const [one, two] = (await store.people()).map(({ id }) => id) as [number, number];
      const state = async () => ({ people: await store.people(), owners: await owners(), rejections: await store.rejections() });
      const corrections: Correction[] = [
        { kind: "name", person: one, name: "Ada" },
        { kind: "reject", person: one, faces: made.slice(3) },
        { kind: "assign", person: one, faces: made.slice(3) },
        { kind: "assign", person: null, faces: made.slice(0, 1) },
        { kind: "split", person: one, faces: made.slice(1, 2) },
        { kind: "reject", person: two, faces: made.slice(0, 2) },
        { kind: "merge", into: two, from: one },
        { kind: "create", name: "Eve", faces: made },
      ];
      const states: unknown[] = [];
      for (const correction of corrections) {
        states.push(await state());
        await store.correct(correction);
      }
      expect((await store.corrections(2)).map(({ correction }) => correction)).toEqual(corrections.slice(-2).reverse());
      expect((await store.statistics()).corrections).toBe(1 + corrections.length);
      for (const correction of corrections.toReversed()) {
        expect((await store.undo())?.correction).toEqual(correction);
        expect(await state()).toEqual(states.pop());
      }
      expect((await store.undo())?.correction.kind).toBe("cluster");
      expect(await store.undo()).toBeUndefined();
    });

    it("can undo a merge after clustering has removed and added people", async () => {
      const made = await some("a.jpg", 3);
      await store.regroup([
        { faces: made.slice(0, 1), person: "new" },
        { faces: made.slice(1, 2), person: "new" },
      ]);
      const [one, two] = (await store.people()).map(({ id }) => id) as [number, number];
      await store.correct({ kind: "merge", into: one, from: two });
      await store.regroup([{ faces: made.slice(2), person: one }]);
      await store.undo();
      await store.undo();
      expect(await ids({ person: one })).toEqual([made[0]]);
      expect(await ids({ person: two })).toEqual([made[1]]);
    });

    it("rolls back a correction that fails halfway", async () => {
      const made = await some("a.jpg");
      const wrong = store.correct({ kind: "create", name: "Ada", faces: [...made, 9999] });
      await expect(wrong).rejects.toMatchObject({ code: "FACE_UNKNOWN", data: { face: 9999 } });
      expect(await store.people()).toEqual([]);
      expect(await store.corrections(1)).toEqual([]);
      const wrongLink = store.correct({ kind: "link", links: [{ a: made[0] as number, b: 9999, kind: "must" }] });
      await expect(wrongLink).rejects.toMatchObject({ code: "FACE_UNKNOWN" });
    });

    it("forgets a photograph and a person completely", async () => {
      const one = await store.recordFile(testFile("a.jpg", [testFace(1, 0, 0, 0)]));
      const two = await store.recordFile(testFile("b.jpg", [testFace(0, 1, 0, 0)]));
      const ada = await create("Ada", [...two.faces]);
      await store.forgetPhotograph(one.photograph);
      expect(await ids()).toEqual(two.faces);
      expect(await store.knownFile("/photos/a.jpg")).toBeUndefined();
      expect(await store.forgetPerson(ada)).toEqual({ faces: 1, corrections: 1 });
      expect(await store.statistics()).toMatchObject({ faces: 0, people: 0, photographs: 1, corrections: 0 });
      await expect(store.forgetPerson(ada)).rejects.toMatchObject({ code: "PERSON_NOT_FOUND" });
    });

    it("remembers a forgotten photograph by its hash, until it is recorded again", async () => {
      const { photograph } = await store.recordFile(testFile("a.jpg", [testFace(1, 0, 0, 0)], "h1"));
      const returning = await store.recordFile(testFile("b.jpg", [testFace(1, 0, 0, 0)], "h2"));
      await store.forgetPhotograph(photograph);
      await store.forgetPhotograph(returning.photograph, { mayReturn: true });
      expect([await store.isForgotten("h1"), await store.isForgotten("h2")]).toEqual([true, false]);
      await store.rememberForgotten(["h3", "h1"]);
      expect(await store.forgottenHashes()).toEqual(["h1", "h3"]);
      expect(await store.statistics()).toMatchObject({ forgottenPhotographs: 2 });
      await store.recordFile(testFile("a.jpg", [testFace(1, 0, 0, 0)], "h1"));
      await store.rememberForgotten(["h1"]);
      expect(await store.forgottenHashes()).toEqual(["h3"]);
    });

    it("finds faces by folder, date and quality", async () => {
      const face = testFace(0, 1, 0, 0);
      const poor = { ...face, quality: { ...face.quality, acceptable: false, reasons: ["blurred"] } };
      await store.recordFile(testFile("2019/a.jpg", [testFace(1, 0, 0, 0), poor], "a", "2019-07-14T12:33:05"));
      await store.recordFile(testFile("2019-old/b.jpg", [testFace(1, 0, 0, 0)], "b", "2019-12-31T23:59:59"));
      await store.recordFile(testFile("2020/c.jpg", [testFace(1, 0, 0, 0)], "c", "2020-01-01T00:00:00"));
      await store.recordFile(testFile("d.jpg", [testFace(1, 0, 0, 0)], "d"));
      const count = async (filter: Parameters<GalleryStore["faces"]>[0]) => (await ids(filter)).length;
      expect(await count({ folder: "/photos/2019" })).toBe(2);
      expect(await count({ folder: "/photos/" })).toBe(5);
      expect(await count({ takenFrom: "2019", takenTo: "2019" })).toBe(3);
      expect(await count({ takenTo: "2019-07-14" })).toBe(2);
      expect(await count({ takenFrom: "2019-07-15" })).toBe(2);
      expect(await count({ acceptable: false })).toBe(1);
      expect(await count({ acceptable: true, folder: "/photos/2019" })).toBe(1);
      const photographs = await Array.fromAsync(store.photographs());
      const dates = photographs.map(({ takenAt, paths }) => [takenAt, ...paths]);
      expect(dates).toContainEqual(["2020-01-01T00:00:00", "/photos/2020/c.jpg"]);
    });

    it("returns the codes of faces with the data for a search", async () => {
      expect(await Array.fromAsync(store.codes())).toEqual([]);
      await store.adopt(testIdentity);
      const { photograph, faces: made } = await store.recordFile(
        testFile("a.jpg", [testFace(1, -2, 127, -127), testFace(1, 0, 0, 0)]),
      );
      const ada = await create("Ada", made.slice(0, 1));
      const [portion] = await Array.fromAsync(store.codes());
      expect(portion).toEqual({
        ids: made,
        codes: Int8Array.of(1, -2, 127, -127, 1, 0, 0, 0),
        photographs: [photograph, photograph],
        people: [ada, null],
      });
      expect(await Array.fromAsync(store.owners())).toEqual([
        { ids: made, photographs: [photograph, photograph], people: [ada, null] },
      ]);
      await store.recordFile(testFile("short.jpg", [testFace(1, 2)]));
      await expect(Array.fromAsync(store.codes())).rejects.toMatchObject({ code: "GALLERY_DAMAGED" });
    });

    describeMigration(() => store, testIdentity);

    it("changes its revision with every change, also by another process", async () => {
      const other = await open();
      const before = await store.revision();
      expect(await store.revision()).toBe(before);
      await some("a.jpg");
      const own = await store.revision();
      expect(own).not.toBe(before);
      await other.correct({ kind: "create", name: "Ada", faces: [] });
      expect(await store.revision()).not.toBe(own);
    });

    it("isolates concurrent calls", async () => {
      const results = await Promise.allSettled([
        ...Array.from({ length: 20 }, (_, i) => store.recordFile(testFile(`${i}.jpg`, [testFace(1, 0, 0, 0)]))),
        store.correct({ kind: "create", name: "Ada", faces: [9999] }),
        store.statistics(),
      ]);
      expect(results.filter(({ status }) => status === "rejected")).toHaveLength(1);
      expect(await store.statistics()).toMatchObject({ photographs: 20, faces: 20, people: 0 });
    });

    it("reads more faces than one batch, in order, and is sound", async () => {
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
