/** Options and constants of building a data set from a gallery. */
import { join } from "node:path";
import * as z from "zod";
import { ImageFailure } from "../../schemas/failure.ts";
import { lookOptions } from "../../schemas/options.ts";

/** Conversion of a gallery's faces to training faces. */
export const datasetOptions = {
  minImages: z.int().min(1).default(4).describe("people with fewer images are left out"),
  size: z.int().min(32).max(2000).default(200).describe("side of the images in pixels; smaller faces are not enlarged"),
  maxPixels: lookOptions.maxPixels,
};

/** Gallery of the set's photographs: in the set's folder, in a sub-folder that training skips. */
export function datasetGallery(output: string): string {
  return join(output, ".facenet", "gallery.db");
}

export const DatasetReport = z.object({
  folder: z.string(),
  people: z.int(),
  images: z.int(),
  dropped: z.int().describe("faces of these people that were left out: low quality, outliers, duplicates"),
  review: z.string().describe("review page"),
  failures: z.array(ImageFailure),
});
export type DatasetReport = z.infer<typeof DatasetReport>;

/** Faces farther from half of their person's faces than the threshold of this false match rate are outliers. */
export const OUTLIER_FAR = 1e-3;

/**
 * Squared L2 up to which faces are from the same photograph: resaved, scaled or cropped differently.
 */
export const COPY_DISTANCE = 0.11;

/** Location of a set of faces. */
export const facesOption = z.string().describe("folder with a sub-folder for each person, a .tar shard, or a folder of shards");
