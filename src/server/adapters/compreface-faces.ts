/** Shared by CompreFace's services: query, face record, similarity, image ids. */
import * as z from "zod";
import { FaceNetError } from "../../errors.ts";
import type { EmbeddedFace } from "../../schemas/face.ts";
import type { RouteRequest } from "../route.ts";

export const FaceQuery = z.object({
  limit: z.int().min(0).default(0).describe("maximum number of faces, largest first; 0: all"),
  det_prob_threshold: z.number().min(0).max(1).optional().describe("minimum detector confidence"),
  face_plugins: z.string().default("").describe("`landmarks` adds five points, `calculator` the embedding; others are ignored"),
  status: z.boolean().default(false).describe("adds execution_time and plugins_versions"),
});
export type FaceQuery = z.infer<typeof FaceQuery>;

export const FaceRecord = z.object({
  box: z.object({ probability: z.number(), x_max: z.int(), y_max: z.int(), x_min: z.int(), y_min: z.int() }),
  landmarks: z.array(z.tuple([z.int(), z.int()])).optional(),
  embedding: z.array(z.number()).optional(),
  execution_time: z.record(z.string(), z.number()).optional(),
});
type FaceRecord = z.infer<typeof FaceRecord>;

export const pluginsVersions = { plugins_versions: z.record(z.string(), z.string()).optional() };

/** Minimum confidence that the detector supports. */
const LEAST_CONFIDENCE = 0.3;

export function faceOptions({ det_prob_threshold: threshold }: Pick<FaceQuery, "det_prob_threshold">) {
  return threshold === undefined ? {} : { minConfidence: Math.max(LEAST_CONFIDENCE, threshold) };
}

export function limited<T>(faces: readonly T[], { limit }: FaceQuery): readonly T[] {
  return limit === 0 ? faces : faces.slice(0, limit);
}

/** @param elapsedMs of the whole request */
export function faceRecord(
  { box, landmarks, confidence, embedding }: EmbeddedFace,
  { face_plugins: list, status }: FaceQuery,
  elapsedMs: number,
): FaceRecord {
  const plugins = list.split(",").map((name) => name.trim());
  const { leftEye, rightEye, nose, leftMouth, rightMouth } = landmarks;
  const points = [leftEye, rightEye, nose, leftMouth, rightMouth];
  return {
    box: {
      probability: confidence,
      x_max: Math.round(box.x + box.width),
      y_max: Math.round(box.y + box.height),
      x_min: Math.round(box.x),
      y_min: Math.round(box.y),
    },
    ...(plugins.includes("landmarks") && {
      landmarks: points.map(({ x, y }): [number, number] => [Math.round(x), Math.round(y)]),
    }),
    ...(plugins.includes("calculator") && { embedding: [...embedding.vector] }),
    ...(status && { execution_time: { total: elapsedMs } }),
  };
}

export function versionsOf({ settings }: RouteRequest, { status }: FaceQuery) {
  return status ? { plugins_versions: { detector: String(settings.detector), calculator: String(settings.model) } } : {};
}

/**
 * 1 at distance 0, 0.5 at the threshold, 0 at 4: CompreFace recommends 0.5 as the limit.
 *
 * @param distance squared L2, 0 to 4
 */
export function similarityOf(distance: number, threshold: number): number {
  return distance <= threshold ? 1 - (0.5 * distance) / threshold : (0.5 * (4 - distance)) / (4 - threshold);
}

/** CompreFace identifies images by UUIDs, which its clients parse; the last group holds the face id. */
const IMAGE_ID = "00000000-0000-4000-8000-";

export const imageIdOf = (face: number): string => IMAGE_ID + face.toString(16).padStart(12, "0");

export const ImageId = z.guid().describe("image_id of an example");

/** @throws FaceNetError FACE_UNKNOWN */
export function faceOf(imageId: string): number {
  const id = imageId.toLowerCase();
  if (!id.startsWith(IMAGE_ID)) throw new FaceNetError("FACE_UNKNOWN", { face: imageId });
  return Number.parseInt(id.slice(IMAGE_ID.length), 16);
}
