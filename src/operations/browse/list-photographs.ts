import * as z from "zod";
import { Photograph } from "../../schemas/gallery.ts";
import { galleryOption } from "../../schemas/options.ts";
import { openGallery } from "../open-gallery.ts";
import { defineAnswer } from "../operation.ts";
import { firstPage, next, pageOptions } from "./page.ts";

export const listPhotographs = defineAnswer({
  name: "list photographs",
  summary: "Photographs of the gallery in pages",
  positionals: [],
  examples: [],
  input: z.strictObject({ ...pageOptions, ...galleryOption }),
  output: z.object({ photographs: z.array(Photograph), next }),
  async run({ after, limit, gallery }) {
    const store = await openGallery(gallery);
    try {
      const page = await firstPage(store.photographs(after), limit);
      return { photographs: page.items, next: page.next };
    } finally {
      await store.close();
    }
  },
});
