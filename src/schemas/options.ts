/** Options that several operations share. Names, ranges, defaults and descriptions are given here once. */
import * as z from "zod";
import { FaceChoice } from "./face-choice.ts";
import { isNamedBytes, type NamedBytes } from "./image-source.ts";

const DEFAULT_MODEL = "sface.opencv-128";

/** Which models, and what they run on. */
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
      "whose thresholds and probabilities decide: stored (what `facenet calibrate` has stored for the model, else its own), own, or a file of `facenet calibrate`",
    ),
  detector: z.string().default("retinaface.mobilenet-025").describe("detection model, likewise"),
  threads: z.int().min(1).optional().describe("photographs computed side by side (default: the cores, 8 at most)"),
  device: z.enum(["cpu", "webgpu", "cuda"]).default("cpu").describe("where networks compute"),
};

/** {@link modelOptions} of what works on a gallery: its faces say which model it is. */
export const galleryModelOptions = {
  ...modelOptions,
  model: z
    .string()
    .optional()
    .describe(
      `embedding model, needed where it is one of your own (default: the gallery's own; of a new gallery ${DEFAULT_MODEL})`,
    ),
};

/** Several models, to be compared. */
export const modelsOption = z
  .array(z.string())
  .min(1)
  .default([DEFAULT_MODEL])
  .describe("embedding model, or several with commas between them: they are compared on the same pairs");

/** How to look at photographs. */
export const lookOptions = {
  minFaceSize: z.number().min(12).max(10_000).default(40).describe("smallest face to find: side of its box in pixels"),
  minConfidence: z.number().min(0.3).max(1).default(0.65).describe("how sure the detector must be"),
  maxPixels: z.number().min(1).default(200_000_000).describe("larger photographs are refused (width x height)"),
};

/** A photograph: the path of a file, or its bytes, as a Blob (a File has a name as well) or with a name. */
export const Photo = z.custom<string | Blob | NamedBytes>(isPhoto, "must be a path or bytes").meta({ type: "string" });

export const images = z.array(Photo).min(1).describe("photographs");

/** Where the file itself is what matters. */
export const imagePaths = z.array(z.string()).min(1).describe("photographs");

export const faceOption = FaceChoice.default("all");

export const flipOption = z
  .boolean()
  .optional()
  .describe("add the mirrored face's embedding: more accurate, at twice the cost (default: as the model's thresholds expect)");

export const alignedOption = z
  .boolean()
  .default(false)
  .describe("the pictures are faces already cut out for the model: no detection");

const rate = z.number().positive().max(1).optional();

/** A wanted false match rate: per pair, as ISO/IEC 19795-1 counts it. @param meaning of the rate @param standard without one given */
export const rateOptions = (meaning: string, standard: number) => ({
  fmr: rate.describe(`wanted false match rate: ${meaning} (default: ${standard})`),
  far: rate.describe("another name of --fmr"),
  threshold: z.number().min(0).max(4).optional().describe("squared L2 distance, instead of --fmr"),
});

/** What decides about a pair. */
export const decisionOptions = rateOptions("pairs of different people taken for one person", 1e-3);

/** A file that is written: the command line checks its place before the work, and does not replace an existing one unasked. */
export const outputFile = z.string().min(1).meta({ writes: "file" });

/** Where faces are kept. */
export const galleryOption = {
  gallery: z
    .string()
    .optional()
    .describe("file of the gallery, or postgres://user@host/database (default: gallery.db in the user's data folder)"),
};

/** A list whose values may hold commas: on the command line and in forms it is given by repeating the option. */
export const repeated = <T extends z.ZodType>(item: T) => z.array(item).min(1).meta({ "x-commas": "kept" });

/** People by number or name. */
export const personsOption = repeated(z.string());

const date = z
  .string()
  .regex(/^\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d)?)?)?)?)?$/, "must be a date: 2019, 2019-07, 2019-07-14 or 2019-07-14T12:33");

/** Which of the gallery's photographs count. */
export const filterOptions = {
  folder: z.string().optional().describe("only photographs in this folder and below it"),
  takenFrom: date.optional().describe("only photographs taken then or later, by their EXIF: 2019, 2019-07, 2019-07-14"),
  takenTo: date.optional().describe("only photographs taken then or before, that year, month or day included"),
  acceptable: z.boolean().default(false).describe("only faces that nothing speaks against (docs/quality.md)"),
};

/** How faces are looked for. */
export const SearchMethod = z.enum(["auto", "exact", "index"]);
export type SearchMethod = z.infer<typeof SearchMethod>;

export const searchOption = {
  search: SearchMethod.default("auto").describe(
    "exact: every face is compared; index: by pgvector on a PostgreSQL server, which may miss some; auto: that for many faces",
  ),
};

/** What the answer says of it. */
export const searchAnswer = {
  search: SearchMethod.exclude(["auto"]).describe("exact, or by an index that may miss some"),
};

/** Which face of a photograph with several, by its place. */
export const positionOption = {
  position: z
    .int()
    .min(0)
    .optional()
    .describe("which face of the photograph, by its place in the answer of `detect` (0 is the surest), instead of --faces"),
};

function isPhoto(value: unknown): boolean {
  if (typeof value === "string" || value instanceof Blob) return true;
  return typeof value === "object" && value !== null && isNamedBytes(value as NamedBytes);
}
