import { basename } from "node:path";
import * as z from "zod";
import { inGallery } from "../../gallery/access/borrow-gallery.ts";
import { Photograph } from "../../schemas/gallery.ts";
import { galleryOption } from "../../schemas/options.ts";
import { defineAnswer } from "../operation.ts";
import { firstPage, next, pageOptions } from "./page.ts";

export const listPhotographs = defineAnswer({
  name: "list photographs",
  summary: "Lists photographs of the gallery, paginated",
  input: z.strictObject({ ...pageOptions, ...galleryOption }),
  output: z.object({ photographs: z.array(Photograph), next }),
  run: ({ after, limit, gallery }, context) =>
    inGallery(context, gallery, async (store) => {
      const page = await firstPage(store.photographs(after), limit);
      return { photographs: page.items, next: page.next };
    }),
});

export const listDatedPhotographs = defineAnswer({
  name: "list dated photographs",
  summary: "Lists photographs of the gallery, paginated, latest first, undated last",
  input: z.strictObject({ ...pageOptions, ...galleryOption }),
  output: z.object({
    photographs: z.array(
      Photograph.pick({ id: true, width: true, height: true, takenAt: true }).extend({
        name: z.string().nullable().describe("file name; null if the file is missing"),
        faces: z.int(),
      }),
    ),
    total: z.int().describe("number on all pages"),
    next,
  }),
  run: ({ after: offset, limit, gallery }, context) =>
    inGallery(context, gallery, async (store) => {
      const found = await store.datedPhotographs({ offset, limit: limit + 1 });
      const photographs = found
        .slice(0, limit)
        .map(({ path, ...photograph }) => ({ ...photograph, name: path && basename(path) }));
      const { photographs: total } = await store.statistics();
      return { photographs, total, next: found.length > limit ? offset + limit : null };
    }),
});
