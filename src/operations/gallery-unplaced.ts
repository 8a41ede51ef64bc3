import * as z from "zod";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { galleryOption } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

export const galleryUnplaced = defineAnswer({
  name: "gallery unplaced",
  summary: "Lists faces with corrections whose photographs are missing",
  examples: [
    {
      command: "facenet gallery unplaced",
      says: "indexing matches them again when their photographs return; `facenet gallery prune` removes them",
    },
  ],
  input: z.strictObject({
    limit: z.int().min(1).max(100_000).default(1000).describe("maximum number, newest first"),
    ...galleryOption,
  }),
  output: z.object({
    faces: z.array(
      z.object({
        face: z.int(),
        photograph: z.int(),
        path: z.string().nullable().describe("last known path of the photograph"),
        replaced: z.boolean().describe("another photograph is at this path now"),
        person: z.int().nullable(),
        name: z.string().nullable(),
      }),
    ),
  }),
  run: ({ limit, gallery }, context) => inGallery(context, gallery, async (store) => ({ faces: await store.unplaced(limit) })),
});
