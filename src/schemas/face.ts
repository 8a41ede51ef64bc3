import * as z from "zod";
import { Box, Landmarks } from "./geometry.ts";

/** How good a face's picture is for recognition, measured, with what is wrong in words. */
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
  yawDegrees: z.number().describe("turn to the side from the landmarks: 0 frontal, positive towards the viewer's right"),
  pitchDegrees: z.number().describe("nod from the landmarks: 0 level, positive looking down"),
  rollDegrees: z.number().describe("tilt of the line between the eyes, clockwise positive"),
  confidence: z.number().min(0).max(1).describe("the detector's confidence"),
  acceptable: z.boolean().describe("true when no reason speaks against using this face"),
  reasons: z.array(z.string()).describe("what speaks against using this face, in words"),
});
export type Quality = z.infer<typeof Quality>;

/** What a detector reports. */
export const Detection = z.object({
  box: Box,
  landmarks: Landmarks,
  confidence: z.number().min(0).max(1),
});
export type Detection = z.infer<typeof Detection>;

/** A detected face with its quality record. */
export const Face = Detection.extend({ quality: Quality });
export type Face = z.infer<typeof Face>;

/** An embedding as programs see it: which model made it, unit-length floats, and the bytes to store. */
export const Embedding = z.object({
  model: z.string().describe("id of the model; only embeddings of one model can be compared"),
  vector: z
    .instanceof(Float32Array)
    .meta({ description: "unit length, the model's embedding size", type: "array", items: { type: "number" } }),
  code: z.instanceof(Int8Array).meta({
    description: "the same quantised to one byte a dimension, in base64",
    type: "string",
    contentEncoding: "base64",
  }),
});
export type Embedding = { model: string; vector: Float32Array; code: Int8Array };
