import * as z from "zod";
import { inGallery } from "../../gallery/access/borrow-gallery.ts";
import { CalibrationSummary } from "../../schemas/calibration.ts";
import { GalleryStatistics } from "../../schemas/gallery.ts";
import { galleryOption } from "../../schemas/options.ts";
import { defineAnswer } from "../operation.ts";

export const showStatistics = defineAnswer({
  name: "show statistics",
  summary: "Counts the photographs, faces and people of the gallery",
  positionals: [],
  examples: [],
  input: z.strictObject(galleryOption),
  output: GalleryStatistics.extend({
    calibration: CalibrationSummary.nullable().describe(
      "on the gallery's own people (docs/calibration.md); null: the model's thresholds apply",
    ),
  }),
  run: ({ gallery }, context) =>
    inGallery(context, gallery, async (store) => {
      const calibration = await store.calibration();
      return {
        ...(await store.statistics()),
        calibration: calibration ? CalibrationSummary.parse(calibration) : null,
      };
    }),
});
