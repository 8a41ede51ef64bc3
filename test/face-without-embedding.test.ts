/** Faces drawn by hand without an embedding: every operation on a gallery handles them. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writeDataset } from "../src/datasets/build/write-dataset.ts";
import { openGalleryStore } from "../src/gallery/store/open-gallery-store.ts";
import { listUnassigned } from "../src/operations/browse/list-unassigned.ts";
import { showPhotograph } from "../src/operations/browse/show-photograph.ts";
import { suggestions } from "../src/operations/browse/suggestions.ts";
import { calibrate } from "../src/operations/calibrate.ts";
import { cluster } from "../src/operations/cluster.ts";
import { createContext, type DisposableContext } from "../src/operations/context.ts";
import { find } from "../src/operations/find.ts";
import { galleryCheck } from "../src/operations/gallery-check.ts";
import { galleryExport } from "../src/operations/gallery-export.ts";
import { galleryImport } from "../src/operations/gallery-import.ts";
import { identify } from "../src/operations/identify.ts";
import { index } from "../src/operations/index-photographs.ts";
import { lookalike } from "../src/operations/lookalike.ts";
import { migrate } from "../src/operations/migrate.ts";
import { people } from "../src/operations/people.ts";
import { report } from "../src/operations/report.ts";
import type { ComparableFace } from "../src/schemas/gallery.ts";
import { samplePhotograph, samplePortrait } from "./sample-photographs.ts";
import { temporaryFolder } from "./temporary-folder.ts";

let folder: string;
let gallery: string;
let portrait: string;
let context: DisposableContext;
/** One of Anna, who has another face; one of Ben, who has none; one without a person. */
let drawn: number[];
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await temporaryFolder("without-embedding");
  gallery = at("gallery.db");
  portrait = await samplePortrait();
  context = createContext({ signal: new AbortController().signal, onProgress: () => undefined });
  const paths = [portrait, samplePhotograph("sample1")];
  await index.run(index.input.parse({ paths, gallery }), context);
  const store = await openGalleryStore(gallery);
  const [known] = (await Array.fromAsync(store.faces({ embedded: true }))) as [ComparableFace];
  const code = new Int8Array(known.code.length);
  const draw = async (x: number) => {
    // Acceptable, so that it is not left out for its quality alone.
    const box = { x, y: 1, width: 20, height: 20 };
    const { face } = await store.addDrawnFace(known.photograph, {
      ...known,
      vector: null,
      quality: { ...known.quality, acceptable: true },
      box,
      code,
      embedded: false,
    });
    return face;
  };
  drawn = [await draw(1), await draw(31), await draw(61)];
  const [anna, ben] = drawn as [number, number];
  await store.correct({ kind: "enroll", name: "Anna", faces: [known.id, anna] });
  await store.correct({ kind: "enroll", name: "Ben", faces: [ben] });
  await store.close();
}, 120_000);
afterAll(() => context.dispose());

const where = () => ({ gallery });

it("are kept without a code, and with their people", async () => {
  const store = await openGalleryStore(gallery);
  const kept = (await Array.fromAsync(store.faces())).filter(({ id }) => drawn.includes(id));
  expect(kept.map(({ code, embedded }) => [code, embedded])).toEqual(drawn.map(() => [null, false]));
  const compared = (await Array.fromAsync(store.codes())).flatMap(({ ids }) => [...ids]);
  expect(compared.filter((id) => drawn.includes(id))).toEqual([]);
  await store.close();
});

it("are compared by no operation, and break none", async () => {
  const found = await find.run(find.input.parse({ image: portrait, ...where() }), context);
  expect(found.person?.name).toBe("Anna");
  expect((await find.run(find.input.parse({ person: ["Ben"], ...where() }), context)).photographs).toHaveLength(1);
  const alike = await lookalike.run(lookalike.input.parse({ image: portrait, ...where() }), context);
  expect(alike.people.filter(({ face }) => drawn.includes(face))).toEqual([]);
  for await (const item of identify.run(identify.input.parse({ images: [portrait], ...where() }), context))
    expect(item).toMatchObject({ value: { faces: [{ name: "Anna" }] } });
  await cluster.run(cluster.input.parse(where()), context);
  const listed = await people.run(people.input.parse(where()), context);
  expect(listed.people.flatMap(({ name }) => name ?? []).sort()).toEqual(["Anna", "Ben"]);
  const { faces } = await showPhotograph.run(showPhotograph.input.parse({ photograph: 1, ...where() }), context);
  expect(faces.filter(({ id, likely }) => drawn.includes(id) && likely.length > 0)).toEqual([]);
  await listUnassigned.run(listUnassigned.input.parse(where()), context);
  const asked = await suggestions.run(suggestions.input.parse(where()), context);
  expect(JSON.stringify(asked)).not.toContain('"distance":null');
  await report.run(report.input.parse({ output: at("report.html"), ...where() }), context);
  // Too few people for thresholds: the only error expected.
  await expect(calibrate.run(calibrate.input.parse(where()), context)).rejects.toMatchObject({
    code: "GALLERY_CALIBRATION_TOO_SMALL",
  });
  expect((await galleryCheck.run(galleryCheck.input.parse(where()), context)).problems).toEqual([]);
}, 180_000);

it("are not training images, and the review states why", async () => {
  const store = await openGalleryStore(gallery);
  const written = await writeDataset(store, at("set"), {
    minImages: 1,
    sizePx: 112,
    outlier: 4,
    maxPixels: 1e8,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  await store.close();
  expect(written).toMatchObject({ people: 1, images: 1, dropped: 1, failures: [] });
  expect(await readFile(at("set/dataset.json"), "utf8")).toContain("has no embedding");
});

it("have no row in a matrix of embeddings, and survive export, import and migration", async () => {
  const npy = await galleryExport.run(galleryExport.input.parse({ file: at("npy"), format: "npy", ...where() }), context);
  expect(npy).toMatchObject({ faces: 1, people: 1 });
  const matrix = await readFile(at("npy/embeddings.npy"));
  expect([...new Float32Array(Uint8Array.from(matrix.subarray(-512)).buffer)].every(Number.isFinite)).toBe(true);
  const file = at("all.jsonl");
  await galleryExport.run(galleryExport.input.parse({ file, ...where() }), context);
  const other = at("other.db");
  await galleryImport.run({ file, gallery: other }, context);
  await migrate.run(migrate.input.parse({ to: "sface.opencv-128", gallery: other }), context);
  const store = await openGalleryStore(other);
  const kept = await Array.fromAsync(store.faces({ embedded: false }));
  expect(kept.map(({ code, drawn: byHand }) => [code, byHand])).toEqual(drawn.map(() => [null, true]));
  expect(await store.check()).toEqual([]);
  await store.close();
}, 180_000);
