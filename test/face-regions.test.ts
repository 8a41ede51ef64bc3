/** Reads and writes names of faces as XMP, in the format of digiKam and Lightroom. */
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { addFaceRegions, readFaceRegions } from "../src/image/face-regions.ts";
import { createContext, type DisposableContext } from "../src/operations/context.ts";
import { galleryWriteRegions } from "../src/operations/gallery-write-regions.ts";
import { index } from "../src/operations/index-photographs.ts";
import { people } from "../src/operations/people.ts";
import type { Box } from "../src/schemas/face.ts";
import { samplePhotograph } from "./sample-photographs.ts";
import { temporaryFolder } from "./temporary-folder.ts";

let root: string;
let folder: string;
let context: DisposableContext;
/** Faces of sample3 in parts of the picture, most certain first. */
let faces: Box[];
beforeAll(async () => {
  root = await temporaryFolder("regions");
  context = createContext({ signal: new AbortController().signal, onProgress: () => undefined });
  const facenet = await context.load({});
  const { width, height, faces: found } = await facenet.detect(samplePhotograph("sample3"));
  faces = found.map(({ box }) => {
    return { x: box.x / width, y: box.y / height, width: box.width / width, height: box.height / height };
  });
});
afterAll(async () => {
  await context.dispose();
});
beforeEach(async () => {
  folder = await mkdtemp(join(root, "photos-"));
});

const at = (name: string) => join(folder, name);
const runIndex = (options: object = {}, name = "g.db") =>
  index.run(index.input.parse({ paths: [folder], gallery: at(`.${name}`), readRegions: true, ...options }), context);
const write = (options: object = {}, name = "g.db") =>
  galleryWriteRegions.run(galleryWriteRegions.input.parse({ gallery: at(`.${name}`), ...options }), context);
async function namesOf(name = "g.db"): Promise<Record<string, number>> {
  const { people: list } = await people.run(people.input.parse({ gallery: at(`.${name}`) }), context);
  return Object.fromEntries(list.map((person) => [person.name ?? person.id, person.faces]));
}
const stored = async (path: string) => {
  const { width, height, orientation = 1 } = await sharp(path).metadata();
  return { width, height, orientation };
};

/** The photograph with embedded names, for its first faces in order. */
async function putNamed(file: string, names: readonly string[], orientation = 1): Promise<void> {
  const turned = await sharp(samplePhotograph("sample3"))
    .rotate(orientation === 6 ? 270 : 0)
    .withMetadata({ orientation })
    .jpeg({ quality: 95 })
    .toBuffer();
  const { width, height } = await sharp(turned).metadata();
  const regions = names.map((name, i) => ({ name, box: faces[i] as Box }));
  const xmp = addFaceRegions(undefined, regions, { width, height, orientation }, file);
  await sharp(turned).keepMetadata().withXmp(xmp).jpeg({ quality: 95 }).toFile(at(file));
}

it("reads names from a photograph, a rotated one, and a sidecar", async () => {
  await putNamed("inside.jpg", ["Anna", "Ben"]);
  await putNamed("turned.jpg", ["Anna", "Ben"], 6);
  expect((await sharp(at("turned.jpg")).metadata()).orientation).toBe(6);
  await sharp(samplePhotograph("sample3")).jpeg({ quality: 91 }).toFile(at("beside.jpg"));
  const regions = [{ name: "Cleo & Söhne", box: faces[2] as Box }];
  await writeFile(at("beside.jpg.xmp"), addFaceRegions(undefined, regions, await stored(at("beside.jpg")), "f"));
  expect(await runIndex()).toMatchObject({ added: 3, failures: [] });
  expect(await namesOf()).toEqual({ Anna: 2, Ben: 2, "Cleo & Söhne": 1 });
});

it("does so once for known photographs, too, and never overrides corrections", async () => {
  await putNamed("a.jpg", ["Anna", "Ben"]);
  await runIndex({ readRegions: false });
  expect(await namesOf()).toEqual({});
  expect(await runIndex()).toMatchObject({ added: 0, moved: 0, known: 1 });
  expect(await namesOf()).toEqual({ Anna: 1, Ben: 1 });
  const { faces: annas } = await people.run(people.input.parse({ person: "Anna", gallery: at(".g.db") }), context);
  await people.run(people.input.parse({ person: "Anna", reject: [annas[0]?.id], gallery: at(".g.db") }), context);
  await runIndex();
  expect(await namesOf()).toEqual({ Anna: 0, Ben: 1 });
});

it("writes names to sidecars, which another gallery reads; photographs are unchanged", async () => {
  await putNamed("a.jpg", ["Anna", "Ben"]);
  await runIndex();
  const before = await readFile(at("a.jpg"));
  expect(await write({ dryRun: true })).toMatchObject({ written: [], unchanged: 1 }); // the photograph says so itself
  await mkdir(at("plain"));
  // The same picture without names: known by content it is not, so its faces are named here.
  await sharp(samplePhotograph("sample3")).jpeg({ quality: 93 }).toFile(at("plain/b.jpg"));
  await runIndex();
  const { people: list } = await people.run(people.input.parse({ gallery: at(".g.db") }), context);
  expect(list).toHaveLength(2);
  const regions = [{ name: "Anna", box: faces[0] as Box }];
  await writeFile(at("plain/b.jpg.xmp"), addFaceRegions(undefined, regions, await stored(at("plain/b.jpg")), "f"));
  await runIndex();
  expect(await namesOf()).toEqual({ Anna: 2, Ben: 1 });
  await rm(at("plain/b.jpg.xmp"));

  expect(await write({ dryRun: true })).toMatchObject({ written: [{ file: at("plain/b.jpg.xmp"), names: ["Anna"] }] });
  await expect(readFile(at("plain/b.jpg.xmp"))).rejects.toThrow("ENOENT");
  expect(await write()).toMatchObject({ written: [{ names: ["Anna"] }], failures: [] });
  expect(await write()).toMatchObject({ written: [], unchanged: 2 });
  expect(await readFile(at("a.jpg"))).toEqual(before);
  await runIndex({}, "other.db");
  expect(await namesOf("other.db")).toEqual({ Anna: 2, Ben: 1 });
});

it("keeps other content of a sidecar, and different names in it", async () => {
  await putNamed("a.jpg", ["Anna", "Ben"]);
  await runIndex();
  const picture = await stored(at("a.jpg"));
  const rating = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
    <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="5"/></rdf:RDF></x:xmpmeta>`;
  const theirs = addFaceRegions(rating, [{ name: "Antonia", box: faces[0] as Box }], picture, "f");
  await writeFile(at("a.jpg.xmp"), theirs);
  expect(await write()).toMatchObject({
    written: [{ names: ["Ben"] }],
    otherwise: [{ name: "Anna", there: "Antonia" }],
  });
  const after = await readFile(at("a.jpg.xmp"), "utf8");
  expect(after).toContain('xmp:Rating="5"');
  expect(readFaceRegions(after, picture).map(({ name }) => name)).toEqual(["Antonia", "Ben"]);

  await writeFile(at("a.jpg.xmp"), "this is somebody's note");
  expect(await write()).toMatchObject({ written: [], failures: [{ code: "SIDECAR_UNUSABLE" }] });
  expect(await readFile(at("a.jpg.xmp"), "utf8")).toBe("this is somebody's note");
});

it("skips missing photographs, and filters by person and folder", async () => {
  await mkdir(at("2019"));
  await putNamed("2019/a.jpg", ["Anna", "Ben"]);
  await putNamed("b.jpg", ["Anna"]);
  await runIndex();
  await copyFile(at("b.jpg"), at("2019/gone.jpg"));
  await runIndex();
  await rm(at("2019/gone.jpg"));
  await runIndex();
  for (const path of ["2019/a.jpg", "b.jpg"])
    await sharp(await readFile(at(path)))
      .jpeg()
      .toFile(at(path)); // names lost
  const paths = ({ written }: Awaited<ReturnType<typeof write>>) => written.map(({ file, names }) => [file, names]);
  // Both files hold the same pixels: they are one photograph, and its names belong beside both.
  const beside = ["2019/a.jpg.xmp", "b.jpg.xmp"].map((name) => [at(name), ["Ben"]]);
  expect(paths(await write({ person: "Ben", dryRun: true }))).toEqual(beside);
  expect(paths(await write({ folder: at("2019"), dryRun: true }))).toEqual([[at("2019/a.jpg.xmp"), ["Anna", "Ben"]]]);
});
