/** Faces drawn by hand: embedded where the detector finds landmarks after all, and kept with their name where it does not. */
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { withComment } from "../../test/gallery/library-simulation.ts";
import { samplePhotograph, samplePortrait } from "../../test/sample-photographs.ts";
import { overlapOfUnion } from "../faces/detection/overlap.ts";
import type { GalleryStore } from "../gallery/store/gallery-store.ts";
import { openGalleryStore } from "../gallery/store/open-gallery-store.ts";
import type { Box } from "../schemas/face.ts";
import { showPhotograph } from "./browse/show-photograph.ts";
import { createContext, type DisposableContext } from "./context.ts";
import { find } from "./find.ts";
import { galleryExport } from "./gallery-export.ts";
import { galleryImport } from "./gallery-import.ts";
import { galleryWriteRegions } from "./gallery-write-regions.ts";
import { index } from "./index-photographs.ts";
import { peopleDraw } from "./people-draw.ts";

let folder: string;
let gallery: string;
let photo: string;
let context: DisposableContext;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "facenet-draw-"));
  gallery = join(folder, "gallery.db");
  photo = join(folder, "photo.jpg");
  context = createContext({ signal: new AbortController().signal, onProgress: () => undefined });
  await copyFile(samplePhotograph("sample1"), photo);
});
afterAll(async () => {
  await context.dispose();
  await rm(folder, { recursive: true, force: true });
});

const run = (box: number[], name?: string) =>
  peopleDraw.run(peopleDraw.input.parse({ photograph: photo, box, name, gallery }), context);
const runIndex = (more: object = {}) => index.run(index.input.parse({ paths: [photo], gallery, ...more }), context);
const using = async <T>(work: (store: GalleryStore) => Promise<T>, name = gallery): Promise<T> => {
  const store = await openGalleryStore(name);
  return work(store).finally(() => store.close());
};
const edges = ({ x, y, width, height }: Box): number[] => [x, y, width, height];
const drawnFaces = (store: GalleryStore) => Array.fromAsync(store.faces()).then((faces) => faces.filter(({ drawn }) => drawn));

it("embeds a drawn face that a less sure look finds, keeps one that nobody could find, and both through edits, export and XMP", async () => {
  await runIndex();
  const seen = await using((store) => Array.fromAsync(store.faces()));
  const boxes = seen.map(({ box }) => box);
  const { width, height } = (await using((store) => store.photograph(1))) ?? { width: 0, height: 0 };
  const missed = boxes[0] as Box;
  await using(async (store) => void (await store.forgetPhotograph(1, { mayReturn: true })));
  // Looked at for faces that are larger than all of them: the gallery knows the photograph, and none of its faces.
  await runIndex({ minFaceSize: 10_000 });
  expect(await using((store) => Array.fromAsync(store.faces()))).toEqual([]);

  const drawn = await run(edges(missed), "Anna");
  expect(drawn).toMatchObject({ added: true, embedded: true, done: { correction: { kind: "draw", name: "Anna" } } });
  const known = await using((store) => store.face(drawn.face));
  expect(await using((store) => store.undo())).toEqual(drawn.done);
  expect(await using((store) => Array.fromAsync(store.faces()))).toEqual([]);
  expect(await using((store) => store.redo())).toEqual(drawn.done);
  expect(await using((store) => store.face(drawn.face))).toEqual(known);
  expect(known).toMatchObject({ drawn: true, embedded: true, box: missed });
  expect([...(known?.code ?? [])].some((value) => value !== 0)).toBe(true);
  expect(await run(edges(missed))).toMatchObject({ face: drawn.face, added: false, done: null });

  const free = [0, 1, 2, 3].map((corner) => {
    return { x: corner % 2 === 0 ? 0 : width - 30, y: corner < 2 ? 0 : height - 30, width: 30, height: 30 };
  });
  const empty = free.find((box) => boxes.every((other) => overlapOfUnion(other, box) === 0)) as Box;
  const unseen = await run(edges(empty), "Ben");
  expect(unseen).toMatchObject({ added: true, embedded: false });
  await expect(run([width + 5, 0, 30, 30])).rejects.toMatchObject({ code: "OPTION_INVALID" });

  await writeFile(photo, withComment(await readFile(photo), "rated 5"));
  await runIndex({ minFaceSize: 10_000 });
  const names = async (name: string) =>
    using(async (store) => {
      const of = await store.names();
      return (await drawnFaces(store)).map(({ person, embedded }) => [person === null ? null : of.get(person), embedded]);
    }, name);
  const both = [
    ["Anna", true],
    ["Ben", false],
  ];
  expect(await names(gallery)).toEqual(both);
  const file = join(folder, "all.jsonl");
  await galleryExport.run(galleryExport.input.parse({ file, gallery }), context);
  await galleryImport.run({ file, gallery: join(folder, "other.db") }, context);
  expect(await names(join(folder, "other.db"))).toEqual(both);
  const { written } = await galleryWriteRegions.run(galleryWriteRegions.input.parse({ gallery }), context);
  expect(written.flatMap((one) => one.names).sort()).toEqual(["Anna", "Ben"]);
  expect(await using((store) => store.check())).toEqual([]);
}, 180_000);

it("shows a photograph with a face that cannot be compared, and finds it beside the others of its person", async () => {
  const portrait = await samplePortrait();
  const other = join(folder, "portrait.db");
  await index.run(index.input.parse({ paths: [portrait], gallery: other }), context);
  const corner = { photograph: "1", box: [2, 2, 40, 40], name: "Anna", gallery: other };
  const { face, embedded } = await peopleDraw.run(peopleDraw.input.parse(corner), context);
  expect(embedded).toBe(false);
  await using((store) => store.correct({ kind: "enroll", name: "Anna", faces: [1] }), other);
  const { faces } = await showPhotograph.run(showPhotograph.input.parse({ photograph: 1, gallery: other }), context);
  expect(faces.find(({ id }) => id === face)).toMatchObject({ name: "Anna", likely: [] });
  const found = await find.run(find.input.parse({ image: portrait, gallery: other }), context);
  expect(found.photographs.map(({ photograph }) => photograph)).toEqual([1]);
}, 180_000);
