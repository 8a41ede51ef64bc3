import { resolve } from "node:path";
import * as z from "zod";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { gonePhotographs } from "../gallery/gone-photographs.ts";
import { galleryOption } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

export const galleryPrune = defineAnswer({
  name: "gallery prune",
  summary: "Removes photographs whose files are missing, with their faces and corrections",
  examples: [
    {
      command: "facenet gallery prune --dry-run",
      says: "what would be removed; `facenet gallery unplaced` lists the faces with names",
    },
    { command: "facenet gallery prune --folder ~/Photos/2019", says: "only photographs from there" },
  ],
  input: z.strictObject({
    folder: z.string().optional().describe("only photographs from this folder or its sub-folders"),
    dryRun: z.boolean().default(false).describe("only show what would be removed"),
    ...galleryOption,
  }),
  output: z.object({
    photographs: z.int().describe("photographs removed; indexing adds them again if their files return"),
    faces: z.int(),
    named: z.int().describe("faces of these with a name"),
    corrections: z.int().describe("changes that can no longer be undone"),
    refused: z
      .array(z.object({ folder: z.string(), photographs: z.int() }))
      .describe(
        "folders that are missing, empty or without any photograph of the gallery, for example because a disk is not mounted; nothing in them is removed",
      ),
    back: z.int().describe("photographs whose file is back: left for indexing"),
    dryRun: z.boolean(),
  }),
  run: ({ folder, dryRun, gallery }, { borrowGallery }) =>
    inGallery({ borrowGallery }, gallery, async (store) => {
      const { removed, unreachable, back } = await gonePhotographs(store, folder === undefined ? undefined : resolve(folder));
      const names = await store.names();
      let [faces, named] = [0, 0];
      for (const { id } of removed) {
        for await (const { person } of store.faces({ photograph: id })) {
          faces++;
          if (person !== null && names.get(person)) named++;
        }
      }
      const ids = removed.map(({ id }) => id);
      const pruned = dryRun ? { photographs: ids.length, faces, corrections: 0 } : await store.prune(ids);
      const refused = [...unreachable].map(([path, photographs]) => ({ folder: path, photographs: photographs.length }));
      return { ...pruned, named, refused, back: back.length, dryRun };
    }),
});
