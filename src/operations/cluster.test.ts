import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { testFace, testFile, testIdentity } from "../../test/gallery/store-conformance.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import type { GalleryStore } from "../gallery/store/gallery-store.ts";
import { openGalleryStore } from "../gallery/store/open-gallery-store.ts";
import { cluster } from "./cluster.ts";
import { createContext } from "./context.ts";
import { redo, undo } from "./undo.ts";

const context = createContext({ signal: new AbortController().signal, onProgress: () => undefined, by: "mia" });
let folder: string;
let gallery: string;
/** Three faces of each of two people, one per photograph. */
let faces: number[];
beforeEach(async () => {
  folder = await temporaryFolder("cluster");
  gallery = join(folder, "gallery.db");
  await using(async (store) => {
    await store.adopt(testIdentity);
    const codes = [
      [100, 0, 0, 1],
      [100, 0, 2, 0],
      [100, 3, 0, 0],
      [0, 100, 0, 1],
      [0, 100, 2, 0],
      [3, 100, 0, 0],
    ];
    faces = [];
    for (const [i, code] of codes.entries())
      faces.push(...(await store.recordFile(testFile(`${i}.jpg`, [testFace(...code)]))).faces);
  });
});

async function using<T>(work: (store: GalleryStore) => Promise<T>): Promise<T> {
  const store = await openGalleryStore(gallery);
  return work(store).finally(() => store.close());
}
const run = (threshold: number, more: object = {}) => cluster.run(cluster.input.parse({ gallery, threshold, ...more }), context);
const takeBack = () => undo.run(undo.input.parse({ gallery }), context);
const doAgain = () => redo.run(redo.input.parse({ gallery }), context);
const owners = () => using(async (store) => (await Array.fromAsync(store.faces())).map(({ person }) => person));
/** Numbers of people in the order of their first faces: 0, 0, 1 */
const grouping = async () => {
  const people = await owners();
  return people.map((person) => (person === null ? null : [...new Set(people)].indexOf(person)));
};

describe("a run of clustering", () => {
  it("with too large a threshold can be undone and redone", async () => {
    await run(0.1);
    const right = await owners();
    expect(await grouping()).toEqual([0, 0, 0, 1, 1, 1]);
    const { done } = await run(4);
    expect(done).toMatchObject({ by: "mia", correction: { kind: "cluster", faces: 3 } });
    const wrong = await owners();
    expect(await grouping()).toEqual([0, 0, 0, 0, 0, 0]);
    expect((await takeBack()).undone).toEqual(done);
    expect(await owners()).toEqual(right);
    expect((await doAgain()).redone).toEqual(done);
    expect(await owners()).toEqual(wrong);
    expect((await run(4)).done).toBeNull(); // nothing to change
  });

  it("with reset regroups from corrections alone", async () => {
    await run(4);
    const [person] = await owners();
    await using((store) => store.correct({ kind: "name", person: person as number, name: "Anna" }));
    expect((await run(0.1)).assigned).toBe(6);
    expect(await grouping()).toEqual([0, 0, 0, 0, 0, 0]); // faces of a named person stay with them
    const before = await owners();
    const { done, assigned } = await run(0.1, { reset: true });
    expect(done?.correction).toMatchObject({ kind: "cluster", reset: true });
    expect([await grouping(), assigned]).toEqual([[0, 0, 0, 1, 1, 1], 6]);
    expect(await using(async (store) => (await store.people()).map(({ name }) => name).sort())).toEqual(["Anna", null]);
    await takeBack();
    expect(await owners()).toEqual(before);
  });

  it("joins nobody by photographs ten years apart, unless others lie between or dates do not matter", async () => {
    const add = (name: string, takenAt: string | null, ...code: number[]) =>
      using((store) => store.recordFile(testFile(name, [testFace(...code)], name, takenAt)));
    await add("old.jpg", "2001-05-01T00:00:00", 0, 0, 100, 1);
    await add("new.jpg", "2012-05-01T00:00:00", 0, 0, 100, 2);
    await run(0.1, { minFaces: 1 });
    expect((await grouping()).slice(6)).toEqual([2, 3]);
    await run(0.1, { minFaces: 1, reset: true, years: 12 });
    expect((await grouping()).slice(6)).toEqual([2, 2]);
    await run(0.1, { minFaces: 1, reset: true, years: 0 });
    expect((await grouping()).slice(6)).toEqual([2, 2]);
    await add("between.jpg", "2006-05-01T00:00:00", 0, 0, 100, 3);
    await run(0.1, { minFaces: 1, reset: true });
    expect((await grouping()).slice(6)).toEqual([2, 2, 2]);
    await add("undated.jpg", null, 0, 0, 100, 0);
    await run(0.1, { minFaces: 1 });
    expect((await grouping()).slice(6)).toEqual([2, 2, 2, 2]);
  });

  it("keeps corrections when it resets", async () => {
    await run(0.1);
    await using(async (store) => {
      await store.correct({ kind: "create", name: "Bea", faces: [faces[0] as number, faces[3] as number] });
      await store.correct({ kind: "ignore", faces: [faces[5] as number], as: "stranger" });
    });
    await run(0.1, { reset: true, minFaces: 1 });
    const [a, , , d, , ignored] = await owners();
    expect([a === d, ignored]).toEqual([true, null]);
  });
});
