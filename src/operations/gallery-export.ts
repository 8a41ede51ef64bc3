import * as z from "zod";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { requireIdentity } from "../gallery/access/gallery-identity.ts";
import { inSalvagedGallery } from "../gallery/access/salvaged-gallery.ts";
import { writeJsonLines, writeNpy } from "../gallery/export-files.ts";
import type { GalleryStore } from "../gallery/store/gallery-store.ts";
import { galleryOption, outputFile } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

export const galleryExport = defineAnswer({
  name: "gallery export",
  summary: "Exports the gallery as JSON lines, or its people's embeddings for NumPy",
  positionals: ["file"],
  examples: [
    {
      command: "facenet gallery export faces.jsonl",
      says: "everything, for `facenet gallery import` here, elsewhere or into PostgreSQL",
    },
    {
      command: "facenet gallery export saved.jsonl --salvage",
      says: "everything readable of a damaged gallery; import it into a new one with `facenet gallery import`",
    },
    {
      command: "facenet gallery export exported --format npy",
      says: "exported/embeddings.npy, labels.npy and label_strings.npy, as the FaceNet reference implementation writes them",
    },
  ],
  input: z.strictObject({
    file: outputFile.describe("file to write, with --format npy a folder; files are written atomically"),
    format: z
      .enum(["jsonl", "npy"])
      .default("jsonl")
      .describe("jsonl: everything; npy: float32 matrix and labels of the faces that have a person"),
    salvage: z.boolean().default(false).describe("damaged gallery file: export everything readable, and list the rest"),
    vectors: z.boolean().default(true).describe("include full vectors, if the gallery stores them"),
    ...galleryOption,
  }),
  output: z.object({
    files: z.array(z.string()),
    photographs: z.int(),
    faces: z.int(),
    people: z.int(),
    lost: z.array(z.string()).describe("with --salvage: descriptions of what could not be read"),
  }),
  run: ({ file, format, salvage: isDamaged, vectors, gallery }, { borrowGallery, signal }) => {
    const write = async (store: GalleryStore, lost: readonly string[]) => {
      await requireIdentity(store);
      const written = format === "npy" ? writeNpy(store, file, { signal }) : writeJsonLines(store, file, { vectors, signal });
      return { ...(await written), lost: [...lost] };
    };
    return isDamaged ? inSalvagedGallery(gallery, write) : inGallery({ borrowGallery }, gallery, (store) => write(store, []));
  },
});
