import * as z from "zod";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { Correction, CorrectionRecord } from "../schemas/gallery.ts";
import { galleryOption } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

export const correct = defineAnswer({
  name: "correct",
  summary: "Says something of people: names, merges, splits, assigns, rejects. It stands, and can be taken back",
  positionals: [],
  examples: [],
  input: z.strictObject({ correction: Correction, ...galleryOption }),
  output: CorrectionRecord,
  run: ({ correction, gallery }, context) => inGallery(context, gallery, (store) => store.correct(correction)),
});
