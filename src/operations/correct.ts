import * as z from "zod";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { Correction, CorrectionRecord } from "../schemas/gallery.ts";
import { galleryOption } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

export const correct = defineAnswer({
  name: "correct",
  summary: "Applies a correction: names, merges, splits, assigns or rejects. Permanent, but can be undone",
  input: z.strictObject({ correction: Correction, ...galleryOption }),
  output: CorrectionRecord,
  run: ({ correction, gallery }, context) => inGallery(context, gallery, (store) => store.correct(correction)),
});
