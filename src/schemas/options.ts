/** Options shared by several operations: names, ranges, defaults and descriptions. */
import * as z from "zod";
import { FaceChoice } from "./face-choice.ts";
import { type ImageSource, isNamedBytes, isNamedFile, type NamedBytes, type NamedFile } from "./image-source.ts";

const DEFAULT_MODEL = "sface.opencv-128";

/** Models and the device they run on. */
export const modelOptions = {
  model: z
    .string()
    .default(DEFAULT_MODEL)
    .describe("embedding model: an id of `facenet models`, or the path of an .onnx file or model folder"),
  calibration: z
    .string()
    .min(1)
    .default("stored")
    .describe(
      "source of thresholds and probabilities: stored (by `facenet calibrate`, else the model's own), own (the model's), or a file written by `facenet calibrate`",
    ),
  detector: z.string().default("retinaface.mobilenet-025").describe("detection model, given in the same way"),
  threads: z.int().min(1).optional().describe("photographs processed in parallel (default: number of cores, at most 8)"),
  device: z.enum(["cpu", "webgpu", "cuda"]).default("cpu").describe("device that networks run on"),
};

/** {@link modelOptions} for operations on a gallery, whose faces determine the model. */
export const galleryModelOptions = {
  ...modelOptions,
  model: z
    .string()
    .optional()
    .describe(`embedding model; required if it is your own (default: the gallery's; for a new gallery ${DEFAULT_MODEL})`),
};

/** Several models to compare. */
export const modelsOption = z
  .array(z.string())
  .min(1)
  .default([DEFAULT_MODEL])
  .describe("embedding model, or several separated by commas to compare on the same pairs");

/** Detection options. */
export const lookOptions = {
  minFaceSize: z.number().min(12).max(10_000).default(40).describe("smallest face to detect: side of its box in pixels"),
  minConfidence: z.number().min(0.3).max(1).default(0.65).describe("lowest detector confidence"),
  maxPixels: z.number().min(1).default(200_000_000).describe("largest photograph accepted (width x height)"),
};

/** A photograph: path of a file, a file with a name, or bytes as a Blob or File or with a name. */
export const Photo = z
  .custom<string | Blob | NamedFile | NamedBytes>(isPhoto, "must be a path or bytes")
  .meta({ type: "string" });

export const images = z.array(Photo).min(1).describe("photographs");

/** Paths only, for operations that need the files themselves. */
export const imagePaths = z.array(z.string()).min(1).describe("photographs");

/** Files that the gallery keeps: paths, or files with the name used in results and errors. */
export const imageFiles = z
  .array(z.custom<string | NamedFile>(isFile, "must be a path").meta({ type: "string" }))
  .min(1)
  .describe("photographs");

export const faceOption = FaceChoice.default("all");

export const flipOption = z
  .boolean()
  .optional()
  .describe("add the embedding of the mirrored face: more accurate, at twice the cost (default: as the model was calibrated)");

export const alignedOption = z
  .boolean()
  .default(false)
  .describe("images are faces already aligned for the model: skip detection");

const rate = z.number().positive().max(1).optional();

/** A target false match rate per pair (ISO/IEC 19795-1). @param meaning of the rate @param standard default */
export const rateOptions = (meaning: string, standard: number) => ({
  fmr: rate.describe(`target false match rate: ${meaning} (default: ${standard})`),
  far: rate.describe("alias of --fmr"),
  threshold: z.number().min(0).max(4).optional().describe("squared L2 distance, in place of --fmr"),
});

/** Decision threshold of a pair. */
export const decisionOptions = rateOptions("share of impostor pairs accepted", 1e-3);

/** An output file. The command line checks its path before starting, and does not replace an existing file unasked. */
export const outputFile = z.string().min(1).meta({ writes: "file" });

/** The gallery to use. */
export const galleryOption = {
  gallery: z
    .string()
    .optional()
    .describe("file of the gallery, or postgres://user@host/database (default: gallery.db in the user's data folder)"),
};

/** A list whose values may contain commas: the command line and forms repeat the option. */
export const repeated = <T extends z.ZodType>(item: T) => z.array(item).min(1).meta({ "x-commas": "kept" });

/** People by number or name. */
export const personsOption = repeated(z.string());

const date = z
  .string()
  .regex(/^\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d)?)?)?)?)?$/, "must be a date: 2019, 2019-07, 2019-07-14 or 2019-07-14T12:33");

/** Restricts an operation to some of the gallery's photographs. */
export const filterOptions = {
  folder: z.string().optional().describe("only photographs in this folder or its sub-folders"),
  takenFrom: date.optional().describe("only photographs taken at or after this EXIF date: 2019, 2019-07, 2019-07-14"),
  takenTo: date.optional().describe("only photographs taken at or before this date; the given year, month or day is included"),
  acceptable: z.boolean().default(false).describe("only faces of acceptable quality (docs/quality.md)"),
};

/** Search method. */
export const SearchMethod = z.enum(["auto", "exact", "index"]);
export type SearchMethod = z.infer<typeof SearchMethod>;

export const searchOption = {
  search: SearchMethod.default("auto").describe(
    "exact: compares every face; index: pgvector on a PostgreSQL server, approximate; auto: index for many faces, if available",
  ),
};

/** Search method in results. */
export const searchAnswer = {
  search: SearchMethod.exclude(["auto"]).describe("exact, or by an approximate index"),
};

export const normaliseOption = {
  normalise: z
    .enum(["none", "cohort"])
    .default("none")
    .describe(
      "score normalisation: cohort decides by distances less those to other people of the gallery, with thresholds that `facenet calibrate` found for them",
    ),
};

/** How distances were normalised, in results. */
export const normalisedAnswer = {
  normalised: z
    .object({ cohort: z.int().describe("people in the cohort"), nearest: z.int().describe("nearest of them averaged") })
    .nullable()
    .describe("normalisation of the distances that the threshold applies to; null: none. Distances are plain all the same"),
};

/** Selects a face by its position in the detection result. */
export const positionOption = {
  position: z
    .int()
    .min(0)
    .optional()
    .describe("index of the face in the result of `detect` (0 is the most confident), in place of --faces"),
};

function isPhoto(value: unknown): boolean {
  if (isFile(value) || value instanceof Blob) return true;
  return typeof value === "object" && value !== null && isNamedBytes(value as ImageSource);
}

function isFile(value: unknown): boolean {
  return typeof value === "string" || (typeof value === "object" && value !== null && isNamedFile(value as ImageSource));
}
