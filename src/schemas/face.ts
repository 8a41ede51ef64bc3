/** Faces: position in the photograph, image quality, embedding. */
import * as z from "zod";
import type { RgbImage } from "./image-source.ts";

/** A point in pixels of the upright image; (0, 0) is its top left corner, the first pixel's centre (0.5, 0.5). */
export const Point = z.object({ x: z.number(), y: z.number() });
export type Point = z.infer<typeof Point>;

/** A rectangle in pixels of the upright image. It may extend beyond the image's edge. */
export const Box = z.object({
  x: z.number().describe("left edge"),
  y: z.number().describe("top edge"),
  width: z.number().min(0),
  height: z.number().min(0),
});
export type Box = z.infer<typeof Box>;

/** The five landmarks used for alignment. Left and right are the viewer's, not the person's. */
export const Landmarks = z.object({
  leftEye: Point,
  rightEye: Point,
  nose: Point,
  leftMouth: Point,
  rightMouth: Point,
});
export type Landmarks = z.infer<typeof Landmarks>;

/** The five landmarks in template order. */
export function landmarkPoints(l: Landmarks): [Point, Point, Point, Point, Point] {
  return [l.leftEye, l.rightEye, l.nose, l.leftMouth, l.rightMouth];
}

/** Quality of a face image for recognition: measurements, and reasons not to use it. */
export const Quality = z.object({
  sizePx: z
    .number()
    .describe(
      "side of the square that the face is aligned from, in pixels of the photograph; a face fills about two thirds of it",
    ),
  sharpness: z
    .number()
    .min(0)
    .describe("variance of the Laplacian from the eyes to the mouth of the aligned face; below 20 is blurred"),
  yawDegrees: z.number().describe("yaw estimated from the landmarks: 0 frontal, positive towards the viewer's right"),
  pitchDegrees: z.number().describe("pitch estimated from the landmarks: 0 level, positive looking down"),
  rollDegrees: z.number().describe("angle of the line between the eyes, clockwise positive"),
  visible: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      "share of the features, brows to lip and temple to temple, that lies within the photograph; absent in galleries of version 0.1",
    ),
  confidence: z.number().min(0).max(1).describe("the detector's confidence"),
  acceptable: z.boolean().describe("true if `reasons` is empty"),
  reasons: z.array(z.string()).describe("reasons not to use this face"),
});
export type Quality = z.infer<typeof Quality>;

/** Output of a detector for one face. */
export const Detection = z.object({
  box: Box,
  landmarks: Landmarks,
  confidence: z.number().min(0).max(1),
});
export type Detection = z.infer<typeof Detection>;

/** A detected face with its quality record. */
export const Face = Detection.extend({ quality: Quality });
export type Face = z.infer<typeof Face>;

/** An embedding: model id, unit-length floats, and the byte code to store. */
export const Embedding = z.object({
  model: z.string().describe("id of the model; only embeddings of one model can be compared"),
  vector: z
    .instanceof(Float32Array)
    .meta({ description: "unit length, the model's embedding size", type: "array", items: { type: "number" } }),
  code: z.instanceof(Int8Array).meta({
    description: "the vector quantised to one byte per dimension, in base64",
    type: "string",
    contentEncoding: "base64",
  }),
});
export type Embedding = { model: string; vector: Float32Array; code: Int8Array };

const common = {
  image: z.string().describe("the path as given, or the kind of source"),
  width: z.int().describe("pixels of the upright photograph"),
  height: z.int().describe("pixels of the upright photograph"),
};

/** A photograph with its faces. Coordinates are pixels of the upright image. */
export const DetectedImage = z.object({ ...common, faces: z.array(Face).describe("most confident first") });
export type DetectedImage = z.infer<typeof DetectedImage>;

/** A face with its cut-out, RGB. */
export type AlignedFace = Face & { readonly crop: RgbImage };
/** A photograph with the cut-outs of its faces. */
export type AlignedImage = Omit<DetectedImage, "faces"> & { readonly faces: AlignedFace[] };

/** A face with its embedding. */
export const EmbeddedFace = Face.extend({ embedding: Embedding });
export type EmbeddedFace = Face & { readonly embedding: Embedding };
/** A photograph with the embeddings of its faces. */
export const EmbeddedImage = z.object({ ...common, faces: z.array(EmbeddedFace) });
export type EmbeddedImage = Omit<DetectedImage, "faces"> & { readonly faces: EmbeddedFace[] };
