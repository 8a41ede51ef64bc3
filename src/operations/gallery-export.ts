import { join } from "node:path";
import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { NPY_HEADER_BYTES, npyHeader, npyInteger, npyIntegerHeader, npyRow, npyText, npyTextHeader } from "../files/npy.ts";
import { makeFolder, WholeFile } from "../files/whole-file.ts";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { inSalvagedGallery } from "../gallery/access/salvaged-gallery.ts";
import { exportRecords } from "../gallery/export-gallery.ts";
import type { GalleryStore } from "../gallery/store/gallery-store.ts";
import { decodeBytes } from "../metric/byte-code.ts";
import { normalize } from "../metric/distance.ts";
import { galleryOption, outputFile } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

const Written = z.object({
  files: z.array(z.string()),
  photographs: z.int(),
  faces: z.int(),
  people: z.int(),
  lost: z.array(z.string()).describe("with --salvage: what could not be read, in words"),
});
type Written = z.output<typeof Written>;

export const galleryExport = defineAnswer({
  name: "gallery export",
  summary: "Writes the gallery as JSON lines, or its people's embeddings for NumPy",
  positionals: ["file"],
  examples: [
    {
      command: "facenet gallery export faces.jsonl",
      says: "everything, for `facenet gallery import` here, elsewhere or into PostgreSQL",
    },
    {
      command: "facenet gallery export saved.jsonl --salvage",
      says: "whatever can be read of a damaged gallery; `facenet gallery import` brings it into a new one",
    },
    {
      command: "facenet gallery export exported --format npy",
      says: "exported/embeddings.npy, labels.npy and label_strings.npy, as the FaceNet reference implementation writes them",
    },
  ],
  input: z.strictObject({
    file: outputFile.describe("where to: a file, with --format npy a folder; files are there whole or not at all"),
    format: z
      .enum(["jsonl", "npy"])
      .default("jsonl")
      .describe("jsonl: everything; npy: float32 matrix and labels of the faces that are somebody's"),
    salvage: z.boolean().default(false).describe("of a damaged gallery file: write whatever can be read, and say what could not"),
    vectors: z.boolean().default(true).describe("full vectors too, where the gallery keeps them"),
    ...galleryOption,
  }),
  output: Written,
  run: async ({ file, format, salvage: isDamaged, vectors, gallery }, { borrowGallery, signal }) => {
    const write = async (store: GalleryStore, lost: readonly string[]): Promise<Written> => {
      if (!(await store.identity())) throw new FaceNetError("OPTION_INVALID", { option: "gallery", reason: "is empty" });
      const written = await (format === "npy" ? writeNpy(store, file, signal) : writeLines(store, file, { vectors, signal }));
      return { ...written, lost: [...lost] };
    };
    return isDamaged ? inSalvagedGallery(gallery, write) : inGallery({ borrowGallery }, gallery, (store) => write(store, []));
  },
});

async function writeLines(
  store: GalleryStore,
  path: string,
  options: { vectors: boolean; signal: AbortSignal },
): Promise<Omit<Written, "lost">> {
  const counts = { photographs: 0, faces: 0, people: 0 };
  await writeWhole([path], async ([file]) => {
    for await (const record of exportRecords(store, options)) {
      options.signal.throwIfAborted();
      await file?.append(`${JSON.stringify(record)}\n`);
      if (record.kind === "person") counts.people++;
      if (record.kind === "end") Object.assign(counts, { photographs: record.photographs, faces: record.faces });
    }
  });
  return { files: [path], ...counts };
}

/** One row a face with an embedding that is somebody's, in the order of people's names, who are numbered from 0. */
async function writeNpy(store: GalleryStore, folder: string, signal: AbortSignal): Promise<Omit<Written, "lost">> {
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
  await writeWhole(files, async (written) => {
    const [matrix, labels, strings] = written as [WholeFile, WholeFile, WholeFile];
    for (const each of written) await each.append(new Uint8Array(NPY_HEADER_BYTES));
    for (const { id, label } of people) {
      const before = faces;
      for await (const { photograph, code, vector } of store.faces({ person: id, embedded: true })) {
        signal.throwIfAborted();
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
  });
  return { files, photographs: photographs.size, faces, people: number };
}

/** Matrix, labels and names, as the FaceNet reference implementation calls them. */
export function npyFiles(folder: string): string[] {
  return ["embeddings.npy", "labels.npy", "label_strings.npy"].map((name) => join(folder, name));
}

/** All of the files or none. */
async function writeWhole(paths: readonly string[], write: (files: WholeFile[]) => Promise<void>): Promise<void> {
  const files: WholeFile[] = [];
  try {
    for (const path of paths) files.push(await WholeFile.create(path));
    await write(files);
  } catch (error) {
    for (const file of files) await file.discard();
    throw error;
  }
  for (const file of files) await file.commit();
}
