import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, it } from "vitest";
import { startPglite } from "../../test/gallery/postgres-servers.ts";
import { testFace, testFile, testIdentity } from "../../test/gallery/store-conformance.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { exportRecords } from "../gallery/export-gallery.ts";
import { GalleryImport } from "../gallery/import-gallery.ts";
import type { GalleryStore } from "../gallery/store/gallery-store.ts";
import { openGalleryStore } from "../gallery/store/open-gallery-store.ts";
import { openPostgresDatabase } from "../gallery/store/postgres/postgres-database.ts";
import { createSqlStore } from "../gallery/store/sql/sql-store.ts";
import { createContext } from "./context.ts";
import { galleryExport } from "./gallery-export.ts";
import { galleryImport } from "./gallery-import.ts";

const context = createContext({ signal: new AbortController().signal, onProgress: () => undefined });
let folder: string;
let gallery: string;
const at = (name: string) => join(folder, name);
const face = (i: number, place: number) => ({ ...testFace(i, 1, 2, 3), box: { x: 100 * place, y: 1, width: 90, height: 90 } });

beforeEach(async () => {
  folder = await temporaryFolder("export");
  gallery = at("gallery.db");
  await using(gallery, async (store) => {
    await store.adopt(testIdentity);
    const faces: number[] = [];
    for (let i = 0; i < 20; i++) {
      const vector = i === 0 ? Float32Array.of(0.5, 0.5, 0.5, 0.5) : null;
      const isDrawn = i === 19;
      const made = [
        { ...face(i, 0), vector },
        { ...face(-i, 1), drawn: isDrawn, embedded: !isDrawn },
      ];
      const file = testFile(`${i}.jpg`, made, `h${i}`, "2020-01-02T03:04:05");
      faces.push(...(await store.recordFile({ ...file, pixels: `p${i}` })).faces);
    }
    await store.recordFile(testFile("copy.jpg", [], "h1"));
    await store.recordFailure({ path: "/photos/bad.jpg", bytes: 3, modifiedMs: 1.5, code: "IMAGE_CORRUPT", message: "cut" });
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = faces;
    await store.correct({ kind: "create", name: "Zoë 👩", faces: [a, c] });
    const { person } = await store.correct({ kind: "create", name: 'Anna\n"x"', faces: [] });
    await store.regroup([
      { faces: [e], person },
      { faces: [b, d], person: "new" },
    ] as never);
    await store.correct({ kind: "reject", faces: [f], person: person as number });
    await store.correct({
      kind: "link",
      links: [
        { a, b: f, kind: "cannot" },
        { a, b: c, kind: "must" },
      ],
    });
    await store.correct({ kind: "hide", person: person as number, hidden: true });
    await store.correct({ kind: "cover", person: person as number, face: e });
    await store.correct({ kind: "ignore", faces: faces.slice(10, 12), as: "stranger" });
    await store.correct({ kind: "ignore", faces: faces.slice(12, 13), as: "no face" });
    await store.correct({ kind: "undecided", person: person as number, face: faces[14] as number });
    const group = (await store.people()).find(({ name }) => name === null)?.id as number;
    await store.correct({ kind: "undecided", person: person as number, group });
    const gone = await store.recordFile(testFile("gone.jpg", [face(1, 0)], "h-gone"));
    await store.forgetPhotograph(gone.photograph);
  });
});

async function using<T>(name: string, work: (store: GalleryStore) => Promise<T>): Promise<T> {
  const store = await openGalleryStore(name);
  return work(store).finally(() => store.close());
}
const write = (file: string, more: object = {}) =>
  galleryExport.run(galleryExport.input.parse({ file, gallery, ...more }), context);
const read = (file: string, into: string) => galleryImport.run({ file, gallery: into }, context);
const lines = async (file: string) => (await readFile(file, "utf8")).trimEnd().split("\n");

/** An export without the numbers that differ from gallery to gallery, sorted. */
async function contentOf(name: string): Promise<string[]> {
  const file = at(`content-${crypto.randomUUID()}.jsonl`);
  await galleryExport.run(galleryExport.input.parse({ file, gallery: name }), context);
  const records = (await lines(file)).map((line) => JSON.parse(line));
  const names = new Map(records.filter(({ kind }) => kind === "person").map(({ id, name: given }) => [id, given]));
  const text = records.map((record) =>
    JSON.stringify(record, (key, value) =>
      key === "person" && value !== null ? (names.get(value) ?? "nameless") : key === "id" ? undefined : value,
    ),
  );
  return text.sort();
}

describe("export and import", () => {
  it("bring a gallery whole into an empty one, and once more into itself without a change", async () => {
    expect(await write(at("a.jsonl"))).toEqual({ files: [at("a.jsonl")], photographs: 20, faces: 40, people: 3, lost: [] });
    const whole = await contentOf(gallery);
    expect(await read(at("a.jsonl"), at("b.db"))).toMatchObject({ photographs: 20, added: 20, faces: 40, conflicts: [] });
    expect(await contentOf(at("b.db"))).toEqual(whole);
    for (const into of [at("b.db"), gallery]) {
      expect(await read(at("a.jsonl"), into)).toMatchObject({ photographs: 20, added: 0, faces: 0 });
      expect(await contentOf(into)).toEqual(whole);
    }
    await using(at("b.db"), async (store) => {
      expect(await store.check()).toEqual([]);
      expect(await store.corrections(9)).toMatchObject([{ correction: { kind: "import", file: "a.jsonl" } }]);
      const before = await store.statistics();
      await store.undo();
      expect(await store.statistics()).toMatchObject({ photographs: 20, people: 0, ignoredFaces: 0, unassignedFaces: 40 });
      await store.redo();
      expect(await store.statistics()).toEqual(before);
      expect([...((await Array.fromAsync(store.faces()))[0]?.vector ?? [])]).toEqual([0.5, 0.5, 0.5, 0.5]);
    });
  });

  it("keep the hash of a file whose metadata was edited, and with which faces were looked for", async () => {
    const [floor, file] = [{ minFaceSize: 60, minConfidence: 0.8 }, testFile("60.jpg", [face(9, 0)], "first")];
    await using(gallery, (store) => store.recordFile({ ...file, pixels: "p", floor }));
    await using(gallery, (store) => store.recordFile({ ...file, hash: "edited", pixels: "p" }));
    await write(at("a.jsonl"));
    await read(at("a.jsonl"), at("b.db"));
    await using(at("b.db"), async (store) => {
      expect(await store.knownFile(file.path)).toMatchObject({ hash: "edited", floor });
      expect((await store.photographByHash("edited"))?.hash).toBe("first");
    });
  });

  it("merge by content and by name, and what was said here stands", async () => {
    await write(at("a.jsonl"));
    await using(at("b.db"), async (store) => {
      await store.adopt(testIdentity);
      const { faces } = await store.recordFile(testFile("elsewhere/0.jpg", [face(0, 0), face(-0, 1)], "h0"));
      await store.recordFile(testFile("5.jpg", [face(9, 0)], "another picture at this path"));
      await store.correct({ kind: "create", name: "Bob", faces: faces.slice(0, 1) });
      await store.correct({ kind: "create", name: "Zoë 👩", faces: [] });
    });
    expect(await read(at("a.jsonl"), at("b.db"))).toMatchObject({ added: 18, conflicts: ["/photos/5.jpg"] });
    await using(at("b.db"), async (store) => {
      expect((await store.people()).map(({ name, faces }) => [name, faces])).toEqual([
        [null, 2],
        ["Bob", 1],
        ["Zoë 👩", 1],
        ['Anna\n"x"', 1],
      ]);
      expect((await store.photographByHash("h0"))?.paths).toEqual(["/photos/0.jpg", "/photos/elsewhere/0.jpg"]);
      expect(await store.photographByHash("another picture at this path")).toBeDefined();
    });
  });

  it("keep a named face whose photograph was replaced at its path, until it is found again", async () => {
    await using(gallery, async (store) => {
      const { photograph } = await store.recordFile(testFile("0.jpg", [face(9, 0)], "another picture at this path"));
      expect(await store.unplaced()).toMatchObject([{ name: "Zoë 👩", path: "/photos/0.jpg", replaced: true }]);
      expect((await store.photograph(photograph))?.paths).toEqual(["/photos/0.jpg"]);
    });
    await write(at("a.jsonl"));
    expect(await read(at("a.jsonl"), at("b.db"))).toMatchObject({ photographs: 21, added: 21, conflicts: [] });
    expect(await contentOf(at("b.db"))).toEqual(await contentOf(gallery));
    await using(at("b.db"), async (store) => {
      expect(await store.unplaced()).toMatchObject([{ name: "Zoë 👩", path: "/photos/0.jpg", replaced: true }]);
      expect((await store.photographByHash("another picture at this path"))?.paths).toEqual(["/photos/0.jpg"]);
    });
    expect(await read(at("a.jsonl"), at("b.db"))).toMatchObject({ photographs: 21, added: 0, faces: 0 });
  });

  it("pass over what was forgotten here", async () => {
    await write(at("a.jsonl"));
    await using(gallery, async (store) => store.forgetPhotograph((await store.photographByHash("h3"))?.id as number));
    expect(await read(at("a.jsonl"), gallery)).toMatchObject({ added: 0, forgotten: 1 });
  });

  it("refuse another model, and files that are none, damaged or cut off, by line", async () => {
    await write(at("a.jsonl"));
    await using(at("other.db"), (store) => store.adopt({ ...testIdentity, model: "net.two" }));
    await expect(read(at("a.jsonl"), at("other.db"))).rejects.toMatchObject({ code: "GALLERY_MODEL_MISMATCH" });
    await expect(read(at("none.jsonl"), at("c.db"))).rejects.toMatchObject({ code: "FILE_NOT_READABLE" });
    const whole = await lines(at("a.jsonl"));
    const invalid = async (text: string, line: number, reason: RegExp) => {
      await writeFile(at("bad.jsonl"), text);
      const error = { code: "GALLERY_EXPORT_INVALID", data: { line }, message: expect.stringMatching(reason) };
      await expect(read(at("bad.jsonl"), at("c.db"))).rejects.toMatchObject(error);
    };
    await invalid("hello", 1, /JSON/);
    await invalid(whole.slice(1).join("\n"), 1, /begins with/);
    await invalid(whole.slice(0, -1).join("\n"), whole.length - 1, /cut off/);
    await invalid(`${whole.slice(0, 6).join("\n")}\n${whole[6]?.slice(0, 40)}`, 7, /JSON/);
    await invalid(whole.join("\n").replace('"format":2', '"format":3'), 1, /format 3/);
    await invalid(whole.join("\n").replace('"code":"', '"code":"AAAA'), 5, /bytes of the model/);
    await read(at("a.jsonl"), at("c.db")); // and it goes on from there
    expect(await contentOf(at("c.db"))).toEqual(await contentOf(gallery));
  });

  it("finish an import that was killed", { timeout: 120_000 }, async () => {
    await using(gallery, async (store) => {
      for (let i = 0; i < 3000; i++) await store.recordFile(testFile(`more-${i}.jpg`, [face(i % 50, 0)], `m${i}`));
    });
    await write(at("a.jsonl"));
    const main = fileURLToPath(new URL("../cli/main.ts", import.meta.url));
    const child = spawn(process.execPath, [main, "gallery", "import", at("a.jsonl"), "--gallery", at("b.db")], {
      stdio: "ignore",
    });
    const count = () => using(at("b.db"), async (store) => (await store.statistics()).photographs);
    while ((await count()) < 100 && child.exitCode === null);
    child.kill("SIGKILL");
    await once(child, "close");
    expect(await count()).toBeLessThan(3020);
    await read(at("a.jsonl"), at("b.db"));
    expect(await contentOf(at("b.db"))).toEqual(await contentOf(gallery));
  });

  it("go between SQLite and PostgreSQL", { timeout: 120_000 }, async () => {
    const server = await startPglite();
    const postgres = createSqlStore(await openPostgresDatabase(server.address, { connections: server.connections }));
    const copy = async (from: GalleryStore, to: GalleryStore) => {
      const into = new GalleryImport(to, "export.jsonl");
      for await (const record of exportRecords(from)) await into.add(record);
    };
    try {
      await using(gallery, (store) => copy(store, postgres));
      await using(at("back.db"), (store) => copy(postgres, store));
      expect(await contentOf(at("back.db"))).toEqual(await contentOf(gallery));
      expect(await postgres.statistics()).toMatchObject({ photographs: 20, faces: 40, people: 3, forgottenPhotographs: 1 });
    } finally {
      await postgres.close();
      await server.stop();
    }
  });
});

describe("export for NumPy", () => {
  it("writes a matrix, numbers and names as numpy.load reads them", async () => {
    const { faces, people, files } = await write(at("npy"), { format: "npy" });
    expect([faces, people]).toEqual([5, 3]);
    const [matrix, labels, strings] = await Promise.all(files.map((file) => readFile(file)));
    const headerOf = (file: Buffer | undefined) => file?.toString("latin1", 10, 128).trim();
    expect(headerOf(matrix)).toBe("{'descr': '<f4', 'fortran_order': False, 'shape': (5, 4), }");
    expect(headerOf(labels)).toBe("{'descr': '<i4', 'fortran_order': False, 'shape': (5,), }");
    expect(headerOf(strings)).toBe("{'descr': '<U8', 'fortran_order': False, 'shape': (5,), }");
    expect(Array.from({ length: 5 }, (_, i) => labels?.readInt32LE(128 + 4 * i))).toEqual([0, 1, 1, 2, 2]);
    const text = (row: number) =>
      String.fromCodePoint(...Array.from({ length: 8 }, (_, i) => strings?.readUInt32LE(128 + 32 * row + 4 * i) ?? 0)).replace(
        /\0+$/,
        "",
      );
    expect([0, 1, 2, 3, 4].map(text)).toEqual(['Anna\n"x"', "Zoë 👩", "Zoë 👩", "person 3", "person 3"]);
    expect(Array.from({ length: 4 }, (_, i) => matrix?.readFloatLE(128 + 4 * (4 + i)))).toEqual([0.5, 0.5, 0.5, 0.5]);
  });
});
