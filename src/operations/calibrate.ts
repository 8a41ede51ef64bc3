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

/** Fewer expected errors than this leave a threshold to chance. */
const FEW_ERRORS = 10;
/** Fewer people than this say little about other people. */
const FEW_PEOPLE = 30;

const { embeddings, resamples, seed, compared, faces, minFaceSize, minConfidence, maxPixels, flip, aligned } = measureOptions;
const { model, detector, threads, device } = measureOptions;

const Input = z.strictObject({
  folder: z
    .string()
    .optional()
    .describe(
      "folder with one sub-folder a person (default: the gallery, by its own pairs of people in one photograph, unlabelled)",
    ),
  ...galleryOption,
  embeddings,
  output: outputFile
    .optional()
    .describe("file to write, for --calibration (default: stored for the model, so that every command decides by it)"),
  diagram: outputFile
    .regex(/\.(svg|png)$/i, "must end in .svg or .png")
    .optional()
    .describe("also draw whether the probabilities hold, on people that they were not fitted on: an .svg or .png file"),
  forget: z.boolean().default(false).describe("take away what was stored for the model, and do nothing else"),
  fars: z
    .array(z.number().positive().max(0.5))
    .min(1)
    .default([1e-2, 1e-3, 1e-4, 1e-5])
    .describe("false accept rates to find thresholds for; those that the pairs do not reach are left out"),
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
  summary:
    "Measures thresholds for wanted false accept rates, and what a distance means, on your own people: a gallery's, or labelled",
  positionals: ["folder"],
  examples: [
    { command: "facenet calibrate", says: "the gallery's own people, without labels; commands on the gallery decide by it" },
    {
      command: "facenet calibrate people/",
      says: "folder with one sub-folder a person; from now on every command decides by it",
    },
    { command: "facenet calibrate people/ --model my-model/", says: "stored in that model's manifest, and goes with it" },
    { command: "facenet calibrate people/ --output people.json", says: "a file instead, for --calibration people.json" },
    { command: "facenet calibrate --forget", says: "back to the model's own thresholds" },
  ],
  input: Input,
  output: z.union([Calibration, GalleryCalibration, ForgottenCalibration]),
  async run(input, context) {
    if (input.forget) return input.gallery === undefined ? forget(input) : forgetGallery(input.gallery, context);
    if (input.folder === undefined && input.embeddings === undefined) return calibrateOwnGallery(input, context);
    if (input.gallery !== undefined)
      throw new FaceNetError("OPTION_INVALID", { option: "gallery", reason: "is calibrated without a folder; give one of both" });
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

/** Plots take half a second to load: only who wants one waits. */
async function drawn(calibration: Measured, file: string): Promise<string | Uint8Array> {
  const { calibrationDiagram } = await import("../reports/evaluation/evaluation-plots.ts");
  return calibrationDiagram(calibration, file);
}

/** Drawings of photographs, each a fit of the tail. */
const MOST_DRAWINGS = 200;

async function calibrateOwnGallery(input: Input, { borrowGallery, signal }: OperationContext): Promise<GalleryCalibration> {
  if (input.output !== undefined || input.diagram !== undefined)
    throw new FaceNetError("OPTION_INVALID", {
      option: input.output === undefined ? "diagram" : "output",
      reason: "goes with a folder of labelled photographs; a gallery's calibration is kept in the gallery",
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
      ? [`too few pairs of different people for a false accept rate of ${unreached.join(", ")}: no threshold for it`]
      : []),
    ...thresholds
      .filter(({ expectedFalseAccepts }) => expectedFalseAccepts < FEW_ERRORS)
      .map(
        ({ far, expectedFalseAccepts }) =>
          `FAR ${far} amounts to ${expectedFalseAccepts.toPrecision(2)} pairs of different people; fewer than ${FEW_ERRORS} leave its threshold to chance`,
      ),
    ...(people < FEW_PEOPLE ? [`only ${people} people: what holds for them may not hold for others`] : []),
  ];
}
