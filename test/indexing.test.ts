/** Indexing: every format, dates, added, changed, moved and removed files, and many workers at once. */
import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Progress } from "../src/faces/batch.ts";
import { openGalleryStore } from "../src/gallery/store/open-gallery-store.ts";
import { createContext, type DisposableContext } from "../src/operations/context.ts";
import { enroll } from "../src/operations/enroll.ts";
import { find } from "../src/operations/find.ts";
import { index } from "../src/operations/index-photographs.ts";
import { lookalike } from "../src/operations/lookalike.ts";
import { people } from "../src/operations/people.ts";
import type { Box } from "../src/schemas/face.ts";
import { sampleNames, samplePhotograph } from "./sample-photographs.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const heic = fileURLToPath(new URL("./fixtures/photo.heic", import.meta.url));

let root: string;
let folder: string;
let context: DisposableContext;
const progress: Progress[] = [];
beforeAll(async () => {
  root = await temporaryFolder("indexing");
  const onProgress = (one: Progress) => void progress.push(one);
  context = createContext({ signal: new AbortController().signal, onProgress });
});
afterAll(async () => {
  await context.dispose();
});
beforeEach(async () => {
  folder = await mkdtemp(join(root, "photos-"));
  progress.length = 0;
});

const at = (name: string) => join(folder, name);
const gallery = (name = "gallery.db") => join(folder, ".galleries", name);
const run = (options: object = {}) => index.run(index.input.parse({ paths: [folder], gallery: gallery(), ...options }), context);

async function rowsOf(name = "gallery.db") {
  const store = await openGalleryStore(gallery(name));
  try {
    const rows: unknown[] = [];
    for await (const { id, ...photograph } of store.photographs()) {
      const faces = await Array.fromAsync(store.faces({ photograph: id }));
      rows.push({ ...photograph, faces: faces.map(({ box, code }) => ({ box, code })) });
    }
    return rows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) as {
      paths: string[];
      takenAt: string | null;
      width: number;
      height: number;
      faces: { box: Box }[];
    }[];
  } finally {
    await store.close();
  }
}

describe("facenet index", () => {
  it("indexes every format upright, with its date", async () => {
    const picture = () => sharp(samplePhotograph("sample2")).resize(640);
    const formats: Record<string, (image: Sharp) => Sharp> = {
      "a.jpg": (image) => image.withExif({ IFD2: { DateTimeOriginal: "2019:07:14 12:33:05" } }).jpeg(),
      "b.png": (image) => image.withExif({ IFD2: { DateTimeOriginal: "2020:01:02 03:04:05" } }).png(),
      "c.webp": (image) => image.withExif({ IFD2: { DateTimeOriginal: "2021:12:31 23:59:59" } }).webp(),
      "d.avif": (image) => image.avif({ quality: 80, effort: 0 }),
      // identical pixels to the PNG would be the same photograph
      "e.tiff": (image) => image.modulate({ brightness: 1.02 }).tiff({ compression: "lzw" }),
      "f.gif": (image) => image.gif({ effort: 1 }),
      "turned.jpg": (image) => image.rotate(90).withMetadata({ orientation: 8 }).jpeg(),
    };
    for (const [name, save] of Object.entries(formats)) await save(picture()).toFile(at(name));
    await copyFile(heic, at("g.heic"));
    expect(await run({ minFaceSize: 20 })).toMatchObject({ added: 8, failures: [] });
    const rows = await rowsOf();
    const centre = ({ width, height, faces }: (typeof rows)[number]) => {
      const [{ box } = { box: { x: 0, y: 0, width: 0, height: 0 } }] = faces; // the surest
      return [(box.x + box.width / 2) / width, (box.y + box.height / 2) / height] as const;
    };
    const [x, y] = centre(rows.find(({ paths }) => paths[0] === at("b.png")) as (typeof rows)[number]);
    expect(x).toBeGreaterThan(0);
    for (const row of rows) {
      expect(Math.abs(centre(row)[0] - x), row.paths[0]).toBeLessThan(0.02);
      expect(Math.abs(centre(row)[1] - y), row.paths[0]).toBeLessThan(0.02);
    }
    const dates = Object.fromEntries(rows.map(({ paths, takenAt }) => [paths[0]?.slice(folder.length + 1), takenAt]));
    expect(dates).toMatchObject({
      "a.jpg": "2019-07-14T12:33:05",
      "b.png": "2020-01-02T03:04:05",
      "c.webp": "2021-12-31T23:59:59",
      "d.avif": null,
      "g.heic": null,
    });
  });

  it("detects added, changed, moved, copied, removed and restored files", async () => {
    for (const [name, sample] of [
      ["a.jpg", "sample2"],
      ["b.jpg", "sample3"],
      ["sub/c.jpg", "sample4"],
    ] as const) {
      await mkdir(join(at(name), ".."), { recursive: true });
      await copyFile(samplePhotograph(sample), at(name));
    }
    expect(await run()).toMatchObject({ added: 3, missing: 0 });
    await copyFile(samplePhotograph("sample6"), at("a.jpg")); // changed
    await rename(at("b.jpg"), at("sub/moved.jpg"));
    await copyFile(at("sub/c.jpg"), at("copy.jpg"));
    expect(await run()).toMatchObject({ added: 1, moved: 2, known: 1, missing: 1 });
    const paths = async () => (await rowsOf()).flatMap((row) => row.paths).sort();
    expect(await paths()).toEqual(["a.jpg", "copy.jpg", "sub/c.jpg", "sub/moved.jpg"].map(at));
    expect(await run()).toMatchObject({ added: 0, moved: 0, known: 4, missing: 0, faces: 0 });

    await rename(at("sub"), at(".elsewhere"));
    expect(await run()).toMatchObject({ known: 2, missing: 2 });
    expect(await run()).toMatchObject({ known: 2, missing: 0 });
    await rename(at(".elsewhere"), at("sub"));
    progress.length = 0;
    expect(await run()).toMatchObject({ added: 0, moved: 1, known: 3, missing: 0 }); // c.jpg: its copy had taken its place
    expect(await paths()).toEqual(["a.jpg", "copy.jpg", "sub/c.jpg", "sub/moved.jpg"].map(at));
    expect(await run()).toMatchObject({ known: 4, missing: 0 });
  });

  it("names the failed file, and retries only after a change or on request", async () => {
    await writeFile(at("letter.jpg"), "Dear reader");
    const failures = [
      { path: at("letter.jpg"), code: "IMAGE_UNKNOWN_FORMAT", message: expect.stringMatching(/^not a supported/) },
    ];
    const { added } = await run();
    expect(await run()).toMatchObject({ added: 0, known: added, failures }); // not read again, and not among the known
    expect(await run({ retry: true })).toMatchObject({ known: 0, failures });
    await copyFile(samplePhotograph("sample2"), at("letter.jpg"));
    expect(await run()).toMatchObject({ added: 1, failures: [] });
    await expect(run({ paths: [at("none.jpg")] })).rejects.toMatchObject({ code: "PATH_NOT_FOUND" });
  });

  it("counts all photographs to process, and no known ones", async () => {
    for (const name of sampleNames) await copyFile(samplePhotograph(name), at(`${name}.jpg`));
    await run({ paths: [at("sample1.jpg"), at("sample2.jpg")] });
    progress.length = 0;
    await run();
    const photographs = progress.filter(({ unit }) => unit === undefined);
    expect(photographs.map(({ done }) => done)).toEqual([1, 2, 3, 4]);
    expect(photographs.at(-1)).toMatchObject({ done: 4, total: 4, remainingMs: 0 });
  });

  it("in four parallel shards equals one run, and a shard only handles its own files", async () => {
    for (const name of sampleNames) await copyFile(samplePhotograph(name), at(`${name}.jpg`));
    await copyFile(samplePhotograph("sample1"), at("copy.jpg"));
    await run({ gallery: gallery("one.db") });
    const shards = ["1/4", "2/4", "3/4", "4/4"];
    const parts = await Promise.all(shards.map((shard) => run({ shard, gallery: gallery("four.db") })));
    const sum = (of: (part: (typeof parts)[number]) => number) => parts.reduce((total, part) => total + of(part), 0);
    expect(sum(({ added }) => added)).toBe(6);
    expect(sum(({ moved }) => moved)).toBe(1);
    expect(await rowsOf("four.db")).toEqual(await rowsOf("one.db"));

    await rm(at("sample3.jpg"));
    const missing: number[] = [];
    for (const shard of shards) missing.push((await run({ shard, gallery: gallery("four.db") })).missing);
    expect(missing.toSorted()).toEqual([0, 0, 0, 1]);
    await expect(run({ shard: "5/4" })).rejects.toMatchObject({ code: "OPTION_INVALID" });
  });

  it("two parallel runs over the same files equal one run, and report no copies", async () => {
    for (const name of sampleNames) await copyFile(samplePhotograph(name), at(`${name}.jpg`));
    await run({ gallery: gallery("one.db") });
    const parts = await Promise.all([1, 2].map(() => run({ gallery: gallery("two.db") })));
    expect(await rowsOf("two.db")).toEqual(await rowsOf("one.db"));
    expect(parts.map(({ moved, missing }) => [moved, missing])).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(parts.reduce((sum, { added }) => sum + added, 0)).toBe(6);
    for (const { added, known } of parts) expect(added + (known ?? 0)).toBe(6);
  });

  it("recognises a name in decomposed Unicode, as on macOS, and keeps two files that differ only in this", async () => {
    const [composed, decomposed] = ["Zoë Müller.jpg", "Zoë Müller.jpg"].map((name, i) => name.normalize(i === 0 ? "NFC" : "NFD"));
    await copyFile(samplePhotograph("sample2"), at(composed as string));
    expect(await run()).toMatchObject({ added: 1 });
    await rename(at(composed as string), at(decomposed as string));
    expect(await run()).toMatchObject({ added: 0, failures: [] });
    expect((await rowsOf()).map(({ paths }) => paths.length)).toEqual([1]);
    await copyFile(samplePhotograph("sample3"), at(composed as string));
    expect(await run()).toMatchObject({ added: 1, known: 1, missing: 0 });
    expect(await rowsOf()).toHaveLength(2);
    expect(await run()).toMatchObject({ added: 0, known: 2, missing: 0 });
  });

  it("stops on abort, keeps finished work and resumes", async () => {
    for (const name of sampleNames) await copyFile(samplePhotograph(name), at(`${name}.jpg`));
    const abort = new AbortController();
    const stopping = createContext({
      signal: abort.signal,
      onProgress: ({ unit }) => {
        if (unit === undefined) abort.abort(new Error("stop"));
      },
    });
    const input = index.input.parse({ paths: [folder], gallery: gallery(), threads: 1 });
    await expect(index.run(input, stopping)).rejects.toThrow("stop");
    await stopping.dispose();
    const done = (await rowsOf()).length;
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(6);
    expect(await run()).toMatchObject({ added: 6 - done, known: done });
  });
});

describe("facenet find", () => {
  const findIn = (options: object) => find.run(find.input.parse({ gallery: gallery(), ...options }), context);
  const names = (found: { photographs: readonly { paths: readonly string[] }[] }) =>
    found.photographs.map(({ paths }) => paths[0]?.slice(folder.length + 1));

  beforeEach(async () => {
    // The woman on the right of sample1 is the one in the middle of sample3.
    await mkdir(at("2019"));
    const dated = (date: string) => sharp(samplePhotograph("sample1")).withExif({ IFD2: { DateTimeOriginal: date } });
    await dated("2019:07:14 12:00:00").jpeg({ quality: 95 }).toFile(at("2019/july.jpg"));
    await dated("2020:02:01 08:00:00").jpeg({ quality: 94 }).toFile(at("february.jpg"));
    await sharp(samplePhotograph("sample3")).jpeg({ quality: 95 }).toFile(at("three.jpg")); // without its date
    await run();
  });
  const probe = { image: samplePhotograph("sample3"), faces: "largest" };

  it("filters by folder, dates and quality", async () => {
    expect(names(await findIn(probe)).sort()).toEqual(["2019/july.jpg", "february.jpg", "three.jpg"]);
    expect(names(await findIn({ ...probe, folder: at("2019") }))).toEqual(["2019/july.jpg"]);
    expect(names(await findIn({ ...probe, takenFrom: "2020" }))).toEqual(["february.jpg"]);
    expect(names(await findIn({ ...probe, takenTo: "2019-07" }))).toEqual(["2019/july.jpg"]);
    expect(names(await findIn({ ...probe, takenFrom: "2019-08", takenTo: "2020-01" }))).toEqual([]);
    const acceptable = await findIn({ ...probe, acceptable: true });
    expect(names(acceptable)).toContain("three.jpg");
    expect(() => find.input.parse({ ...probe, takenFrom: "14.7.2019" })).toThrow("2019-07-14");
    const alike = await lookalike.run(lookalike.input.parse({ ...probe, gallery: gallery(), folder: at("2019") }), context);
    expect(alike.people.length).toBeGreaterThan(0);
    for (const { paths } of alike.people) expect(paths).toEqual([at("2019/july.jpg")]);
  });

  it("follows the person: all their faces, and none of others", async () => {
    const everywhere = await findIn(probe);
    const faceIn = (name: string) => everywhere.photographs.find(({ paths }) => paths[0] === at(name))?.face;
    const { person } = await enroll.run(
      enroll.input.parse({ name: "Ada", images: [at("three.jpg")], faces: "largest", gallery: gallery() }),
      context,
    );
    expect(await findIn(probe)).toMatchObject({ person: { id: person, name: "Ada" } });

    // Another, distant face is assigned to her; and the one in february.jpg to someone else.
    const other = (await findIn({ image: at("2019/july.jpg"), faces: "central", threshold: 0.001 })).photographs[0]?.face;
    const store = await openGalleryStore(gallery());
    await store.correct({ kind: "assign", faces: [other as number], person });
    await store.correct({ kind: "create", name: "Bea", faces: [faceIn("february.jpg") as number] });
    await store.close();
    const found = await findIn(probe);
    expect(names(found)).not.toContain("february.jpg");
    expect(names(found)).toContain("2019/july.jpg");
    await people.run(people.input.parse({ person: "Ada", reject: [faceIn("2019/july.jpg")], gallery: gallery() }), context);
    const farther = (await findIn(probe)).photographs.find(({ paths }) => paths[0] === at("2019/july.jpg"));
    expect(farther).toMatchObject({ face: other, person });
    expect(farther?.distance).toBeGreaterThan(found.threshold as number);
  });

  it("finds a person by name without a photograph, the oldest first", async () => {
    const everywhere = await findIn(probe);
    const store = await openGalleryStore(gallery());
    await store.correct({ kind: "create", name: "Ada", faces: everywhere.photographs.map(({ face }) => face) });
    await store.close();
    const found = await findIn({ person: ["Ada"] });
    expect(names(found)).toEqual(["2019/july.jpg", "february.jpg", "three.jpg"]);
    expect(found).toMatchObject({ threshold: null, person: { name: "Ada" } });
    expect(names(await findIn({ person: ["Ada"], takenTo: "2019" }))).toEqual(["2019/july.jpg"]);
    await expect(findIn({ person: ["Nobody"] })).rejects.toMatchObject({ code: "PERSON_NOT_FOUND" });
    await expect(findIn({})).rejects.toMatchObject({ code: "OPTION_INVALID" });
    expect(names(await findIn({ ...probe, person: ["Ada"] })).sort()).toEqual(["2019/july.jpg", "february.jpg", "three.jpg"]);
  });
});
