import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import * as z from "zod";
import { loadForGallery } from "../gallery/access/gallery-model.ts";
import { calibrateAfterIndex } from "../gallery/calibrate-after-index.ts";
import { indexPhotographs } from "../gallery/indexing/index-photographs.ts";
import { storeUpload } from "../gallery/indexing/stored-uploads.ts";
import { AutomaticCalibration } from "../schemas/calibration.ts";
import { galleryModelOptions, galleryOption, images, lookOptions } from "../schemas/options.ts";
import { ShownFace, shown } from "./browse/list-faces.ts";
import { defineAnswer } from "./operation.ts";

export const addPhotographs = defineAnswer({
  name: "add photographs",
  summary: "Stores uploaded photographs and indexes them",
  input: z.strictObject({
    images,
    photographsFolder: z.string().describe("folder to store them in"),
    ...galleryOption,
    ...lookOptions,
    ...galleryModelOptions,
  }),
  output: z.object({
    photographs: z
      .array(
        z.object({
          image: z.string().describe("name as uploaded"),
          photograph: z.int().nullable().describe("number in the gallery; null if it could not be read"),
          faces: z.array(ShownFace),
          error: z.object({ code: z.string(), message: z.string() }).nullable(),
        }),
      )
      .describe("in the order of the upload"),
    calibrated: AutomaticCalibration.nullable().describe("as of `index`: thresholds that changed, the gallery having grown"),
  }),
  async run({ images: given, photographsFolder, gallery, ...options }, { load, borrowGallery, signal, onProgress }) {
    await using opened = await borrowGallery(gallery, { create: true });
    const { store } = opened;
    const facenet = await loadForGallery(store, load, options);
    const kept: { image: string; path: string; isNew: boolean }[] = [];
    for (const [i, photo] of given.entries()) {
      const image = typeof photo === "object" && "name" in photo ? String(photo.name) : `photograph ${i + 1}`;
      if (typeof photo === "string") kept.push({ image: photo, path: resolve(photo), isNew: false });
      else kept.push({ image, ...(await storeUpload(photo, resolve(photographsFolder))) });
    }
    const paths = [...new Set(kept.map(({ path }) => path))];
    const { failures } = await indexPhotographs(paths, { facenet, store, retry: true, signal, onProgress, ...options });
    for (const { path, isNew } of kept) {
      if (isNew && failures.some((failure) => failure.path === path)) await rm(path, { force: true });
    }
    const photographs = kept.map(async ({ image, path }) => {
      const failure = failures.find((one) => one.path === path);
      if (failure) {
        const error = { code: failure.code, message: failure.message.replaceAll(path, image) };
        return { image, photograph: null, faces: [], error };
      }
      const photograph = (await store.knownFile(path))?.photograph ?? null;
      const faces = photograph === null ? [] : await Array.fromAsync(store.faces({ photograph }));
      return { image, photograph, faces: faces.map(shown), error: null };
    });
    const { model: manifest, calibration } = facenet;
    const calibrated = await calibrateAfterIndex(store, { manifest, calibration, now: new Date(), signal });
    return { photographs: await Promise.all(photographs), calibrated };
  },
});
