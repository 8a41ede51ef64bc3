import * as z from "zod";
import { inGallery } from "../../gallery/access/borrow-gallery.ts";
import { findPerson } from "../../gallery/people/find-person.ts";
import { GalleryFace } from "../../schemas/gallery.ts";
import { filterOptions, galleryOption } from "../../schemas/options.ts";
import { defineAnswer } from "../operation.ts";
import { firstPage, next, pageOptions } from "./page.ts";

/** A face for display, without its embedding. */
export const ShownFace = GalleryFace.omit({ code: true, vector: true }).meta({ id: "GalleryFace" });
export type ShownFace = z.infer<typeof ShownFace>;

/** A face in a list by date. */
export const DatedFace = ShownFace.extend({
  takenAt: z.string().nullable().describe("capture time of the photograph from EXIF, local time"),
}).meta({ id: "DatedFace" });
export type DatedFace = z.infer<typeof DatedFace>;

export const listFaces = defineAnswer({
  name: "list faces",
  summary: "Lists faces of the gallery, paginated: all, of a person, unassigned, or in a photograph",
  input: z.strictObject({
    person: z.string().optional().describe("number or name"),
    unassigned: z.boolean().default(false).describe("only unassigned faces"),
    photograph: z.int().optional(),
    ignored: z
      .boolean()
      .optional()
      .describe("only ignored faces, or only the others; with `unassigned` only the others by default"),
    acceptable: z.boolean().optional().describe("only faces of acceptable quality, or only the others"),
    ...pageOptions,
    ...galleryOption,
  }),
  output: z.object({ faces: z.array(ShownFace), next }),
  run: ({ person, unassigned, photograph, ignored, acceptable, after, limit, gallery }, context) =>
    inGallery(context, gallery, async (store) => {
      const whose = person === undefined ? (unassigned ? null : undefined) : (await findPerson(store, person)).id;
      const filter = { person: whose, photograph, acceptable, ignored: ignored ?? (unassigned ? false : undefined), after };
      const page = await firstPage(store.faces(filter, limit + 1), limit);
      return { faces: page.items.map(shown), next: page.next };
    }),
});

export const listDatedFaces = defineAnswer({
  name: "list dated faces",
  summary: "Lists faces of a person, latest first, with counts by month",
  input: z.strictObject({
    person: z.string().describe("number or name"),
    takenFrom: filterOptions.takenFrom,
    takenTo: filterOptions.takenTo,
    ...pageOptions,
    ...galleryOption,
  }),
  output: z.object({
    faces: z.array(DatedFace),
    months: z
      .array(z.object({ month: z.string().describe("2019-07"), faces: z.int() }))
      .describe("on the first page: all months with photographs, latest first"),
    next,
  }),
  run: ({ person, takenFrom, takenTo, after: offset, limit, gallery }, context) =>
    inGallery(context, gallery, async (store) => {
      const { id } = await findPerson(store, person);
      const found = await store.datedFaces({ person: id, takenFrom, takenTo }, { offset, limit: limit + 1 });
      const faces = found.slice(0, limit).map(({ face, takenAt }) => ({ ...shown(face), takenAt }));
      const months = offset === 0 ? await store.facesByMonth({ person: id }) : [];
      return { faces, months, next: found.length > limit ? offset + limit : null };
    }),
});

export function shown({ code: _, vector: __, ...face }: GalleryFace): ShownFace {
  return face;
}
