import * as z from "zod";
import { GalleryStatistics } from "../../schemas/gallery.ts";
import { galleryOption } from "../../schemas/options.ts";
import { openGallery } from "../open-gallery.ts";
import { defineAnswer } from "../operation.ts";

export const showStatistics = defineAnswer({
  name: "show statistics",
  summary: "How much is in the gallery",
  positionals: [],
  examples: [],
  input: z.strictObject(galleryOption),
  output: GalleryStatistics,
  async run({ gallery }) {
    const store = await openGallery(gallery);
    try {
      return await store.statistics();
    } finally {
      await store.close();
    }
  },
});
