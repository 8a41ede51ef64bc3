import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeEach, describe, expect, it } from "vitest";
import { testFace, testFile, testIdentity } from "../../test/gallery/store-conformance.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { openGalleryStore } from "../gallery/store/open-gallery-store.ts";
import { createContext } from "./context.ts";
import { galleryBackup } from "./gallery-backup.ts";
import { galleryCheck } from "./gallery-check.ts";
import { galleryForget } from "./gallery-forget.ts";
import { galleryStatistics } from "./gallery-statistics.ts";
import { people } from "./people.ts";

const context = createContext({ signal: new AbortController().signal, onProgress: () => undefined });
let folder: string;
let gallery: string;
let anna: number;
const secret = [101, 57, -99, 44];
const code = Buffer.from(Int8Array.from(secret).buffer);
const hash = "h1";
beforeEach(async () => {
  folder = await temporaryFolder("care");
  gallery = join(folder, "gallery.db");
  const store = await openGalleryStore(gallery);
  await store.adopt(testIdentity);
  for (let i = 0; i < 200; i++) await store.recordFile(testFile(`${i}.jpg`, [testFace(i % 100, 1, 2, 3)]));
  const { faces } = await store.recordFile(testFile("secret-party.jpg", [testFace(...secret), testFace(1, 1, 1, 1)], hash));
  anna = (await store.correct({ kind: "create", name: "Annabella-Secreta", faces: faces.slice(0, 1) })).person as number;
  await store.close();
});

const check = () => galleryCheck.run({ gallery }, context);
const backup = (file: string, more: object = {}) =>
  galleryBackup.run(galleryBackup.input.parse({ file, gallery, ...more }), context);
const forget = (input: object) => galleryForget.run(galleryForget.input.parse({ gallery, yes: true, ...input }), context);
const holds = async (text: string | Buffer) => {
  const files = (await readdir(folder)).filter((name) => name.startsWith("gallery.db"));
  return Buffer.concat(await Promise.all(files.map((name) => readFile(join(folder, name))))).includes(text);
};

describe("gallery statistics", () => {
  it("counts what there is and names the model", async () => {
    expect(await galleryStatistics.run({ gallery }, context)).toMatchObject({
      gallery,
      photographs: 201,
      faces: 202,
      namedPeople: 1,
      corrections: 1,
      identity: testIdentity,
      migration: null,
    });
  });
});

describe("gallery check", () => {
  it("finds a gallery sound", async () => {
    expect(await check()).toEqual({ gallery, sound: true, problems: [], faces: 202 });
  });

  it("finds bytes that were flipped in any page", async () => {
    const { size } = await stat(gallery);
    const whole = await readFile(gallery);
    let found = 0;
    const pages = Array.from({ length: Math.floor(size / 4096) - 1 }, (_, i) => i + 1);
    for (const page of pages) {
      await writeFile(gallery, whole);
      const file = await open(gallery, "r+");
      await file.write(Buffer.alloc(64, 0xa5), 0, 64, page * 4096); // the header and the first pointers of a page
      await file.close();
      const { sound, problems } = await check();
      if (!sound && problems.length > 0) found++;
    }
    expect(found).toBe(pages.length);
  });

  it("finds a record that is not what it should be", async () => {
    const database = new DatabaseSync(gallery);
    database.exec("UPDATE face SET quality = '{}' WHERE id = 3; UPDATE face SET code = x'00' WHERE id = 4");
    database.exec("UPDATE face SET box = 'oops' WHERE id = 5");
    database.close();
    const { sound, problems } = await check();
    expect(sound).toBe(false);
    expect(problems.join("\n")).toMatch(/face 4: its code.*\n.*face 3: its quality.*\n.*face 5: its box/s);
  });

  it.each([0.3, 0.7])("a file cut off at %f of its length is damaged, and says so to everybody", async (part) => {
    const { size } = await stat(gallery);
    await truncate(gallery, Math.floor(size * part));
    const { sound } = await check();
    expect(sound).toBe(false);
    const listing = people.run(people.input.parse({ person: "Annabella-Secreta", gallery }), context);
    await expect(listing).rejects.toMatchObject({ code: "GALLERY_DAMAGED", message: expect.stringContaining(gallery) });
  });
});

describe("gallery backup", () => {
  it("is a gallery of its own, and never half a one", async () => {
    const file = join(folder, "copy.db");
    expect(await backup(file)).toMatchObject({ file, photographs: 201, faces: 202, people: 1 });
    expect(await galleryCheck.run({ gallery: file }, context)).toMatchObject({ sound: true, faces: 202 });
    await backup(file);
    await expect(backup(gallery)).rejects.toMatchObject({ code: "OPTION_INVALID" });
    await expect(backup(join(folder, "no", "such.db"))).rejects.toMatchObject({ code: "OUTPUT_NOT_WRITABLE" });
    expect((await readdir(folder)).filter((name) => name.includes(".part"))).toEqual([]);
  });

  it("does not wait for another process that writes all the time, and has each of its photographs whole", async () => {
    const writer = new URL("../../test/gallery/endless-writer.ts", import.meta.url);
    const child = spawn(process.execPath, [writer.pathname, gallery], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      await once(child.stdout, "data");
      for (const name of ["one.db", "two.db"]) {
        const { photographs, faces } = await backup(join(folder, name));
        expect(faces - 202).toBe(3 * (photographs - 201));
        expect(photographs).toBeGreaterThan(201);
      }
    } finally {
      child.kill("SIGKILL");
    }
  });
});

describe("gallery forget", () => {
  it("leaves no trace of a person: neither name nor face, in no page and no log", async () => {
    expect([await holds("Annabella"), await holds(code)]).toEqual([true, true]);
    expect(await forget({ person: "Annabella-Secreta", dryRun: true })).toMatchObject({ faces: 1, corrections: 1 });
    expect(await holds("Annabella")).toBe(true);
    expect(await forget({ person: String(anna) })).toMatchObject({ person: { name: "Annabella-Secreta" }, faces: 1 });
    expect([await holds("Annabella"), await holds(code)]).toEqual([false, false]);
    expect((await check()).sound).toBe(true);
  });

  it("leaves nothing of a photograph but its hash, by which it is passed over until it is asked for", async () => {
    const path = "/photos/secret-party.jpg";
    await forget({ photograph: path });
    expect([await holds("secret-party"), await holds(code)]).toEqual([false, false]);
    const store = await openGalleryStore(gallery);
    expect(await store.isForgotten(hash)).toBe(true);
    expect(await store.isForgotten("another")).toBe(false);
    await store.recordFile(testFile("secret-party.jpg", [], hash));
    expect(await store.isForgotten(hash)).toBe(false);
    await store.close();
    await forget({ photograph: path, mayReturn: true });
    expect((await galleryStatistics.run({ gallery }, context)).forgottenPhotographs).toBe(0);
    await expect(forget({ photograph: path })).rejects.toMatchObject({ code: "PHOTOGRAPH_UNKNOWN" });
  });

  it("asks first, and does nothing where nobody agrees", async () => {
    const input = galleryForget.input.parse({ gallery, person: String(anna) });
    const refused = { code: "OPTION_INVALID", message: expect.stringContaining("Annabella-Secreta and all their faces, 1") };
    await expect(galleryForget.run(input, context)).rejects.toMatchObject(refused);
    const asked: string[] = [];
    const asking = (answer: boolean) => async (question: string) => asked.push(question) > 0 && answer;
    await expect(galleryForget.run(input, { ...context, confirm: asking(false) })).rejects.toMatchObject(refused);
    expect(await holds(code)).toBe(true);
    await galleryForget.run(input, { ...context, confirm: asking(true) });
    expect([await holds(code), asked.length]).toEqual([false, 2]);
  });

  it("tells of files beside photographs that still hold the name, however they write it", async () => {
    const store = await openGalleryStore(gallery);
    const { person } = await store.correct({ kind: "create", name: 'Zoë "Z" <O\'Hara>', faces: [] });
    const xmp = (name: string) => `<x:xmpmeta><rdf:Description mwg-rs:Name="${name}"/></x:xmpmeta>`;
    const texts = ["Zoe\u0308 &quot;Z&quot; &lt;O&apos;Hara&gt;", "zo&#xEB; &#34;z&#34; &lt;o'hara&gt;", "Zoë"];
    for (const [i, text] of texts.entries()) {
      const path = join(folder, `${i}.jpg`);
      await store.recordFile({ ...testFile(`z${i}.jpg`, []), path });
      await writeFile(i === 1 ? join(folder, "1.xmp") : `${path}.xmp`, xmp(text));
    }
    await store.close();
    const { sidecars } = await forget({ person: `id:${person}` });
    expect(sidecars.sort()).toEqual([join(folder, "0.jpg.xmp"), join(folder, "1.xmp")]);
  });

  it("wants to know what, and only one thing", async () => {
    await expect(forget({})).rejects.toMatchObject({ code: "OPTION_INVALID" });
    await expect(forget({ person: "a", photograph: "b" })).rejects.toMatchObject({ code: "OPTION_INVALID" });
    await expect(forget({ person: "a" })).rejects.toMatchObject({ code: "PERSON_NOT_FOUND" });
  });
});
