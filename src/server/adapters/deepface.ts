/**
 * Adapter for clients of deepface: `POST /verify` with `img1` and `img2` as base64 data URIs in JSON, or as files of a form.
 * Paths and web addresses, which deepface accepts too, are rejected: the server opens nothing on behalf of a client.
 * Distances are squared L2 of unit vectors; deepface's `euclidean_l2` is their square root.
 */
import * as z from "zod";
import { parseInput } from "../../operations/parse-input.ts";
import { verify } from "../../operations/verify.ts";
import type { Verdict } from "../../schemas/verdict.ts";
import { operationHandler, type Route } from "../route.ts";
import type { Services } from "../services.ts";

const metrics = ["cosine", "euclidean_l2"] as const;

const VerifyRequest = z.object({
  distance_metric: z.enum(metrics).default("cosine"),
});
type VerifyRequest = z.infer<typeof VerifyRequest>;

const Area = z.object({
  x: z.int(),
  y: z.int(),
  w: z.int(),
  h: z.int(),
  left_eye: z.tuple([z.int(), z.int()]),
  right_eye: z.tuple([z.int(), z.int()]),
});

const VerifyAnswer = z.object({
  verified: z.boolean(),
  distance: z.number(),
  threshold: z.number(),
  confidence: z.number().describe("0 to 100; 51 or more: same person"),
  model: z.string(),
  detector_backend: z.string(),
  similarity_metric: z.enum(metrics),
  distance_metric: z.enum(metrics),
  facial_areas: z.object({ img1: Area, img2: Area }),
  time: z.number().describe("seconds"),
});
type VerifyAnswer = z.infer<typeof VerifyAnswer>;

export function verifyRoute({ settings }: Pick<Services, "settings">): Route {
  const verifying = operationHandler(verify, { photographs: ["left", "right"] });
  return {
    name: "verifyPair",
    method: "post",
    path: "/verify",
    scope: "read",
    tag: "Compatibility",
    photographs: ["img1", "img2"],
    acceptsText: true,
    summary: "Verification compatible with deepface",
    input: VerifyRequest,
    output: VerifyAnswer,
    several: [],
    hasRecords: false,
    run: (request) => {
      const { img1: left = [], img2: right = [] } = request.photographs;
      const input = parseInput(verify.input.omit({ left: true, right: true }), { faces: "largest" });
      return verifying.run({ ...request, input, photographs: { left, right } });
    },
    present: (answer, input, elapsedMs) => {
      const { distance_metric: metric } = input as VerifyRequest;
      return verifyAnswer(answer as Verdict, metric, { elapsedMs, detector: String(settings.detector) });
    },
  };
}

/** @param elapsedMs of the whole comparison */
function verifyAnswer(
  verdict: Verdict,
  metric: VerifyRequest["distance_metric"],
  { elapsedMs, detector }: { readonly elapsedMs: number; readonly detector: string },
): VerifyAnswer {
  const { verified, distance, threshold, model, faces } = verdict;
  const [left, right] = faces;
  return {
    verified,
    distance: inMetric(distance, metric),
    threshold: inMetric(threshold, metric),
    confidence: confidenceOf(verdict),
    model,
    detector_backend: detector,
    similarity_metric: metric,
    distance_metric: metric,
    facial_areas: { img1: areaOf(left), img2: areaOf(right) },
    time: Math.round(elapsedMs / 10) / 100,
  };
}

/** For unit vectors, squared L2 is twice the cosine distance. */
function inMetric(squaredL2: number, metric: VerifyRequest["distance_metric"]): number {
  switch (metric) {
    case "cosine":
      return squaredL2 / 2;
    case "euclidean_l2":
      return Math.sqrt(squaredL2);
    default:
      metric satisfies never;
      throw new TypeError("metric of unknown kind");
  }
}

/** 100 at distance 0, 51 at the threshold; beyond it 49, and 0 at the greatest distance. */
function confidenceOf({ verified, distance, threshold }: Verdict): number {
  const value = verified ? 100 - (49 * distance) / threshold : (49 * (4 - distance)) / (4 - threshold);
  return Math.round(value * 100) / 100;
}

function areaOf({ box, landmarks }: Verdict["faces"][number]): z.infer<typeof Area> {
  const point = ({ x, y }: { x: number; y: number }): [number, number] => [Math.round(x), Math.round(y)];
  // deepface names eyes from the person's view: their left eye is the right one in the picture
  return {
    x: Math.round(box.x),
    y: Math.round(box.y),
    w: Math.round(box.width),
    h: Math.round(box.height),
    left_eye: point(landmarks.rightEye),
    right_eye: point(landmarks.leftEye),
  };
}
