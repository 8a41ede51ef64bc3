import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { calibrateLabelled } from "../evaluation/protocols/calibrate-labelled.ts";
import { openCalibrationPlace } from "../evaluation/protocols/calibration-place.ts";
import { confirmedFaces, confirmedReliability } from "../evaluation/protocols/confirmed-people.ts";
import { measureOptions } from "../evaluation/protocols/measure-options.ts";
import { WholeFile } from "../files/whole-file.ts";
import { inGallery } from "../gallery/access/borrow-gallery.ts";
import { requireIdentity } from "../gallery/access/gallery-identity.ts";
import { galleryModel } from "../gallery/access/gallery-model.ts";
import { calibratePeople, GALLERY_FARS } from "../gallery/calibrate-people.ts";
import { locateModel } from "../models/model-store.ts";
import { forgetCalibration, placeForCalibration } from "../models/stored-calibration.ts";
import { ForgottenCalibration, GalleryCalibration, LabelledCalibration } from "../schemas/calibration.ts";
import { galleryOption, outputFile } from "../schemas/options.ts";
import { defineAnswer, type OperationContext } from "./operation.ts";

const { embeddings, resamples, seed, compared, faces, minFaceSize, minConfidence, maxPixels, flip, aligned } = measureOptions;
const { model, detector, threads, device } = measureOptions;

const Input = z.strictObject({
  folder: z
    .string()
    .optional()
    .describe(
      "folder with one sub-folder per person (default: the gallery, unlabelled, by its pairs of people within photographs)",
    ),
  ...galleryOption,
  embeddings,
  output: outputFile
    .optional()
    .describe("file to write, for --calibration (default: stored for the model and used by every command)"),
  diagram: outputFile
    .regex(/\.(svg|png)$/i, "must end in .svg or .png")
    .optional()
    .describe(
      "also plot the reliability of the probabilities, on held-out people or, for a gallery, on those you confirmed: an .svg or .png file",
    ),
  forget: z.boolean().default(false).describe("remove the calibration stored for the model, and do nothing else"),
  fars: z
    .array(z.number().positive().max(0.5))
    .min(1)
    .default([1e-2, 1e-3, 1e-4, 1e-5])
    .describe("false accept rates to find thresholds for; rates that the pairs do not support are left out"),
  resamples,
  seed,
  compared,
  faces,
  ...{ minFaceSize, minConfidence, maxPixels, flip, aligned },
  ...{ model, detector, threads, device },
});
type Input = z.output<typeof Input>;

export const calibrate = defineAnswer({
  name: "calibrate",
  summary: "Calibrates thresholds and probabilities on your own people: a gallery's, or labelled ones",
  positionals: ["folder"],
  examples: [
    { command: "facenet calibrate", says: "on the gallery's own people, without labels; applies to commands on the gallery" },
    {
      command: "facenet calibrate people/",
      says: "folder with one sub-folder per person; applies to every command from now on",
    },
    { command: "facenet calibrate people/ --model my-model/", says: "stored in that model's manifest" },
    { command: "facenet calibrate people/ --output people.json", says: "written to a file, for --calibration people.json" },
    { command: "facenet calibrate --forget", says: "back to the model's own thresholds" },
  ],
  input: Input,
  output: z.union([LabelledCalibration, GalleryCalibration, ForgottenCalibration]),
  async run(input, context) {
    if (input.forget) return input.gallery === undefined ? forget(input) : forgetGallery(input.gallery, context);
    if (input.folder === undefined && input.embeddings === undefined) return calibrateOwnGallery(input, context);
    if (input.gallery !== undefined)
      throw new FaceNetError("OPTION_INVALID", {
        option: "gallery",
        reason: "does not combine with a folder; give one of the two",
      });
    await using place = await openCalibrationPlace(input);
    await using diagram = input.diagram === undefined ? undefined : await WholeFile.create(input.diagram);
    const measured = await calibrateLabelled(input, context);
    if (diagram) {
      const { calibrationDiagram } = await import("../reports/evaluation/evaluation-plots.ts"); // plots take half a second to load
      await diagram.append(await calibrationDiagram(measured, diagram.path));
    }
    const calibration = await place.write(measured);
    await diagram?.commit();
    return calibration;
  },
});

/** Maximum bootstrap resamples, each of which fits the tail. */
const MOST_RESAMPLES = 200;

async function calibrateOwnGallery(input: Input, { borrowGallery, signal }: OperationContext): Promise<GalleryCalibration> {
  if (input.output !== undefined)
    throw new FaceNetError("OPTION_INVALID", {
      option: "output",
      reason: "requires a folder of labelled photographs; a gallery's calibration is stored in the gallery",
    });
  return inGallery({ borrowGallery }, input.gallery, async (store) => {
    const { manifest } = await galleryModel(store, await requireIdentity(store), { calibration: "own" });
    const confirmed = input.diagram === undefined ? [] : await confirmedFaces(store, manifest);
    await using diagram = input.diagram === undefined ? undefined : await WholeFile.create(input.diagram);
    const calibration = await calibratePeople(store, {
      model: manifest,
      fars: [...new Set([...input.fars, ...GALLERY_FARS])].sort((a, b) => b - a),
      resamples: Math.min(MOST_RESAMPLES, Math.max(100, input.resamples)),
      seed: input.seed,
      now: new Date(),
      signal,
    });
    if (!diagram || calibration.probability === null) return calibration;
    const { probabilityDiagram } = await import("../reports/evaluation/evaluation-plots.ts");
    const judged = { ...confirmedReliability(confirmed, calibration.probability, input), model: manifest.id };
    const texts = { label: "gallery", by: "the gallery's calibration, on confirmed people" };
    await diagram.append(await probabilityDiagram({ ...judged, ...texts }, diagram.path));
    await diagram.commit();
    return calibration;
  });
}

function forgetGallery(gallery: string, { borrowGallery }: OperationContext): Promise<ForgottenCalibration> {
  return inGallery({ borrowGallery }, gallery, async (store) => {
    const kept = await store.calibration();
    await store.keepCalibration(null);
    await store.noteCalibration({ forgotten: true, triedWith: 0 });
    return { model: kept?.model ?? (await store.identity())?.model ?? "", forgotten: kept !== undefined, file: store.name };
  });
}

async function forget({ model: name, folder, embeddings: faceFile, output }: Input): Promise<ForgottenCalibration> {
  if (folder !== undefined || faceFile !== undefined || output !== undefined)
    throw new FaceNetError("OPTION_INVALID", { option: "forget", reason: "combines with model only" });
  const located = await locateModel("embedding", name);
  const file = await placeForCalibration(located);
  return { model: located.manifest.id, forgotten: await forgetCalibration(located, file), file };
}
