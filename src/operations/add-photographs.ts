import * as z from "zod";
import { loadForGallery } from "../gallery/access/gallery-model.ts";
import { calibrateAfterIndex } from "../gallery/calibrate-after-index.ts";
import { indexPhotographs } from "../gallery/indexing/index-photographs.ts";
import { absoluteFile, distinctFiles } from "../gallery/indexing/photograph-file.ts";
import { AutomaticCalibration } from "../schemas/calibration.ts";
import { Reason } from "../schemas/failure.ts";
import { galleryModelOptions, galleryOption, imageFiles, lookOptions } from "../schemas/options.ts";
import { ShownFace, shown } from "./browse/list-faces.ts";
import { defineAnswer } from "./operation.ts";

export const addPhotographs = defineAnswer({
  name: "add photographs",
  summary: "Stores uploaded photographs and indexes them",
  input: z.strictObject({ images: imageFiles, ...galleryOption, ...lookOptions, ...galleryModelOptions }),
  output: z.object({
    photographs: z
      .array(
        z.object({
          image: z.string().describe("name as uploaded"),
          photograph: z.int().nullable().describe("number in the gallery; null if it could not be read"),
          faces: z.array(ShownFace),
          error: Reason.nullable(),
        }),
      )
      .describe("in the order of the upload"),
    calibrated: AutomaticCalibration.nullable().describe("as of `index`: thresholds that changed, the gallery having grown"),
  }),
  async run({ images, gallery, ...options }, { load, borrowGallery, signal, onProgress }) {
    await using opened = await borrowGallery(gallery, { create: true });
    const { store } = opened;
    const facenet = await loadForGallery(store, load, options);
    const files = images.map(absoluteFile);
    const distinct = distinctFiles(files).values();
    const { failures } = await indexPhotographs(distinct, { facenet, store, retry: true, signal, onProgress, ...options });
    const photographs = files.map(async ({ name: image, path }) => {
      const failure = failures.find((one) => one.path === path);
      if (failure) return { image, photograph: null, faces: [], error: Reason.parse(failure) };
      const photograph = (await store.knownFile(path))?.photograph ?? null;
      const faces = photograph === null ? [] : await Array.fromAsync(store.faces({ photograph }));
      return { image, photograph, faces: faces.map(shown), error: null };
    });
    const { model: manifest, calibration } = facenet;
    const calibrated = await calibrateAfterIndex(store, { manifest, calibration, now: new Date(), signal });
    return { photographs: await Promise.all(photographs), calibrated };
  },
});
