import { basename } from "node:path";
import * as z from "zod";
import { ProgressCounter } from "../faces/batch.ts";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { GalleryImport } from "../gallery/import-gallery.ts";
import { readExport } from "../gallery/read-export.ts";
import type { GalleryStore } from "../gallery/store/gallery-store.ts";
import { galleryOption } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

export const galleryImport = defineAnswer({
  name: "gallery import",
  summary: "Imports an exported gallery into this one, empty or not",
  positionals: ["file"],
  examples: [
    {
      command: "facenet gallery import faces.jsonl --gallery postgres://db/faces",
      says: "can be interrupted and resumed; existing photographs are skipped",
    },
  ],
  input: z.strictObject({
    file: z.string().min(1).describe("file written by `facenet gallery export`"),
    ...galleryOption,
  }),
  output: z.object({
    photographs: z.int().describe("in the file"),
    added: z.int().describe("photographs that were not in the gallery"),
    faces: z.int().describe("new faces"),
    forgotten: z.int().describe("photographs skipped, because they were forgotten here"),
    conflicts: z.array(z.string()).describe("paths at which this gallery has other photographs; those of the file were skipped"),
  }),
  async run({ file, gallery }, { borrowGallery, signal, onProgress }) {
    const records = readExport(file);
    const first = await records.next(); // an invalid file does not create a gallery
    const importAll = async (store: GalleryStore) => {
      const into = new GalleryImport(store, basename(file));
      const progress = new ProgressCounter(undefined, performance.now());
      if (!first.done) await into.add(first.value);
      for await (const record of records) {
        signal.throwIfAborted();
        await into.add(record);
        if (record.kind === "photograph") onProgress(progress.count(true, record.faces.length, performance.now()));
      }
      return { ...into.report, conflicts: [...into.report.conflicts] };
    };
    return inGallery({ borrowGallery }, gallery, importAll, { create: true });
  },
});
