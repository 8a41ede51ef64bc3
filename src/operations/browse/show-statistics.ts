import * as z from "zod";
import { inGallery } from "../../gallery/access/borrow-gallery.ts";
import { GalleryStatistics } from "../../schemas/gallery.ts";
import { galleryOption } from "../../schemas/options.ts";
import { defineAnswer } from "../operation.ts";

export const showStatistics = defineAnswer({
  name: "show statistics",
  summary: "How much is in the gallery",
  positionals: [],
  examples: [],
  input: z.strictObject(galleryOption),
  output: GalleryStatistics,
  run: ({ gallery }, context) =>
    inGallery(context, gallery, async (store) => {
      return await store.statistics();
    }),
});
