import { join } from "node:path";
import * as z from "zod";
import { DatasetReport, datasetGallery, datasetOptions, OUTLIER_FAR } from "../datasets/build/build-options.ts";
import { writeDataset } from "../datasets/build/write-dataset.ts";
import { thresholdForFar } from "../faces/verdict.ts";
import { requireWritableFolder } from "../files/whole-file.ts";
import { requirePaths } from "../gallery/indexing/require-paths.ts";
import { locateCalibrated } from "../models/calibrated-model.ts";
import { lookOptions, modelOptions } from "../schemas/options.ts";
import { cluster } from "./cluster.ts";
import { index } from "./index-photographs.ts";
import { defineAnswer } from "./operation.ts";

export const datasetBuild = defineAnswer({
  name: "dataset build",
  summary: "Makes a set of training faces out of ordinary photographs: a folder for each person, and a page to review them",
  positionals: ["photographs", "output"],
  examples: [
    { command: "facenet dataset build ~/Photos faces/", says: "look through faces/review.html, then apply what it saves" },
    { command: "facenet dataset build ~/Photos faces/", says: "again, later: new photographs are added, corrections stand" },
  ],
  input: z.strictObject({
    photographs: z.string().describe("folder of photographs, walked to the bottom"),
    output: z.string().describe("folder for the set"),
    ...datasetOptions,
    far: z.number().positive().max(1).default(1e-4).describe("rate of strangers as close as faces that are grouped"),
    ...lookOptions,
    ...modelOptions,
  }),
  output: DatasetReport.extend({
    photographs: z.int().describe("looked at for the first time"),
    known: z.int().describe("looked at before"),
    unreadable: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })),
  }),
  async run({ photographs, output, minImages, size, far, ...options }, context) {
    const gallery = datasetGallery(output);
    await requirePaths([photographs]);
    await requireWritableFolder(output);
    const indexed = await index.run(index.input.parse({ ...options, paths: [photographs], gallery }), context);
    const { model, calibration } = options;
    await cluster.run(cluster.input.parse({ gallery, far, minFaces: 2, model, calibration }), context);
    const { manifest } = await locateCalibrated(model, calibration);
    const { store, giveBack } = await context.borrowGallery(gallery);
    try {
      const written = await writeDataset(store, output, {
        ...context,
        minImages,
        sizePx: size,
        outlier: thresholdForFar(manifest, OUTLIER_FAR),
        maxPixels: options.maxPixels,
      });
      return {
        folder: output,
        ...written,
        failures: [...written.failures],
        review: join(output, "review.html"),
        photographs: indexed.added + indexed.moved,
        known: indexed.known ?? 0,
        unreadable: indexed.failures,
      };
    } finally {
      await giveBack();
    }
  },
});
