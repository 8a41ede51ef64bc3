import * as z from "zod";
import { applyCorrection, readCorrections } from "../datasets/build/apply-corrections.ts";
import { DatasetReport, datasetGallery, datasetOptions, OUTLIER_FAR } from "../datasets/build/build-options.ts";
import { writeDataset } from "../datasets/build/write-dataset.ts";
import { FaceNetError } from "../errors.ts";
import { thresholdForFar } from "../faces/verdict.ts";
import { galleryModel } from "../gallery/access/gallery-model.ts";
import { modelOptions } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

export const datasetApply = defineAnswer({
  name: "dataset apply",
  summary: "Permanently applies the corrections saved by the review page, and rewrites the set",
  positionals: ["output", "corrections"],
  examples: [
    {
      command: "facenet dataset apply faces/ ~/Downloads/corrections.json",
      says: "names, wrong faces, excluded people",
    },
  ],
  input: z.strictObject({
    output: z.string().describe("folder of the set"),
    corrections: z.string().describe("file saved by the review page"),
    ...datasetOptions,
    model: z.string().optional().describe("path of the set's model, if it is your own"),
    calibration: modelOptions.calibration,
  }),
  output: DatasetReport.extend({ corrections: z.int().describe("people changed") }),
  async run({ output, corrections: file, minImages, size, maxPixels, model, calibration }, context) {
    const { people } = await readCorrections(file);
    const noSet = (cause?: unknown) => {
      const reason = `${output} is not a set made by \`facenet dataset build\``;
      return new FaceNetError("OPTION_INVALID", { option: "output", reason }, cause);
    };
    await using gallery = await context.borrowGallery(datasetGallery(output)).catch((error: unknown) => {
      throw error instanceof FaceNetError && error.code === "GALLERY_NOT_FOUND" ? noSet(error) : error;
    });
    const { store } = gallery;
    const identity = await store.identity();
    if (!identity) throw noSet();
    const { manifest } = await galleryModel(store, identity, { model, calibration });
    for (const change of people) await applyCorrection(store, change);
    const outlier = thresholdForFar(manifest, OUTLIER_FAR);
    const written = await writeDataset(store, output, { ...context, minImages, sizePx: size, outlier, maxPixels });
    return { ...written, corrections: people.length };
  },
});
