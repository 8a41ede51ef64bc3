import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { testFace, testFile } from "../../test/gallery/store-conformance.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { openGalleryStore } from "../gallery/store/open-gallery-store.ts";
import { createContext } from "./context.ts";
import { people } from "./people.ts";
import { undo } from "./undo.ts";

const context = createContext({ signal: new AbortController().signal, onProgress: () => undefined });
let folder: string;
let gallery: string;
let faces: readonly number[];
let anna: number;
beforeEach(async () => {
  folder = await temporaryFolder("people");
  gallery = join(folder, "gallery.db");
  const store = await openGalleryStore(gallery);
  const made = Array.from({ length: 5 }, (_, i) => testFace(i, 0, 0, 0));
  faces = (await store.recordFile(testFile("a.jpg", made))).faces;
  anna = (await store.correct({ kind: "create", name: "Anna", faces: faces.slice(0, 2) })).person as number;
  await store.close();
});

const say = (input: object) => people.run(people.input.parse({ gallery, ...input }), context);
const takeBack = (input: object = {}) => undo.run(undo.input.parse({ gallery, ...input }), context);
const at = (...indices: number[]) => indices.map((index) => faces[index] as number);
const facesOf = async (person: string) => (await say({ person })).faces.map(({ id }) => id);

describe("people", () => {
  it("gives faces to a person by hand, and takes them away again", async () => {
    const { done, faces: theirs } = await say({ person: "Anna", assign: at(2, 3), remove: at(0) });
    expect(theirs.map(({ id }) => id)).toEqual(at(1, 2, 3));
    expect(done.map(({ correction }) => correction.kind)).toEqual(["assign", "assign"]);
    const store = await openGalleryStore(gallery);
    expect(await store.face(at(0)[0] as number)).toMatchObject({ person: null, assignedBy: null });
    expect(await store.rejections()).toEqual([]);
    await store.close();
  });

  it("makes a new person of a name and faces", async () => {
    const { people: list, faces: theirs } = await say({ name: "Ben", assign: at(3) });
    expect(list).toMatchObject([{ name: "Ben", faces: 1 }]);
    expect(theirs.map(({ id }) => id)).toEqual(at(3));
    await expect(say({ name: "Ben", assign: at(4) })).rejects.toMatchObject({ code: "PERSON_NAME_TAKEN" });
  });

  it("keeps which faces are one person and which are not, without a name for either", async () => {
    await say({ same: at(0, 1, 2), different: at(2, 3, 4) });
    const [a, b, c, d, e] = faces as [number, number, number, number, number];
    const store = await openGalleryStore(gallery);
    expect(await store.links()).toEqual([
      { a, b, kind: "must" },
      { a: b, b: c, kind: "must" },
      { a: c, b: d, kind: "cannot" },
      { a: c, b: e, kind: "cannot" },
      { a: d, b: e, kind: "cannot" },
    ]);
    await store.close();
  });

  it("does nothing at all of what cannot be meant", async () => {
    const invalid = { code: "OPTION_INVALID" };
    await expect(say({ person: "Anna", assign: at(2), reject: at(2) })).rejects.toMatchObject(invalid);
    await expect(say({ same: at(2, 3), different: at(2, 3) })).rejects.toMatchObject(invalid);
    await expect(say({ same: at(2, 2) })).rejects.toMatchObject(invalid);
    await expect(say({ assign: at(2) })).rejects.toMatchObject(invalid);
    await expect(say({ person: "Anna", merge: String(anna) })).rejects.toMatchObject(invalid);
    await expect(say({ person: "Anna", assign: at(2), remove: at(3) })).rejects.toMatchObject({
      code: "FACE_UNKNOWN",
      data: { face: at(3)[0], person: anna },
    });
    expect(await facesOf("Anna")).toEqual(at(0, 1));
    expect((await takeBack({ list: true })).left).toBe(1);
  });

  it("is about a gallery that is there", async () => {
    await expect(say({ gallery: join(folder, "typo.db") })).rejects.toMatchObject({ code: "GALLERY_NOT_FOUND" });
  });
});

describe("undo", () => {
  it("takes back the last correction, and says what it was and what is left", async () => {
    await say({ person: "Anna", name: "Anne" });
    const { undone, left, names } = await takeBack();
    expect(undone?.correction).toEqual({ kind: "name", person: anna, name: "Anne" });
    expect([left, names]).toEqual([1, { [anna]: "Anna" }]);
    expect(await facesOf("Anna")).toEqual(at(0, 1));
    await takeBack();
    expect(await takeBack()).toEqual({ undone: null, left: 0, redoable: 2, corrections: [], names: {} });
  });

  it("lists what can be taken back, the last first, and takes nothing back", async () => {
    await say({ person: "Anna", split: at(1) });
    const { corrections, left, undone } = await takeBack({ list: true, limit: 1 });
    expect(corrections.map(({ correction }) => correction.kind)).toEqual(["split"]);
    expect([left, undone]).toEqual([2, null]);
    expect(await facesOf("Anna")).toEqual(at(0));
  });
});
