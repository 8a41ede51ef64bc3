import * as z from "zod";
import { inGallery } from "../../gallery/access/borrow-gallery.ts";
import { Photograph } from "../../schemas/gallery.ts";
import { galleryOption } from "../../schemas/options.ts";
import { defineAnswer } from "../operation.ts";
import { firstPage, next, pageOptions } from "./page.ts";

export const listPhotographs = defineAnswer({
  name: "list photographs",
  summary: "Photographs of the gallery in pages",
  positionals: [],
  examples: [],
  input: z.strictObject({ ...pageOptions, ...galleryOption }),
  output: z.object({ photographs: z.array(Photograph), next }),
  run: ({ after, limit, gallery }, context) =>
    inGallery(context, gallery, async (store) => {
      const page = await firstPage(store.photographs(after), limit);
      return { photographs: page.items, next: page.next };
    }),
});
