import * as z from "zod";
import { inGallery } from "../../gallery/access/borrow-gallery.ts";
import { findPerson } from "../../gallery/people/find-person.ts";
import { GalleryFace } from "../../schemas/gallery.ts";
import { galleryOption } from "../../schemas/options.ts";
import { defineAnswer } from "../operation.ts";
import { firstPage, next, pageOptions } from "./page.ts";

/** A face as it is looked at: without what it is compared by. */
export const ShownFace = GalleryFace.omit({ code: true, vector: true }).meta({ id: "GalleryFace" });
export type ShownFace = z.infer<typeof ShownFace>;

export const listFaces = defineAnswer({
  name: "list faces",
  summary: "Faces of the gallery in pages: all, of a person, of nobody, or in a photograph",
  positionals: [],
  examples: [],
  input: z.strictObject({
    person: z.string().optional().describe("number or name"),
    unassigned: z.boolean().default(false).describe("only faces that are nobody's"),
    photograph: z.int().optional(),
    acceptable: z.boolean().optional().describe("only faces that nothing speaks against, or only the others"),
    ...pageOptions,
    ...galleryOption,
  }),
  output: z.object({ faces: z.array(ShownFace), next }),
  run: ({ person, unassigned, photograph, acceptable, after, limit, gallery }, context) =>
    inGallery(context, gallery, async (store) => {
      const whose = person === undefined ? (unassigned ? null : undefined) : (await findPerson(store, person)).id;
      const page = await firstPage(store.faces({ person: whose, photograph, acceptable, after }, limit + 1), limit);
      return { faces: page.items.map(shown), next: page.next };
    }),
});

export function shown({ code: _, vector: __, ...face }: GalleryFace): ShownFace {
  return face;
}
