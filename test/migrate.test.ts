/** Migration of a gallery to another model: names, corrections and face ids are kept. */
import { spawn } from "node:child_process";
import { appendFile, copyFile, mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openGalleryStore } from "../src/gallery/store/open-gallery-store.ts";
import { createContext, type DisposableContext } from "../src/operations/context.ts";
import { galleryBackup } from "../src/operations/gallery-backup.ts";
import { identify } from "../src/operations/identify.ts";
import { index } from "../src/operations/index-photographs.ts";
import { migrate } from "../src/operations/migrate.ts";
import { people } from "../src/operations/people.ts";
import { sampleNames, samplePhotograph } from "./sample-photographs.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const OLD = "mobilefacenet.facenet-128";
const NEW = "mobilefacenet.sirius-192";
let folder: string;
let gallery: string;
let context: DisposableContext;
let before: Awaited<ReturnType<typeof contentOf>>;
const photo = (name: string) => join(folder, "photos", name);

beforeAll(async () => {
  folder = await temporaryFolder("migrate");
  context = createContext({ signal: new AbortController().signal, onProgress: () => undefined });
  await mkdir(join(folder, "photos"));
  for (const name of sampleNames) await copyFile(samplePhotograph(name), photo(`${name}.jpg`));
  const first = join(folder, "first.db");
  await index.run(index.input.parse({ paths: [join(folder, "photos")], gallery: first, model: OLD }), context);
  await people.run(people.input.parse({ name: "Ada", assign: [1, 5], gallery: first }), context);
  await people.run(people.input.parse({ person: "Ada", reject: [2], same: [3, 4], gallery: first }), context);
  before = await contentOf(first);
});
beforeEach(async () => {
  gallery = join(folder, `${crypto.randomUUID()}.db`);
  await galleryBackup.run(galleryBackup.input.parse({ file: gallery, gallery: join(folder, "first.db") }), context);
});
afterAll(async () => {
  await context.dispose();
});

const run = (input: object = { to: NEW }) => migrate.run(migrate.input.parse({ gallery, ...input }), context);

/** Everything except embeddings, and the embeddings separately. */
async function contentOf(path: string) {
  const store = await openGalleryStore(path);
  const faces = await Array.fromAsync(store.faces());
  const said = { people: await store.people(), links: await store.links(), rejections: await store.rejections() };
  const corrections = await store.corrections(100);
  const content = {
    identity: await store.identity(),
    rest: { ...said, corrections, faces: faces.map(({ code: _, ...face }) => face) },
    codes: faces.map(({ code }) => Buffer.from(code ?? []).toString("hex")),
  };
  await store.close();
  return content;
}

describe("migrate", () => {
  it("embeds every face again and leaves everything else unchanged", async () => {
    expect(await run()).toMatchObject({ model: NEW, moved: true, photographs: 6, faces: 22, found: 0, left: 0, lost: [] });
    const { identity, rest, codes } = await contentOf(gallery);
    expect([identity?.model, identity?.detector]).toEqual([NEW, before.identity?.detector]);
    expect(rest).toEqual(before.rest);
    // the same as if the photographs had been indexed with the new model from the start
    const anew = join(folder, `${crypto.randomUUID()}.db`);
    await index.run(index.input.parse({ paths: [join(folder, "photos")], gallery: anew, model: NEW }), context);
    expect(codes.sort()).toEqual((await contentOf(anew)).codes.sort());
    expect(await run()).toMatchObject({ moved: true, faces: 0 });
    await index.run(index.input.parse({ paths: [join(folder, "photos")], gallery, model: NEW }), context);
  });

  it("lists missing and changed photographs, and keeps the old model until they are given up", async () => {
    await rename(photo("sample1.jpg"), photo("../elsewhere.jpg"));
    await appendFile(photo("sample2.jpg"), "x");
    try {
      const { moved, left, lost, model, faces } = await run();
      expect({ moved, left, model, faces }).toEqual({ moved: false, left: 6, model: OLD, faces: 16 });
      expect(lost.map(({ paths, reason, faces: count }) => [paths[0], reason, count])).toEqual([
        [photo("sample1.jpg"), "gone", 3],
        [photo("sample2.jpg"), "changed", 3],
      ]);
      expect((await contentOf(gallery)).codes).toEqual(before.codes);
      await expect(run({ to: "mobilefacenet.faceplugin-512" })).rejects.toMatchObject({ code: "GALLERY_MIGRATING" });
      expect(await run({ to: NEW, forgetMissing: true })).toMatchObject({ moved: true, faces: 0, forgotten: 2, left: 0 });
      expect((await contentOf(gallery)).rest.faces).toHaveLength(16);
    } finally {
      await rename(photo("../elsewhere.jpg"), photo("sample1.jpg"));
      await copyFile(samplePhotograph("sample2"), photo("sample2.jpg"));
    }
  });

  it("maps embeddings of missing photographs only with enough faces, and not together with forgetting them", async () => {
    await rename(photo("sample1.jpg"), photo("../elsewhere.jpg"));
    try {
      const refused = { code: "OPTION_INVALID", data: { option: "mapMissing" } };
      await expect(run({ to: NEW, mapMissing: true, forgetMissing: true })).rejects.toMatchObject(refused);
      await expect(run({ to: NEW, mapMissing: true })).rejects.toMatchObject(refused);
      // photographs of the folder count as well, with all their faces
      await expect(run({ to: NEW, mapMissing: true, mapPhotographs: join(folder, "photos") })).rejects.toMatchObject({
        data: { reason: expect.stringContaining("got 38;") },
      });
    } finally {
      await rename(photo("../elsewhere.jpg"), photo("sample1.jpg"));
    }
    expect(await run()).toMatchObject({ moved: true, left: 0, mapped: 0, mapCost: null });
  });

  it("can be cancelled", async () => {
    const store = await openGalleryStore(gallery);
    await store.startMigration({ ...(before.identity as NonNullable<typeof before.identity>), model: NEW, preprocessing: "x" });
    await store.close();
    expect(await run({ abandon: true })).toMatchObject({ model: OLD, moved: false });
    expect(await contentOf(gallery)).toEqual(before);
  });

  it("resumes after it was killed", async () => {
    const main = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));
    const done = async () => {
      const store = await openGalleryStore(gallery);
      const migration = await store.migration();
      await store.close();
      return migration?.done ?? 0;
    };
    const args = [main, "migrate", "--to", NEW, "--gallery", gallery, "--threads", "1"];
    const child = spawn(process.execPath, args, { stdio: "ignore" });
    const closed = new Promise((resolve) => child.once("close", resolve));
    while ((await done()) === 0 && child.exitCode === null) await wait(10);
    child.kill("SIGKILL");
    await closed;
    const kept = await done();
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(22);
    expect(await run()).toMatchObject({ moved: true, faces: 22 - kept });
    expect((await contentOf(gallery)).rest).toEqual(before.rest);
  });

  it("has nothing to do for the gallery's own model, and rejects an unknown one", async () => {
    expect(await run({})).toMatchObject({ model: OLD, moved: true, faces: 0 });
    await expect(run({ to: "no.such" })).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
  });

  it("detects faces again in a gallery of another detector, which until then can be searched but not indexed", async () => {
    const store = await openGalleryStore(gallery);
    const all = await Array.fromAsync(store.faces());
    await store.close();
    const database = new DatabaseSync(gallery);
    // As written by version 0.1: boxes of another detector, one face missed, one false detection.
    const identity = { ...before.identity, detector: "ultraface.rfb-mtcnn", finding: undefined };
    database.prepare("UPDATE property SET value = ? WHERE name = 'identity'").run(JSON.stringify(identity));
    const move = database.prepare("UPDATE face SET box = ? WHERE id = ?");
    for (const { id, box } of all) move.run(JSON.stringify({ ...box, x: box.x + 0.1 * box.width }), id);
    move.run(JSON.stringify({ x: 0, y: 0, width: 60, height: 60 }), 7);
    database.exec("DELETE FROM face WHERE id = 10");
    database.close();

    const photos = [join(folder, "photos")];
    await expect(index.run(index.input.parse({ paths: photos, gallery }), context)).rejects.toMatchObject({
      code: "GALLERY_DETECTOR_MISMATCH",
      message: expect.stringContaining("facenet migrate"),
    });
    const found = await Array.fromAsync(identify.run(identify.input.parse({ images: [photo("sample1.jpg")], gallery }), context));
    expect(found).toMatchObject([
      { ok: true, value: { faces: expect.arrayContaining([expect.objectContaining({ name: "Ada" })]) } },
    ]);

    // Face 7 keeps its place, and the face that it was before is found next to it.
    expect(await run({})).toMatchObject({ model: OLD, moved: true, photographs: 6, faces: 21, found: 2, left: 0 });
    const { identity: after, rest } = await contentOf(gallery);
    expect(after).toEqual(before.identity);
    expect(rest.people).toEqual(before.rest.people);
    const boxOf = (faces: typeof rest.faces, id: number) => faces.find((face) => face.id === id)?.box;
    for (const id of [1, 2, 5, 22]) expect(boxOf(rest.faces, id)).toEqual(boxOf(before.rest.faces, id));
    expect(boxOf(rest.faces, 7)).toEqual({ x: 0, y: 0, width: 60, height: 60 });
    expect(rest.faces).toHaveLength(23);
    await index.run(index.input.parse({ paths: photos, gallery }), context);
  });
});
