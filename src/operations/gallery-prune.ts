import { resolve } from "node:path";
import * as z from "zod";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { gonePhotographs } from "../gallery/gone-photographs.ts";
import { galleryOption } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

export const galleryPrune = defineAnswer({
  name: "gallery prune",
  summary: "Removes photographs that are gone from disk, with their faces and what was said of them",
  positionals: [],
  examples: [
    { command: "facenet gallery prune --dry-run", says: "what would go; `facenet gallery unplaced` lists the faces with names" },
    { command: "facenet gallery prune --folder ~/Photos/2019", says: "only what lay there" },
  ],
  input: z.strictObject({
    folder: z.string().optional().describe("only photographs that lay in this folder or below it"),
    dryRun: z.boolean().default(false).describe("only say what would go"),
    ...galleryOption,
  }),
  output: z.object({
    photographs: z.int().describe("removed; they come back when their files do"),
    faces: z.int(),
    named: z.int().describe("of these faces, with a name"),
    corrections: z.int().describe("changes that can no longer be taken back"),
    refused: z
      .array(z.object({ folder: z.string(), photographs: z.int() }))
      .describe(
        "folders that are missing, empty or without any photograph of the gallery, as of a disk that is not mounted: nothing below them is removed",
      ),
    back: z.int().describe("photographs at whose path a file lies again: left for indexing"),
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
