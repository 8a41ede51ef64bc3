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
  output: z.object({
    files: z.array(z.string()),
    photographs: z.int(),
    faces: z.int(),
    people: z.int(),
    lost: z.array(z.string()).describe("with --salvage: what could not be read, in words"),
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
