/** Writes the people of a gallery as folders of training faces; unchanged files are kept, obsolete ones removed. */
import { readFile, rm, rmdir, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, dirname, join } from "node:path";
import { FaceNetError, failureOf } from "../../errors.ts";
import { ProgressCounter } from "../../faces/batch.ts";
import { mapOrdered } from "../../faces/map-ordered.ts";
import type { RunContext } from "../../faces/run-context.ts";
import { makeFolder, writeWhole } from "../../files/whole-file.ts";
import type { GalleryStore } from "../../gallery/store/gallery-store.ts";
import { decodeImage } from "../../image/decode.ts";
import { faceThumbnail } from "../../image/face-thumbnail.ts";
import { DatasetRecord } from "../../schemas/dataset.ts";
import type { ImageFailure } from "../../schemas/failure.ts";
import type { GalleryFace, Person, Photograph } from "../../schemas/gallery.ts";
import { chooseFaces } from "../choose-faces.ts";
import { COPY_DISTANCE, type DatasetReport } from "./build-options.ts";
import { reviewPage } from "./review-page.ts";

export type WriteDatasetOptions = Pick<RunContext, "signal" | "onProgress"> & {
  /** People with fewer images are left out. */
  readonly minImages: number;
  /** Side of the images; smaller faces are not enlarged. */
  readonly sizePx: number;
  /** Faces whose median squared L2 to the person's other faces exceeds this are left out. */
  readonly outlier: number;
  readonly maxPixels: number;
};

/** JPEG quality: training sees no artefacts beyond those of the photographs. */
const QUALITY = 92;
/** Margin as a share of the box's side, on each side: the face fills the middle half. */
const MARGIN = 0.5;

type Planned = { readonly face: GalleryFace; readonly file: string };
type PlannedPerson = {
  readonly person: Person;
  readonly folder: string;
  readonly images: readonly Planned[];
  readonly dropped: readonly { readonly face: GalleryFace; readonly reason: string }[];
};

/**
 * @param output the set's folder
 * @throws FaceNetError OUTPUT_NOT_WRITABLE; the signal's reason. Files written before are kept and reused.
 */
export async function writeDataset(store: GalleryStore, output: string, options: WriteDatasetOptions): Promise<DatasetReport> {
  const before = await readRecord(output);
  const people = await plan(store, options);
  const failures: ImageFailure[] = [];
  const written = new Set<string>();
  const byPhotograph = Map.groupBy(
    people.flatMap(({ images }) => images),
    ({ face }) => face.photograph,
  );
  const counter = new ProgressCounter(byPhotograph.size, performance.now());
  const pathOf = new Map<number, string>();
  const cut = async ([id, images]: [number, Planned[]]) => {
    const photograph = await store.photograph(id);
    pathOf.set(id, photograph?.paths[0] ?? "");
    const failure = await cutOut(photograph, images, output, options).catch((error: unknown) => {
      if (error instanceof FaceNetError && error.code.startsWith("IMAGE_")) return error;
      throw error;
    });
    if (failure) failures.push({ image: pathOf.get(id) as string, ...failureOf(failure) });
    else for (const { file } of images) written.add(file);
    options.onProgress(counter.count(!failure, images.length, performance.now()));
  };
  for await (const _ of mapOrdered(byPhotograph, availableParallelism(), cut, options.signal));

  const record = recordOf(people, written, pathOf, (await store.identity())?.model ?? "");
  await writeInFolder(join(output, "dataset.json"), `${JSON.stringify(record, null, 1)}\n`);
  const review = join(output, "review.html");
  await writeInFolder(review, reviewPage(record));
  await removeStale(before, written, output);
  return {
    folder: output,
    people: record.people.length,
    images: written.size,
    dropped: record.dropped.length,
    review,
    failures,
  };
}

async function plan(store: GalleryStore, { minImages, outlier }: WriteDatasetOptions): Promise<PlannedPerson[]> {
  const people: PlannedPerson[] = [];
  const folders = new Set<string>();
  for (const person of await store.people()) {
    if (person.faces < minImages) continue;
    const faces = await Array.fromAsync(store.faces({ person: person.id }));
    const byId = new Map(faces.map((face) => [face.id, face]));
    const { kept, dropped } = chooseFaces(faces, { outlier, copy: COPY_DISTANCE });
    if (kept.length < minImages) continue;
    const folder = folderOf(person, folders);
    folders.add(folder.toLowerCase());
    people.push({
      person,
      folder,
      images: kept.map((id) => ({
        face: byId.get(id) as GalleryFace,
        file: `${folder}/face-${String(id).padStart(7, "0")}.jpg`,
      })),
      dropped: dropped.map(({ id, reason }) => ({ face: byId.get(id) as GalleryFace, reason })),
    });
  }
  return people;
}

/** The name without characters that file systems reject, or person-0012; equal results get the number appended. */
function folderOf({ id, name }: Person, taken: ReadonlySet<string>): string {
  const number = `person-${String(id).padStart(4, "0")}`;
  const plain = (name ?? "")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: characters that file names must not contain
    .replace(/[\u0000-\u001f\u007f<>:"/\\|?*]/g, "_")
    .replace(/^[.\s]+|[.\s]+$/g, "")
    .slice(0, 100);
  if (plain === "") return number;
  return taken.has(plain.toLowerCase()) ? `${plain} (${number})` : plain;
}

/** @returns the error if the photograph can no longer be read */
async function cutOut(
  photograph: Photograph | undefined,
  images: readonly Planned[],
  output: string,
  { sizePx, maxPixels }: WriteDatasetOptions,
): Promise<FaceNetError | undefined> {
  const missing: Planned[] = [];
  for (const image of images) if (!(await isThere(join(output, image.file)))) missing.push(image);
  if (missing.length === 0) return undefined;
  const path = photograph?.paths[0];
  if (!photograph || path === undefined) return new FaceNetError("IMAGE_NOT_FOUND", { image: "(photograph)" });
  const picture = await decodeImage(path, { maxPixels });
  if (picture.width !== photograph.width || picture.height !== photograph.height)
    return new FaceNetError("IMAGE_CORRUPT", { image: path, reason: "it has changed since it was indexed" });
  for (const { face, file } of missing)
    await writeInFolder(
      join(output, file),
      await faceThumbnail(picture, face.box, { sidePx: sizePx, margin: MARGIN, quality: QUALITY }),
    );
  return undefined;
}

function recordOf(
  people: readonly PlannedPerson[],
  written: ReadonlySet<string>,
  pathOf: ReadonlyMap<number, string>,
  model: string,
): DatasetRecord {
  const photographOf = ({ photograph }: GalleryFace): string => pathOf.get(photograph) ?? "";
  return {
    version: 1,
    model,
    people: people.map(({ person, folder, images }) => ({
      person: person.id,
      name: person.name,
      folder,
      images: images
        .filter(({ file }) => written.has(file))
        .map(({ face, file }) => ({ file, face: face.id, photograph: photographOf(face) })),
    })),
    dropped: people.flatMap(({ person, dropped }) =>
      dropped.map(({ face, reason }) => ({ face: face.id, person: person.id, photograph: photographOf(face), reason })),
    ),
  };
}

/** Record of an earlier run; if it is damaged or missing, no file is treated as ours. */
async function readRecord(output: string): Promise<DatasetRecord | undefined> {
  const text = await readFile(join(output, "dataset.json"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return DatasetRecord.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Removes images of an earlier run that are no longer in the set, and folders left empty. Never other files. */
async function removeStale(before: DatasetRecord | undefined, written: ReadonlySet<string>, output: string): Promise<void> {
  for (const { folder, images } of before?.people ?? []) {
    for (const { file } of images)
      if (!written.has(file) && dirname(file) === folder && basename(folder) === folder)
        await rm(join(output, file), { force: true });
    await rmdir(join(output, folder)).catch(() => undefined); // not empty
  }
}

async function writeInFolder(path: string, data: string | Uint8Array): Promise<void> {
  await makeFolder(dirname(path));
  await writeWhole(path, data);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.size > 0,
    () => false,
  );
}
