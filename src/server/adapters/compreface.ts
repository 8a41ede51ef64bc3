/**
 * `POST /api/v1/recognition/recognize` as CompreFace answers it, for programs written for that: header `x-api-key`, a form
 * with `file`, query `limit`, `det_prob_threshold`, `prediction_count`, `face_plugins`, `status`. Its similarity is not
 * ours: it is made from the distance so that CompreFace's guideline, the same person from 0.5 on, means our threshold.
 */
import * as z from "zod";
import type { identify } from "../../operations/identify.ts";

export const RecognizeQuery = z.object({
  limit: z.coerce.number().int().min(0).default(0).describe("faces in the answer, the largest first; 0: all"),
  det_prob_threshold: z.coerce.number().min(0).max(1).optional().describe("how sure the detector must be"),
  prediction_count: z.coerce.number().int().min(1).default(1).describe("people for each face, at most 3"),
  face_plugins: z.string().optional().describe("`landmarks` adds five points; others are passed over"),
  status: z.enum(["true", "false"]).default("false").describe("with execution_time and plugins_versions"),
});
export type RecognizeQuery = z.infer<typeof RecognizeQuery>;

export const RecognizeAnswer = z.object({
  result: z.array(
    z.object({
      box: z.object({ probability: z.number(), x_max: z.int(), y_max: z.int(), x_min: z.int(), y_min: z.int() }),
      subjects: z.array(z.object({ subject: z.string(), similarity: z.number() })),
      landmarks: z.array(z.tuple([z.int(), z.int()])).optional(),
      execution_time: z.record(z.string(), z.number()).optional(),
    }),
  ),
  plugins_versions: z.record(z.string(), z.string()).optional(),
});
export type RecognizeAnswer = z.infer<typeof RecognizeAnswer>;

type Identified = z.output<typeof identify.output>;

/** @param elapsedMs of the whole look-up */
export function recognizeAnswer(
  { faces }: Identified,
  { limit, prediction_count: count, face_plugins: plugins = "", status }: RecognizeQuery,
  { elapsedMs, model, detector }: { readonly elapsedMs: number; readonly model: string; readonly detector: string },
): RecognizeAnswer {
  const largest = [...faces].sort((a, b) => b.box.width * b.box.height - a.box.width * a.box.height);
  const shown = limit === 0 ? largest : largest.slice(0, limit);
  const result = shown.map(({ box, landmarks, confidence, nearest, threshold }) => ({
    box: {
      probability: confidence,
      x_max: Math.round(box.x + box.width),
      y_max: Math.round(box.y + box.height),
      x_min: Math.round(box.x),
      y_min: Math.round(box.y),
    },
    subjects: nearest.slice(0, count).map(({ person, name, distance }) => ({
      subject: name ?? `person ${person}`,
      similarity: similarityOf(distance, threshold),
    })),
    ...(plugins.split(",").includes("landmarks") ? { landmarks: pointsOf(landmarks) } : {}),
    ...(status === "true" ? { execution_time: { total: elapsedMs } } : {}),
  }));
  return { result, ...(status === "true" ? { plugins_versions: { detector, calculator: model } } : {}) };
}

/** 1 at distance 0, 0.5 at the threshold, 0 at 4. @param distance squared L2, 0 to 4 */
export function similarityOf(distance: number, threshold: number): number {
  return distance <= threshold ? 1 - (0.5 * distance) / threshold : (0.5 * (4 - distance)) / (4 - threshold);
}

function pointsOf(landmarks: Identified["faces"][number]["landmarks"]): [number, number][] {
  const { leftEye, rightEye, nose, leftMouth, rightMouth } = landmarks;
  return [leftEye, rightEye, nose, leftMouth, rightMouth].map(({ x, y }) => [Math.round(x), Math.round(y)]);
}
