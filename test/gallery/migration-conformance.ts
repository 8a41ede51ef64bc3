/** Conformance tests of gallery stores for migration to another model. */
import { expect, it } from "vitest";
import type { GalleryStore } from "../../src/gallery/store/gallery-store.ts";
import type { GalleryIdentity } from "../../src/schemas/gallery.ts";
import { testFace, testFile } from "./test-files.ts";

export function describeMigration(opened: () => GalleryStore, testIdentity: GalleryIdentity): void {
  const some = async (name: string): Promise<number[]> => {
    const codes = [testFace(1, 0, 0, 0), testFace(0, 1, 0, 0)];
    return [...(await opened().recordFile(testFile(name, codes))).faces];
  };
  const faces = () => Array.fromAsync(opened().faces());

  it("switches to another model atomically, once every face has been embedded", async () => {
    const store = opened();
    const next = { ...testIdentity, model: "net.two", dimensions: 2, preprocessing: "p2" };
    await store.adopt(testIdentity);
    const made = await some("a.jpg");
    const { photograph } = await store.recordFile(testFile("b.jpg", [testFace(1, 0, 0, 0)]));
    const { person: ada } = await store.correct({ kind: "create", name: "Ada", faces: made.slice(0, 1) });
    expect(await store.startMigration(next)).toEqual({ identity: next, done: 0, left: 3 });
    await expect(store.startMigration({ ...next, model: "net.three" })).rejects.toMatchObject({ code: "GALLERY_MIGRATING" });
    const place = { ...testFace(), box: { x: 7, y: 8, width: 9, height: 10 } };
    const again = made.map((id) => ({ id, code: Int8Array.of(5, id), ...(id === made[0] ? { place } : {}) }));
    await store.recordMigrated({ photograph: 1, faces: again, found: [testFace(6, 6)] });
    expect(await store.unmigratedPhotographs(0, 10)).toEqual([photograph]);
    expect(await store.unmigratedPhotographs(photograph, 10)).toEqual([]);
    await expect(store.finishMigration()).rejects.toMatchObject({ code: "GALLERY_MIGRATING", data: { left: 1 } });
    expect((await faces())[0]?.code).toHaveLength(4);
    const [first, second] = (await store.migratedPairs(10)).map(({ before, after, ...rest }) => ({
      ...rest,
      codes: [before, after],
    }));
    expect(first).toEqual({
      id: made[0],
      photograph: 1,
      person: ada,
      codes: [(await faces())[0]?.code, Int8Array.of(5, made[0] as number)],
    });
    expect([second?.id, second?.person, (await store.migratedPairs(1)).length]).toEqual([made[1], null, 1]);
    await store.forgetPhotograph(photograph);
    expect(await store.migration()).toEqual({ identity: next, done: 2, left: 0 });
    await store.finishMigration();
    expect(await store.identity()).toEqual(next);
    expect(await store.migration()).toBeUndefined();
    const after = await faces();
    expect(after.map(({ code, person }) => [code, person].join())).toEqual([`5,${made[0]},${ada}`, `5,${made[1]},`, "6,6,"]);
    expect([after[0]?.id, after[0]?.box]).toEqual([made[0], place.box]);
  });

  it("is unchanged after a cancelled migration", async () => {
    const store = opened();
    await store.adopt(testIdentity);
    const made = await some("a.jpg");
    await store.startMigration({ ...testIdentity, model: "net.two" });
    const again = [{ id: made[0] as number, code: Int8Array.of(9, 9, 9, 9) }];
    await store.recordMigrated({ photograph: 1, faces: again, found: [testFace(8, 8, 8, 8)] });
    await store.abandonMigration();
    expect(await store.migration()).toBeUndefined();
    expect(await store.identity()).toEqual(testIdentity);
    expect((await faces())[0]?.code).toEqual(Int8Array.of(1, 0, 0, 0));
  });
}
