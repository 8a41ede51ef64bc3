import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testFace, testFile } from "../../../test/gallery/store-conformance.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { suggestionsText } from "../../cli/people-text.ts";
import { openFaceSearch } from "../../gallery/access/face-search.ts";
import { galleryIdentity } from "../../gallery/access/gallery-identity.ts";
import { samePersonQuestions } from "../../gallery/people/same-person.ts";
import type { GalleryStore } from "../../gallery/store/gallery-store.ts";
import { openGalleryStore } from "../../gallery/store/open-gallery-store.ts";
import { locateModel } from "../../models/model-store.ts";
import { createContext } from "../context.ts";
import { answerSuggestion, suggestions } from "./suggestions.ts";

const context = createContext({ signal: new AbortController().signal, onProgress: () => undefined });
const DEGREE = Math.PI / 180;
let folder: string;
let gallery: string;
let store: GalleryStore;
let count: number;
let anna: number;
let group: number;
let stray: number;

/** A face at an angle in one plane of the embedding space: nearby angles are likely one person. */
const faceAt = (degrees: number) =>
  testFace(Math.round(120 * Math.cos(degrees * DEGREE)), Math.round(120 * Math.sin(degrees * DEGREE)), 0, 0);
const add = async (...angles: number[]): Promise<number[]> => {
  const faces: number[] = [];
  for (const angle of angles) faces.push(...(await store.recordFile(testFile(`${count++}.jpg`, [faceAt(angle)]))).faces);
  return faces;
};

beforeEach(async () => {
  folder = await temporaryFolder("suggestions");
  gallery = join(folder, "gallery.db");
  store = await openGalleryStore(gallery);
  count = 0;
  await store.adopt({ model: "m", detector: "d", dimensions: 4, codeScale: 0.01, preprocessing: "p" });
  anna = (await store.correct({ kind: "create", name: "Anna", faces: await add(0, 2, 4) })).person as number;
  await store.regroup([{ faces: await add(20, 22, 24), person: "new" }]);
  group = (await store.people()).find(({ name }) => name === null)?.id as number;
  [stray] = (await add(12)) as [number];
  await add(90);
});
afterEach(async () => {
  await store.close();
});

async function questions() {
  const search = await openFaceSearch(store, "exact");
  try {
    const { questions: found } = await samePersonQuestions(store, search, { farthest: 0.5 });
    return found.map((one) => [one.person.id, one.group?.id ?? `face ${one.faces[0]}`]);
  } finally {
    await search.close();
  }
}
const answer = (input: object) =>
  answerSuggestion.run(answerSuggestion.input.parse({ gallery, person: `id:${anna}`, ...input }), context);

it("reports how many faces were not compared", async () => {
  const search = await openFaceSearch(store, "exact");
  const ask = (most: number) => samePersonQuestions(store, search, { farthest: 0.5, most });
  expect(await ask(5)).toMatchObject({ leftOut: 0, questions: [{}, {}] });
  expect(await ask(3)).toMatchObject({ leftOut: 2, questions: [{ group: { id: group } }] });
  await search.close();
});

it("tells how many years lie between the photographs, where both are dated", async () => {
  const file = join(folder, "dated.db");
  const dated = await openGalleryStore(file, { create: true });
  const { manifest } = await locateModel("embedding");
  await dated.adopt(galleryIdentity(manifest, (await locateModel("detection")).manifest));
  const zeros = new Array<number>(126).fill(0);
  const face = (degrees: number) =>
    testFace(Math.round(120 * Math.cos(degrees * DEGREE)), Math.round(120 * Math.sin(degrees * DEGREE)), ...zeros);
  const addAt = async (name: string, degrees: number, takenAt: string | null) => [
    ...(await dated.recordFile(testFile(name, [face(degrees)], name, takenAt))).faces,
  ];
  await dated.correct({ kind: "create", name: "Anna", faces: await addAt("old.jpg", 0, "2001-05-01T00:00:00") });
  const [recent] = await addAt("new.jpg", 8, "2012-11-01T00:00:00");
  const [undated] = await addAt("undated.jpg", 20, null);
  const asked = await suggestions.run(suggestions.input.parse({ gallery: file }), context);
  expect(asked.suggestions.map(({ faces, yearsApart }) => [faces[0], yearsApart])).toEqual([
    [recent, 11.5],
    [undated, null],
  ]);
  expect(suggestionsText(asked)).toMatch(/Anna.*\(12 years apart\)/);
  await dated.close();
});

describe("same-person questions", () => {
  it("are sorted by likelihood: a face at 8 degrees before a group at 18, none at 86", async () => {
    expect(await questions()).toEqual([
      [anna, `face ${stray}`],
      [anna, group],
    ]);
  });

  it("are closed by yes: the face is assigned, the group is merged; undo reopens them", async () => {
    await answer({ answer: "yes", face: stray });
    await answer({ answer: "yes", group: `id:${group}` });
    expect(await questions()).toEqual([]);
    expect(await store.person(anna)).toMatchObject({ faces: 7 });
    await store.undo();
    expect((await questions()).map(([, subject]) => subject)).toEqual([group]);
  });

  it("are permanently closed by no", async () => {
    await answer({ answer: "no", face: stray });
    await answer({ answer: "no", group: `id:${group}` });
    expect(await questions()).toEqual([]);
    expect(await store.rejections()).toHaveLength(4);
  });

  it("return after unsure when there are more faces", async () => {
    await answer({ answer: "unsure", face: stray });
    await answer({ answer: "unsure", group: `id:${group}` });
    expect(await questions()).toEqual([]);
    await store.regroup([{ faces: await add(26), person: group }]);
    expect(await questions()).toEqual([[anna, group]]);
    await store.correct({ kind: "assign", faces: await add(1), person: anna });
    expect(await questions()).toEqual([
      [anna, `face ${stray}`],
      [anna, group],
    ]);
  });

  it("are not asked for people in one photograph, hidden groups, ignored faces and cannot-link constraints", async () => {
    const [one] = await Array.fromAsync(store.faces({ person: anna }));
    await store.correct({ kind: "link", links: [{ a: stray, b: one?.id as number, kind: "cannot" }] });
    await store.correct({ kind: "hide", person: group, hidden: true });
    const { faces } = await store.recordFile(testFile("both.jpg", [faceAt(3), faceAt(8)]));
    await store.correct({ kind: "assign", faces: faces.slice(0, 1), person: anna });
    const [ignored] = (await add(5)) as [number];
    await store.correct({ kind: "ignore", faces: [ignored], as: "stranger" });
    expect(await questions()).toEqual([]);
  });
});
