import * as z from "zod";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { CalibrationSummary } from "../schemas/calibration.ts";
import { GalleryIdentity, GalleryStatistics } from "../schemas/gallery.ts";
import { galleryOption } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

export const galleryStatistics = defineAnswer({
  name: "gallery statistics",
  summary: "Shows the number of photographs, faces and people of the gallery, and its model",
  examples: [{ command: "facenet gallery statistics", says: "counts, the model and the current migration" }],
  input: z.strictObject(galleryOption),
  output: GalleryStatistics.extend({
    gallery: z.string(),
    identity: GalleryIdentity.nullable().describe("null: nothing has been indexed yet"),
    calibration: CalibrationSummary.nullable().describe(
      "on the gallery's own people (docs/calibration.md); null: the model's thresholds apply",
    ),
    migration: z
      .object({ model: z.string(), done: z.int(), left: z.int() })
      .nullable()
      .describe("current migration to another model: faces done and left"),
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
