import * as z from "zod";
import { FaceNetError, reasonOf } from "../errors.ts";
import { calibrateFaces } from "../evaluation/calibration.ts";
import { findCopies, withoutCopies } from "../evaluation/face-set.ts";
import { type Measured, openCalibrationPlace } from "../evaluation/protocols/calibration-place.ts";
import { type LabelledFaces, loadFaces } from "../evaluation/protocols/labelled-faces.ts";
import { measureOptions } from "../evaluation/protocols/measure-options.ts";
import { alikeWarnings, copyWarnings, peopleAlike } from "../evaluation/protocols/warnings.ts";
import { WholeFile } from "../files/whole-file.ts";
import { galleryModel } from "../gallery/access/gallery-model.ts";
import { calibratePeople, GALLERY_FARS } from "../gallery/calibrate-people.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import { locateModel } from "../models/model-store.ts";
import { forgetCalibration, placeForCalibration } from "../models/stored-calibration.ts";
import { Calibration, ForgottenCalibration, GalleryCalibration } from "../schemas/calibration.ts";
import { galleryOption, outputFile } from "../schemas/options.ts";
import { defineAnswer, type OperationContext } from "./operation.ts";

/** Thresholds with fewer expected errors are unreliable. */
const FEW_ERRORS = 10;
/** Calibrations on fewer people generalise poorly. */
const FEW_PEOPLE = 30;

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
    .describe("also plot the reliability of the probabilities on held-out people: an .svg or .png file"),
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
  output: z.union([Calibration, GalleryCalibration, ForgottenCalibration]),
  async run(input, context) {
    if (input.forget) return input.gallery === undefined ? forget(input) : forgetGallery(input.gallery, context);
    if (input.folder === undefined && input.embeddings === undefined) return calibrateOwnGallery(input, context);
    if (input.gallery !== undefined)
      throw new FaceNetError("OPTION_INVALID", {
        option: "gallery",
        reason: "does not combine with a folder; give one of the two",
      });
    const place = await openCalibrationPlace(input);
    let diagram: WholeFile | undefined;
    try {
      if (input.diagram !== undefined) diagram = await WholeFile.create(input.diagram);
      const measured = await measure(input, context);
      await diagram?.append(await drawn(measured, diagram.path));
      const calibration = await place.write(measured);
      await diagram?.commit();
      return calibration;
    } finally {
      await place.close();
      await diagram?.discard();
    }
  },
});

/** Loads the plotting library lazily: it takes half a second. */
async function drawn(calibration: Measured, file: string): Promise<string | Uint8Array> {
  const { calibrationDiagram } = await import("../reports/evaluation/evaluation-plots.ts");
  return calibrationDiagram(calibration, file);
}

/** Maximum bootstrap resamples, each of which fits the tail. */
const MOST_DRAWINGS = 200;

async function calibrateOwnGallery(input: Input, { borrowGallery, signal }: OperationContext): Promise<GalleryCalibration> {
  if (input.output !== undefined || input.diagram !== undefined)
    throw new FaceNetError("OPTION_INVALID", {
      option: input.output === undefined ? "diagram" : "output",
      reason: "requires a folder of labelled photographs; a gallery's calibration is stored in the gallery",
    });
  const { store, giveBack } = await borrowGallery(input.gallery);
  try {
    const identity = await store.identity();
    if (!identity) throw new FaceNetError("OPTION_INVALID", { option: "gallery", reason: "is empty; run `facenet index` first" });
    const { manifest } = await galleryModel(store, identity, { calibration: "own" });
    return await calibratePeople(store, {
      model: manifest,
      fars: [...new Set([...input.fars, ...GALLERY_FARS])].sort((a, b) => b - a),
      resamples: Math.min(MOST_DRAWINGS, Math.max(100, input.resamples)),
      seed: input.seed,
      now: new Date(),
      signal,
    });
  } finally {
    await giveBack();
  }
}

async function forgetGallery(gallery: string, { borrowGallery }: OperationContext): Promise<ForgottenCalibration> {
  const { store, giveBack } = await borrowGallery(gallery);
  try {
    const kept = await store.calibration();
    await store.keepCalibration(null);
    await store.noteCalibration({ forgotten: true, triedWith: 0 });
    return { model: kept?.model ?? (await store.identity())?.model ?? "", forgotten: kept !== undefined, file: store.name };
  } finally {
    await giveBack();
  }
}

async function forget({ model: name, folder, embeddings: faceFile, output }: Input): Promise<ForgottenCalibration> {
  if (folder !== undefined || faceFile !== undefined || output !== undefined)
    throw new FaceNetError("OPTION_INVALID", { option: "forget", reason: "combines with model only" });
  const located = await locateModel("embedding", name);
  const file = await placeForCalibration(located);
  return { model: located.manifest.id, forgotten: await forgetCalibration(located, file), file };
}

async function measure(input: Input, context: OperationContext): Promise<Measured> {
  const loaded = await loadFaces({ ...input, images: input.folder, calibration: "own" }, context);
  const copies = findCopies(loaded.faces);
  const set = withoutCopies(loaded.faces);
  const figures = await calibrateFaces(set, {
    fars: input.fars,
    modelThresholds: loaded.model.thresholds,
    random: seededRandom(input.seed),
    bootstrap: { resamples: input.resamples, random: seededRandom(input.seed + 1) },
    stream: { signal: context.signal },
  }).catch((error: unknown) => {
    if (!(error instanceof RangeError)) throw error;
    throw new FaceNetError("DATASET_INVALID", { folder: input.folder ?? input.embeddings, reason: reasonOf(error) }, error);
  });
  const people = new Set(set.person).size;
  const faceCount = set.images.length;
  const warnings = [
    ...fewWarnings(figures.thresholds, input.fars, people),
    ...copyWarnings(copies),
    ...alikeWarnings(await peopleAlike(set, Math.min(...loaded.model.thresholds.map(({ distance }) => distance)))),
  ];
  const calibratedOn = `${faceCount} faces of ${people} people (facenet calibrate), all pairs`;
  return { ...describeModel(loaded), people, faces: faceCount, ...figures, copies, warnings, calibratedOn };
}

function describeModel({ model: manifest, faces: set, imagesWithoutFace, failures }: LabelledFaces) {
  return {
    version: 1 as const,
    model: manifest.id,
    sha256: manifest.model.sha256,
    compared: set.embeddings.compared,
    imagesWithoutFace,
    failures,
  };
}

function fewWarnings(thresholds: Calibration["thresholds"], wanted: readonly number[], people: number): string[] {
  const reached = new Set(thresholds.map(({ far }) => far));
  const unreached = wanted.filter((far) => !reached.has(far));
  return [
    ...(unreached.length > 0
      ? [`too few impostor pairs for a false accept rate of ${unreached.join(", ")}: no threshold given`]
      : []),
    ...thresholds
      .filter(({ expectedFalseAccepts }) => expectedFalseAccepts < FEW_ERRORS)
      .map(
        ({ far, expectedFalseAccepts }) =>
          `FAR ${far} corresponds to ${expectedFalseAccepts.toPrecision(2)} impostor pairs; with fewer than ${FEW_ERRORS} the threshold is unreliable`,
      ),
    ...(people < FEW_PEOPLE ? [`only ${people} people: the thresholds may not generalise`] : []),
  ];
}
