import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { DatasetReport, datasetGallery, datasetOptions, OUTLIER_FAR } from "../datasets/build/build-options.ts";
import { writeDataset } from "../datasets/build/write-dataset.ts";
import { FaceNetError, reasonOf } from "../errors.ts";
import { thresholdForFar } from "../faces/verdict.ts";
import { galleryModel } from "../gallery/access/gallery-model.ts";
import type { GalleryStore } from "../gallery/store/gallery-store.ts";
import { brokenRule } from "../schemas/broken-rule.ts";
import { DatasetCorrections } from "../schemas/dataset.ts";
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
    const { store, giveBack } = await context.borrowGallery(datasetGallery(output)).catch((error: unknown) => {
      throw error instanceof FaceNetError && error.code === "GALLERY_NOT_FOUND" ? noSet(error) : error;
    });
    try {
      const identity = await store.identity();
      if (!identity) throw noSet();
      const { manifest } = await galleryModel(store, identity, { model, calibration });
      for (const change of people) await apply(store, change);
      const outlier = thresholdForFar(manifest, OUTLIER_FAR);
      const written = await writeDataset(store, output, { ...context, minImages, sizePx: size, outlier, maxPixels });
      return {
        folder: output,
        ...written,
        failures: [...written.failures],
        review: join(output, "review.html"),
        corrections: people.length,
      };
    } finally {
      await giveBack();
    }
  },
});

/** Idempotent: a person merged into another since is skipped. */
async function apply(
  store: GalleryStore,
  { person, name, leaveOut, notThem }: DatasetCorrections["people"][number],
): Promise<void> {
  if (!(await store.person(person))) return;
  if (notThem.length > 0) await store.correct({ kind: "reject", person, faces: notThem });
  if (leaveOut)
    await store.forgetPerson(person); // their photographs remain known, so the faces are not added again
  else if (name !== undefined) {
    const namesake = await store.personByName(name);
    if (!namesake) await store.correct({ kind: "name", person, name });
    else if (namesake.id !== person) await store.correct({ kind: "merge", into: namesake.id, from: person });
  }
}

/** @throws FaceNetError FILE_NOT_READABLE */
async function readCorrections(file: string): Promise<DatasetCorrections> {
  try {
    return DatasetCorrections.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    const reason = brokenRule(error) ?? reasonOf(error);
    throw new FaceNetError("FILE_NOT_READABLE", { file, reason }, error);
  }
}
