/**
 * Shared by deepface's routes. Model and detector are the server's, whatever the request names; the answer states which. Options
 * that would change the result but are not supported are rejected.
 */
import * as z from "zod";
import { FaceNetError } from "../../errors.ts";
import type { EmbeddedFace } from "../../schemas/face.ts";
import type { RouteRequest } from "../route.ts";
import { facesIn, imageIn } from "./adapter-faces.ts";

export const Metric = z.enum(["cosine", "euclidean", "euclidean_l2", "angular"]);
export type Metric = z.infer<typeof Metric>;

export const FaceOptions = z.object({
  model_name: z.string().optional().describe("ignored: the server's model is used"),
  detector_backend: z.string().optional().describe("ignored: the server's detector is used"),
  enforce_detection: z.boolean().default(true).describe("false: a photograph without a detected face is treated as one face"),
  align: z.boolean().default(true).describe("false is rejected: the model requires aligned faces"),
  anti_spoofing: z.boolean().default(false).describe("true is rejected: spoofing detection is not supported"),
  expand_percentage: z.int().default(0).describe("must be 0"),
  normalization: z.string().default("base").describe("ignored: the model's own normalisation is used"),
});
export type FaceOptions = z.infer<typeof FaceOptions>;

export const Area = z.object({
  x: z.int(),
  y: z.int(),
  w: z.int(),
  h: z.int(),
  left_eye: z.tuple([z.int(), z.int()]).nullable(),
  right_eye: z.tuple([z.int(), z.int()]).nullable(),
});

export type DeepFace = Omit<EmbeddedFace, "landmarks"> & { readonly landmarks: EmbeddedFace["landmarks"] | null };

/** @throws FaceNetError OPTION_INVALID for unsupported options */
export function requireAvailable({ anti_spoofing: isSpoofingSought, align, expand_percentage: expansion }: FaceOptions): void {
  const refuse = (option: string, reason: string) => new FaceNetError("OPTION_INVALID", { option, reason });
  if (isSpoofingSought) throw refuse("anti_spoofing", "spoofing detection is not supported; omit this option");
  if (!align) throw refuse("align", "faces are always aligned; omit this option");
  if (expansion !== 0) throw refuse("expand_percentage", "must be 0");
}

/**
 * Faces of a photograph, largest first.
 *
 * @throws FaceNetError OPTION_INVALID for unsupported options; FACE_NOT_FOUND if detection is enforced
 */
export async function deepfaces(request: RouteRequest, field: string, options: FaceOptions): Promise<DeepFace[]> {
  requireAvailable(options);
  try {
    return await facesIn(request, field);
  } catch (error) {
    if (options.enforce_detection || !(error instanceof FaceNetError) || error.code !== "FACE_NOT_FOUND") throw error;
    const { faces, width, height } = await imageIn(request, field, { aligned: true });
    return faces.map((face) => ({ ...face, box: { x: 0, y: 0, width, height }, confidence: 0, landmarks: null }));
  }
}

export function areaOf({ box, landmarks }: DeepFace): z.infer<typeof Area> {
  const point = (place: { readonly x: number; readonly y: number } | undefined): [number, number] | null =>
    place ? [Math.round(place.x), Math.round(place.y)] : null;
  // deepface names eyes from the subject's point of view: the left eye is on the right of the picture
  return {
    x: Math.round(box.x),
    y: Math.round(box.y),
    w: Math.round(box.width),
    h: Math.round(box.height),
    left_eye: point(landmarks?.rightEye),
    right_eye: point(landmarks?.leftEye),
  };
}

/** For unit vectors, squared L2 is twice the cosine distance, and deepface's two Euclidean metrics are the same. */
export function inMetric(squaredL2: number, metric: Metric): number {
  switch (metric) {
    case "cosine":
      return squaredL2 / 2;
    case "euclidean":
    case "euclidean_l2":
      return Math.sqrt(squaredL2);
    case "angular":
      return Math.acos(Math.min(1, Math.max(-1, 1 - squaredL2 / 2))) / Math.PI;
    default:
      metric satisfies never;
      throw new TypeError("unknown metric");
  }
}

/** The inverse of {@link inMetric}. */
export function squaredL2Of(distance: number, metric: Metric): number {
  switch (metric) {
    case "cosine":
      return 2 * distance;
    case "euclidean":
    case "euclidean_l2":
      return distance ** 2;
    case "angular":
      return 2 - 2 * Math.cos(Math.PI * Math.min(1, Math.max(0, distance)));
    default:
      metric satisfies never;
      throw new TypeError("unknown metric");
  }
}

/** 100 at distance 0, 51 at the threshold, 49 just beyond it, 0 at the largest distance. Both squared L2. */
export function confidenceOf(distance: number, threshold: number): number {
  const value =
    distance <= threshold ? 100 - (49 * distance) / (threshold || 1) : (49 * (4 - distance)) / (4 - Math.min(threshold, 3.999));
  return Math.round(value * 100) / 100;
}
