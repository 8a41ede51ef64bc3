import * as z from "zod";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { galleryOption } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

export const galleryUnplaced = defineAnswer({
  name: "gallery unplaced",
  summary: "Faces of which you said something and whose photographs are gone",
  positionals: [],
  examples: [
    {
      command: "facenet gallery unplaced",
      says: "they are found again when their photographs come back; `facenet gallery prune` removes them",
    },
  ],
  input: z.strictObject({
    limit: z.int().min(1).max(100_000).default(1000).describe("how many, the newest first"),
    ...galleryOption,
  }),
  output: z.object({
    faces: z.array(
      z.object({
        face: z.int(),
        photograph: z.int(),
        path: z.string().nullable().describe("where the photograph lay last"),
        replaced: z.boolean().describe("another picture lies there now"),
        person: z.int().nullable(),
        name: z.string().nullable(),
      }),
    ),
  }),
  run: ({ limit, gallery }, context) => inGallery(context, gallery, async (store) => ({ faces: await store.unplaced(limit) })),
});
