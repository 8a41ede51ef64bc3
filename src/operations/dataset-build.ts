import * as z from "zod";
import { DatasetReport, datasetGallery, datasetOptions, OUTLIER_FAR } from "../datasets/build/build-options.ts";
import { writeDataset } from "../datasets/build/write-dataset.ts";
import { thresholdForFar } from "../faces/verdict.ts";
import { requireWritableFolder } from "../files/whole-file.ts";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { requirePaths } from "../gallery/indexing/require-paths.ts";
import { locateCalibrated } from "../models/calibrated-model.ts";
import { FileFailure } from "../schemas/failure.ts";
import { lookOptions, modelOptions } from "../schemas/options.ts";
import { cluster } from "./cluster.ts";
import { index } from "./index-photographs.ts";
import { defineAnswer } from "./operation.ts";

export const datasetBuild = defineAnswer({
  name: "dataset build",
  summary: "Builds a training set from ordinary photographs: a folder for each person, and a review page",
  positionals: ["photographs", "output"],
  examples: [
    { command: "facenet dataset build ~/Photos faces/", says: "check faces/review.html, then apply the corrections it saves" },
    { command: "facenet dataset build ~/Photos faces/", says: "run again later: adds new photographs, keeps corrections" },
  ],
  input: z.strictObject({
    photographs: z.string().describe("folder of photographs, read recursively"),
    output: z.string().describe("folder for the set"),
    ...datasetOptions,
    far: z.number().positive().max(1).default(1e-4).describe("false match rate of the grouping distance"),
    ...lookOptions,
    ...modelOptions,
  }),
  output: DatasetReport.extend({
    photographs: z.int().describe("new photographs"),
    known: z.int().describe("photographs known before"),
    unreadable: z.array(FileFailure),
  }),
  async run({ photographs, output, minImages, size, far, ...options }, context) {
    const gallery = datasetGallery(output);
    await requirePaths([photographs]);
    await requireWritableFolder(output);
    const indexed = await index.run(index.input.parse({ ...options, paths: [photographs], gallery }), context);
    const { model, calibration } = options;
    await cluster.run(cluster.input.parse({ gallery, far, minFaces: 2, model, calibration }), context);
    const { manifest } = await locateCalibrated(model, calibration);
    const { maxPixels } = options;
    const outlier = thresholdForFar(manifest, OUTLIER_FAR);
    const written = await inGallery(context, gallery, (store) =>
      writeDataset(store, output, { ...context, minImages, sizePx: size, outlier, maxPixels }),
    );
    return {
      ...written,
      photographs: indexed.added + indexed.moved,
      known: indexed.known ?? 0,
      unreadable: indexed.failures,
    };
  },
});
