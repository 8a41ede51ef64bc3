import * as z from "zod";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { CalibrationSummary } from "../schemas/calibration.ts";
import { GalleryIdentity, GalleryStatistics } from "../schemas/gallery.ts";
import { galleryOption } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

export const galleryStatistics = defineAnswer({
  name: "gallery statistics",
  summary: "How many photographs, faces and people the gallery has, and which model it is of",
  positionals: [],
  examples: [
    { command: "facenet gallery statistics", says: "counts, the model, and whether a move to another one is under way" },
  ],
  input: z.strictObject(galleryOption),
  output: GalleryStatistics.extend({
    gallery: z.string(),
    identity: GalleryIdentity.nullable().describe("null: nothing has been written yet"),
    calibration: CalibrationSummary.nullable().describe(
      "on the gallery's own people (docs/calibration.md); null: by the model's thresholds",
    ),
    migration: z
      .object({ model: z.string(), done: z.int(), left: z.int() })
      .nullable()
      .describe("a move to another model, in faces"),
  }),
  run: ({ gallery }, context) =>
    inGallery(context, gallery, async (store) => {
      const migration = await store.migration();
      const calibration = await store.calibration();
      return {
        gallery: store.name,
        ...(await store.statistics()),
        identity: (await store.identity()) ?? null,
        calibration: calibration ? CalibrationSummary.parse(calibration) : null,
        migration: migration ? { model: migration.identity.model, done: migration.done, left: migration.left } : null,
      };
    }),
});
