/** Conformance tests of gallery stores for files that are added, moved and removed. */
import { expect, it } from "vitest";
import type { GalleryStore } from "../../src/gallery/store/gallery-store.ts";
import { testFace, testFile } from "./test-files.ts";

export function describeKnownFiles(opened: () => GalleryStore): void {
  it("lists known paths in order, without missing ones", async () => {
    const store = opened();
    for (const name of ["b/2.jpg", "a.jpg", "b.jpg", "b/1.jpg", "gone.jpg"]) await store.recordFile(testFile(name, []));
    await store.markMissing(["/photos/gone.jpg"]);
    const all = ["/photos/a.jpg", "/photos/b.jpg", "/photos/b/1.jpg", "/photos/b/2.jpg"];
    expect(await Array.fromAsync(store.knownPaths())).toEqual(all);
    expect(await Array.fromAsync(store.knownPaths("/photos"))).toEqual(all);
    expect(await Array.fromAsync(store.knownPaths("/photos/b/"))).toEqual(all.slice(2));
    expect(await Array.fromAsync(store.knownPaths("/elsewhere"))).toEqual([]);
  });

  it("recognises a moved photograph, whether the old path is missed before or after the new one is found", async () => {
    const store = opened();
    const { photograph } = await store.recordFile(testFile("a.jpg", [testFace(1, 2, 3, 4)], "h"));
    const paths = async () => (await store.photograph(photograph))?.paths;
    await store.recordFile(testFile("b.jpg", [], "h"));
    await store.markMissing(["/photos/a.jpg"]);
    expect(await paths()).toEqual(["/photos/b.jpg"]);
    await store.markMissing(["/photos/b.jpg"]);
    expect(await paths()).toEqual(["/photos/b.jpg"]); // where it was last
    await store.recordFile(testFile("c.jpg", [], "h"));
    expect(await paths()).toEqual(["/photos/c.jpg"]);
    expect(await store.statistics()).toMatchObject({ files: 1, missingFiles: 0, photographs: 1, faces: 1 });
  });

  it("recognises a photograph by its pixels if only the metadata of its file has changed", async () => {
    const store = opened();
    const before = { ...testFile("a.jpg", [testFace(1, 2, 3, 4)], "h1"), pixels: "p" };
    const { photograph, faces } = await store.recordFile(before);
    const rated = { ...before, hash: "h2", faces: [] };
    expect(await store.recordFile(rated)).toEqual({ photograph, added: false, known: true, faces });
    expect(await store.recordFile({ ...rated, path: "/photos/b.jpg" })).toMatchObject({ photograph, added: false, known: false });
    expect((await store.photographByHash("h2"))?.paths).toEqual(["/photos/a.jpg", "/photos/b.jpg"]);
    expect((await store.photographByPixels("p"))?.id).toBe(photograph);
    await store.forgetPhotograph(photograph);
    expect([await store.isForgotten("h1"), await store.isForgotten("h2"), await store.isForgotten("p")]).toEqual([
      true,
      true,
      true,
    ]);
    expect(await store.statistics()).toMatchObject({ photographs: 0, forgottenPhotographs: 2 });
  });

  it("keeps a replaced photograph with corrections as missing", async () => {
    const store = opened();
    const { photograph, faces } = await store.recordFile(testFile("a.jpg", [testFace(1, 2, 3, 4), testFace(4, 3, 2, 1)], "old"));
    const { person } = await store.correct({ kind: "create", name: "Ada", faces: faces.slice(0, 1) });
    const {
      photograph: now,
      faces: [onto],
    } = await store.recordFile(testFile("a.jpg", [testFace(1, 2, 3, 5)], "new"));
    expect(await store.photograph(photograph)).toMatchObject({ gone: true, paths: ["/photos/a.jpg"] });
    const stated = new Set([faces[0]]);
    const gone = { photograph, replacedBy: now, sought: 0, stated, faces: [{ id: faces[0] }, { id: faces[1] }] };
    expect(await store.goneLooks()).toMatchObject([gone]);
    const unplaced = { face: faces[0], photograph, path: "/photos/a.jpg", replaced: true, person, name: "Ada" };
    expect(await store.unplaced()).toEqual([unplaced]);
    const { box, landmarks } = testFace(1);
    const placements = [{ face: faces[0] as number, onto: onto as number, box, landmarks }];
    expect(await store.moveFaces({ from: photograph, to: now, placements })).toBe(1);
    expect(await store.moveFaces({ from: photograph, to: now, placements })).toBe(0); // another process would be too late
    const kept = await Array.fromAsync(store.faces());
    expect(kept).toMatchObject([{ id: faces[0], photograph: now, person, assignedBy: "user", code: Int8Array.of(1, 2, 3, 5) }]);
    expect(await store.photograph(photograph)).toBeUndefined();
    expect([await store.unplaced(), await store.goneLooks()]).toEqual([[], []]);
  });

  it("carries over no correction that contradicts another one", async () => {
    const store = opened();
    const old = await store.recordFile(testFile("a.jpg", [testFace(1, 2, 3, 4)], "old"));
    await store.correct({ kind: "create", name: "Ada", faces: [...old.faces] });
    const now = await store.recordFile(testFile("a.jpg", [testFace(1, 2, 3, 4)], "new"));
    await store.correct({ kind: "create", name: "Bob", faces: [...now.faces] });
    const { box, landmarks } = testFace(1);
    const placements = [{ face: old.faces[0] as number, onto: now.faces[0] as number, box, landmarks }];
    expect(await store.moveFaces({ from: old.photograph, to: now.photograph, placements })).toBe(0);
    expect((await store.unplaced()).map(({ name }) => name)).toEqual(["Ada"]);
  });

  it("lets corrections of a new version override clustering of the old one", async () => {
    const store = opened();
    const old = await store.recordFile(testFile("a.jpg", [testFace(1, 0, 0, 0)]));
    const now = await store.recordFile(testFile("b.jpg", [testFace(1, 0, 0, 0)]));
    const [gone, there] = [old.faces[0] as number, now.faces[0] as number];
    const { person } = await store.correct({ kind: "create", name: "Ada", faces: [there] });
    await store.regroup([{ faces: [gone], person }]);
    await store.markMissing(["/photos/a.jpg"]);
    const { box, landmarks } = testFace();
    const placements = [{ face: gone, onto: there, box, landmarks }];
    expect(await store.moveFaces({ from: old.photograph, to: now.photograph, placements })).toBe(1);
    expect(await store.face(there)).toMatchObject({ person, assignedBy: "user", photograph: now.photograph });
    expect(await store.face(gone)).toBeUndefined();
  });

  it("keeps drawn faces through clustering, a lower minimum size and a move of the photograph", async () => {
    const store = opened();
    const identity = { model: "net.one", detector: "finder.one", dimensions: 4, codeScale: 0.01, preprocessing: "p1" };
    await store.adopt(identity);
    const { photograph } = await store.recordFile(testFile("a.jpg", [testFace(1, 0, 0, 0)]));
    const drawn = { ...testFace(0, 0, 0, 0), drawn: true, embedded: false };
    const { face: seen } = await store.addDrawnFace(photograph, { ...testFace(0, 1, 0, 0), drawn: true });
    const { face: unseen } = await store.addDrawnFace(photograph, drawn);
    const { person } = await store.correct({ kind: "enroll", name: "Ada", faces: [unseen, seen] });
    expect(await store.face(unseen)).toMatchObject({
      drawn: true,
      embedded: false,
      code: null,
      person,
      assignedBy: "user",
      box: drawn.box,
    });
    expect(await store.face(seen)).toMatchObject({ drawn: true, embedded: true });
    const compared = (await Array.fromAsync(store.codes())).flatMap(({ ids }) => [...ids]);
    expect(compared).toContain(seen);
    expect(compared).not.toContain(unseen);
    expect((await Array.fromAsync(store.faces({ embedded: false }))).map(({ id }) => id)).toEqual([unseen]);
    await store.regroup([{ faces: [unseen, seen], person: null }]);
    await store.lookAgain({ photograph, floor: { minFaceSize: 9000, minConfidence: 1 }, identity });
    expect((await Array.fromAsync(store.faces({ person }))).map(({ id }) => id)).toEqual([seen, unseen]);
    await store.relocate({ from: "/photos", to: "/album", there: ["/album/a.jpg"] });
    expect((await store.photograph(photograph))?.paths).toEqual(["/album/a.jpg"]);
    await expect(store.addDrawnFace(99_999, drawn)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("moves the paths of a folder, and back", async () => {
    const store = opened();
    for (const name of ["old/a.jpg", "old/é 📷/b.jpg", "old 2/c.jpg", "new/a.jpg"]) await store.recordFile(testFile(name, []));
    await store.recordFile(testFile("old/twin.jpg", [], "hash of new/a.jpg"));
    await store.recordFile(testFile("new/twin.jpg", [], "hash of new/a.jpg"));
    await store.markMissing(["/photos/old/é 📷/b.jpg"]);
    const there = ["/photos/new/é 📷/b.jpg"];
    const moved = await store.relocate({ from: "/photos/old", to: "/photos/new/", there });
    expect(moved).toEqual({ files: 1, conflicts: ["/photos/old/a.jpg"] });
    const paths = async () => (await Array.fromAsync(store.knownFiles("/photos"))).map(({ path }) => path.slice(8));
    expect(await paths()).toEqual(["new/a.jpg", "new/twin.jpg", "new/é 📷/b.jpg", "old 2/c.jpg", "old/a.jpg"]);
    expect(await store.knownFile("/photos/new/é 📷/b.jpg")).toMatchObject({ missing: false });
    expect(await store.relocate({ from: "/photos/new/é 📷", to: "/elsewhere", there: [] })).toEqual({ files: 1, conflicts: [] });
    expect(await store.knownFile("/elsewhere/b.jpg")).toBeDefined();
  });

  it("prunes missing photographs, and no others", async () => {
    const store = opened();
    const [one, two] = [
      await store.recordFile(testFile("a.jpg", [testFace(1)])),
      await store.recordFile(testFile("b.jpg", [testFace(2)])),
    ];
    await store.correct({ kind: "create", name: "Ada", faces: [...one.faces] });
    await store.markMissing(["/photos/a.jpg"]);
    const pruned = await store.prune([one.photograph, two.photograph, 9999]);
    expect(pruned).toEqual({ photographs: 1, faces: 1, corrections: 0 }); // that there is an Ada was said, too
    expect((await Array.fromAsync(store.photographs())).map(({ id }) => id)).toEqual([two.photograph]);
    expect(await store.isForgotten(testFile("a.jpg", []).hash)).toBe(false);
  });

  it("keeps nothing of an unreadable file that is gone", async () => {
    const store = opened();
    const { path, bytes, modifiedMs } = testFile("bad.jpg", []);
    await store.recordFailure({ path, bytes, modifiedMs, code: "IMAGE_CORRUPT", message: "cut short" });
    await store.markMissing([path]);
    expect(await store.knownFile(path)).toBeUndefined();
  });
}
