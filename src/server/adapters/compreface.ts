/**
 * Adapter for clients of CompreFace: `POST /api/v1/recognition/recognize` with its form field, query and answer. Similarity is
 * computed from the distance so that 0.5, the limit that CompreFace recommends, is our threshold.
 */
import * as z from "zod";
import { identify } from "../../operations/identify.ts";
import { parseInput } from "../../operations/parse-input.ts";
import { operationHandler, type Route } from "../route.ts";
import type { Services } from "../services.ts";

const RecognizeQuery = z.object({
  limit: z.coerce.number().int().min(0).default(0).describe("largest number of faces in the answer, largest first; 0: all"),
  det_prob_threshold: z.coerce.number().min(0).max(1).optional().describe("smallest confidence of the detector"),
  prediction_count: z.coerce.number().int().min(1).default(1).describe("people per face, 3 at most"),
  face_plugins: z.string().optional().describe("`landmarks` adds five points; other plugins are ignored"),
  status: z.enum(["true", "false"]).default("false").describe("adds execution_time and plugins_versions"),
});
type RecognizeQuery = z.infer<typeof RecognizeQuery>;

const RecognizeAnswer = z.object({
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
type RecognizeAnswer = z.infer<typeof RecognizeAnswer>;

type Identified = z.output<typeof identify.output>;

/** Lowest confidence that the detector supports. */
const LEAST_CONFIDENCE = 0.3;

export function recognizeRoute({ settings }: Pick<Services, "settings">): Route {
  const identifying = operationHandler(identify, { photographs: ["images"] });
  const used = { model: String(settings.model), detector: String(settings.detector) };
  return {
    name: "recognize",
    method: "post",
    path: "/api/v1/recognition/recognize",
    scope: "read",
    tag: "Compatibility",
    audited: true,
    photographs: ["file"],
    summary: "Recognition compatible with CompreFace",
    input: RecognizeQuery,
    output: RecognizeAnswer,
    several: [],
    hasRecords: true,
    run: (request) => {
      const { det_prob_threshold: threshold } = request.input as RecognizeQuery;
      const confidence = threshold === undefined ? {} : { minConfidence: Math.max(LEAST_CONFIDENCE, threshold) };
      const input = parseInput(identify.input.omit({ images: true }), confidence);
      return identifying.run({ ...request, input, photographs: { images: request.photographs.file ?? [] } });
    },
    present: (answer, input, elapsedMs) => {
      const { photographs } = answer as { readonly photographs: readonly [Identified] };
      return recognizeAnswer(photographs[0], input as RecognizeQuery, { elapsedMs, ...used });
    },
  };
}

/** @param elapsedMs of the whole look-up */
function recognizeAnswer(
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
