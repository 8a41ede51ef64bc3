/** Workflow of a gallery on the sample photographs: index, enrol, identify, find, look-alikes, corrections. */
import { copyFile, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cluster } from "../src/operations/cluster.ts";
import { createContext, type DisposableContext } from "../src/operations/context.ts";
import { enroll } from "../src/operations/enroll.ts";
import { find } from "../src/operations/find.ts";
import { galleryForget } from "../src/operations/gallery-forget.ts";
import { identify } from "../src/operations/identify.ts";
import { index } from "../src/operations/index-photographs.ts";
import { lookalike } from "../src/operations/lookalike.ts";
import { people } from "../src/operations/people.ts";
import { undo } from "../src/operations/undo.ts";
import { sampleNames, samplePhotograph } from "./sample-photographs.ts";
import { temporaryFolder } from "./temporary-folder.ts";

let folder: string;
let gallery: string;
let context: DisposableContext;
const photo = (name: string) => join(folder, "photos", name);

beforeAll(async () => {
  folder = await temporaryFolder("gallery");
  gallery = join(folder, "faces", "gallery.db");
  context = createContext({ signal: new AbortController().signal, onProgress: () => undefined });
  await mkdir(join(folder, "photos", "deep"), { recursive: true });
  for (const name of sampleNames) await copyFile(samplePhotograph(name), photo(`${name}.jpg`));
  await copyFile(samplePhotograph("sample1"), photo("deep/copy.jpg"));
  await writeFile(photo("letter.jpg"), "Dear reader, this is no photograph.");
});
afterAll(async () => {
  await context.dispose();
});

const runIndex = () => index.run(index.input.parse({ paths: [join(folder, "photos")], gallery }), context);

describe("a gallery", () => {
  it("indexes a folder once, and reports unreadable files", async () => {
    expect(await runIndex()).toMatchObject({
      added: 6,
      moved: 1,
      known: 0,
      missing: 0,
      faces: 22,
      failures: [{ code: "IMAGE_UNKNOWN_FORMAT" }],
    });
    expect(await runIndex()).toMatchObject({ added: 0, moved: 0, known: 7, faces: 0, failures: [{ path: photo("letter.jpg") }] });
  });

  it("recognises a renamed photograph by its content", async () => {
    await rename(photo("sample6.jpg"), photo("holiday.jpg"));
    expect(await runIndex()).toMatchObject({ added: 0, moved: 1, missing: 1, faces: 0 });
  });

  it("finds a person's other photographs, and who looks like them", async () => {
    // The woman on the right of sample1 is the one in the middle of sample3.
    const found = await find.run(find.input.parse({ image: photo("sample3.jpg"), faces: "largest", gallery }), context);
    expect(found.photographs.map(({ paths }) => paths[0])).toEqual([photo("sample3.jpg"), photo("deep/copy.jpg")]);
    expect(found.photographs[0]?.distance).toBeLessThan(0.01);
    const alike = await lookalike.run(
      lookalike.input.parse({ image: photo("sample3.jpg"), faces: "largest", limit: 3, gallery }),
      context,
    );
    expect(alike.people).toHaveLength(3);
    for (const { distance } of alike.people) expect(distance).toBeGreaterThan(alike.threshold);
  });

  it("identifies an enrolled person in another photograph, and no one else", async () => {
    const { person, enrolled } = await enroll.run(
      enroll.input.parse({ name: "Ada", images: [photo("sample3.jpg")], faces: "largest", gallery }),
      context,
    );
    expect(enrolled).toHaveLength(1);
    const items = await Array.fromAsync(
      identify.run(identify.input.parse({ images: [photo("sample1.jpg"), photo("sample5.jpg")], gallery }), context),
    );
    const names = items.map((item) => (item.ok ? item.value.faces.map(({ name }) => name) : []));
    expect(names[0]?.filter((name) => name === "Ada")).toHaveLength(1);
    expect(names[0]).toHaveLength(3);
    expect(names[1]).toEqual([null, null, null, null, null]);
    expect((await people.run(people.input.parse({ gallery }), context)).people).toMatchObject([
      { id: person, name: "Ada", faces: 1 },
    ]);
  });

  it("does not identify a rejected face", async () => {
    const before = await people.run(people.input.parse({ person: "Ada", gallery }), context);
    const [face] = before.faces;
    const after = await people.run(people.input.parse({ person: "Ada", reject: [face?.id], gallery }), context);
    expect(after.faces).toEqual([]);
  });

  it("groups faces into people, and keeps them and corrections when run again", async () => {
    const run = () => cluster.run(cluster.input.parse({ gallery, far: 1e-3 }), context);
    const first = await run();
    expect(first.newPeople).toBeGreaterThan(0);
    const list = async () => (await people.run(people.input.parse({ gallery }), context)).people;
    const before = await list();
    // two faces of the same photograph are never the same person
    for (const person of before) expect(person.photographs).toBe(person.faces);
    expect(await run()).toMatchObject({ newPeople: 0, people: first.people, assigned: first.assigned });
    expect(await list()).toEqual(before);
    const [someone] = before.filter(({ name }) => name === null);
    await people.run(people.input.parse({ person: String(someone?.id), name: "Bea", gallery }), context);
    await run();
    expect(await list()).toContainEqual({ ...someone, name: "Bea" });
    const bea = await people.run(people.input.parse({ person: "Bea", gallery }), context);
    const { people: parts } = await people.run(
      people.input.parse({ person: "Bea", split: [bea.faces[0]?.id], gallery }),
      context,
    );
    await run();
    const after = await people.run(people.input.parse({ person: "Bea", gallery }), context);
    expect(parts).toHaveLength(2);
    expect(after.faces.map(({ id }) => id)).not.toContain(bea.faces[0]?.id);
  });

  it("reports unknown people", async () => {
    await expect(people.run(people.input.parse({ person: "Nobody", gallery }), context)).rejects.toMatchObject({
      code: "PERSON_NOT_FOUND",
    });
  });

  it("does not index a forgotten photograph again, unless requested", async () => {
    await galleryForget.run(galleryForget.input.parse({ photograph: photo("sample5.jpg"), gallery, yes: true }), context);
    expect(await runIndex()).toMatchObject({ added: 0, faces: 0, forgotten: 1 });
    const asked = index.input.parse({ paths: [photo("sample5.jpg")], gallery, forgotten: true });
    expect(await index.run(asked, context)).toMatchObject({ added: 1, faces: 5, forgotten: 0 });
  });

  it("enrols a forgotten person again, and does not restore them before", async () => {
    const enrolAnna = () =>
      enroll.run(enroll.input.parse({ name: "Anna", images: [photo("sample5.jpg")], faces: "largest", gallery }), context);
    const facesIn = async () => (await find.run(find.input.parse({ person: ["Anna"], gallery }), context)).photographs;
    await enrolAnna();
    expect(await facesIn()).toHaveLength(1);
    const forgotten = await galleryForget.run(galleryForget.input.parse({ person: "Anna", gallery, yes: true }), context);
    expect(forgotten.faces).toBe(1);
    expect(await runIndex()).toMatchObject({ added: 0, faces: 0 });
    await expect(facesIn()).rejects.toMatchObject({ code: "PERSON_NOT_FOUND" });
    const { enrolled, person } = await enrolAnna();
    expect(enrolled).toHaveLength(1);
    const { people: list } = await people.run(people.input.parse({ gallery }), context);
    expect(list.find(({ id }) => id === person)).toMatchObject({ name: "Anna", faces: 1 });
    const { undone } = await undo.run(undo.input.parse({ gallery }), context);
    expect(undone?.correction).toMatchObject({ kind: "enroll", name: "Anna" });
  });

  it("rejects mixing models", async () => {
    const other = index.input.parse({ paths: [photo("sample2.jpg")], gallery, model: "mobilefacenet.sirius-192" });
    await expect(index.run(other, context)).rejects.toMatchObject({ code: "GALLERY_MODEL_MISMATCH" });
  });
});
