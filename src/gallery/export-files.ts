/** Writes a gallery to files: JSON lines, or NumPy arrays of its people's embeddings. */
import { join } from "node:path";
import { NPY_HEADER_BYTES, npyHeader, npyInteger, npyIntegerHeader, npyRow, npyText, npyTextHeader } from "../files/npy.ts";
import { makeFolder, WholeFile } from "../files/whole-file.ts";
import { decodeBytes } from "../metric/byte-code.ts";
import { normalize } from "../metric/distance.ts";
import { type ExportOptions, exportRecords } from "./export-gallery.ts";
import type { GalleryStore } from "./store/gallery-store.ts";

export type WrittenExport = {
  readonly files: string[];
  readonly photographs: number;
  readonly faces: number;
  readonly people: number;
};

/** @throws FaceNetError OUTPUT_NOT_WRITABLE; the signal's reason */
export async function writeJsonLines(store: GalleryStore, path: string, options: ExportOptions): Promise<WrittenExport> {
  const counts = { photographs: 0, faces: 0, people: 0 };
  await using file = await WholeFile.create(path);
  for await (const record of exportRecords(store, options)) {
    options.signal?.throwIfAborted();
    await file.append(`${JSON.stringify(record)}\n`);
    if (record.kind === "person") counts.people++;
    if (record.kind === "end") Object.assign(counts, { photographs: record.photographs, faces: record.faces });
  }
  await file.commit();
  return { files: [path], ...counts };
}

/**
 * Writes all three files or none: one row per face that has an embedding and a person, ordered by the people's names; people are
 * numbered from 0.
 *
 * @throws FaceNetError OUTPUT_NOT_WRITABLE; the signal's reason
 */
export async function writeNpy(
  store: GalleryStore,
  folder: string,
  { signal }: Pick<ExportOptions, "signal">,
): Promise<WrittenExport> {
  const people = (await store.people())
    .filter(({ faces }) => faces > 0)
    .map(({ id, name }) => ({ id, label: name ?? `person ${id}` }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
  const length = Math.max(1, ...people.map(({ label }) => Array.from(label).length));
  const { dimensions = 0, codeScale = 1 } = (await store.identity()) ?? {};
  const photographs = new Set<number>();
  let [faces, number] = [0, 0];
  await makeFolder(folder);
  const files = npyFiles(folder);
  await using opened = new AsyncDisposableStack();
  const create = async (file: string | undefined) => opened.use(await WholeFile.create(file as string));
  const [matrix, labels, strings] = [await create(files[0]), await create(files[1]), await create(files[2])];
  for (const each of [matrix, labels, strings]) await each.append(new Uint8Array(NPY_HEADER_BYTES));
  for (const { id, label } of people) {
    const before = faces;
    for await (const { photograph, code, vector } of store.faces({ person: id, embedded: true })) {
      signal?.throwIfAborted();
      await matrix.append(npyRow(vector ?? normalize(decodeBytes(code, codeScale))));
      await labels.append(npyInteger(number));
      await strings.append(npyText(label, length));
      photographs.add(photograph);
      faces++;
    }
    if (faces > before) number++;
  }
  await matrix.overwrite(npyHeader(faces, dimensions), 0);
  await labels.overwrite(npyIntegerHeader(faces), 0);
  await strings.overwrite(npyTextHeader(faces, length), 0);
  for (const each of [matrix, labels, strings]) await each.commit();
  return { files, photographs: photographs.size, faces, people: number };
}

/** Matrix, labels and names, named as by the FaceNet reference implementation. */
export function npyFiles(folder: string): string[] {
  return ["embeddings.npy", "labels.npy", "label_strings.npy"].map((name) => join(folder, name));
}
