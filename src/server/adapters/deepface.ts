/**
 * `POST /verify` as deepface answers it: JSON with `img1` and `img2` as data URIs in base64, or a form with files of these
 * names. A path or an address of the web, which deepface takes too, is refused: this server opens nothing for a client.
 * Distances are the paper's, squared L2 of unit vectors; deepface's name for its root is `euclidean_l2`.
 */
import * as z from "zod";
import { FaceNetError } from "../../errors.ts";
import type { Verdict } from "../../schemas/verdict.ts";

const metrics = ["cosine", "euclidean_l2"] as const;

const Picture = z.string().optional();

export const VerifyRequest = z.object({
  img1: Picture.describe("data:image/jpeg;base64,…"),
  img2: Picture.describe("data:image/jpeg;base64,…"),
  img1_path: Picture.describe("the same, by its older name"),
  img2_path: Picture.describe("the same, by its older name"),
  distance_metric: z.enum(metrics).default("cosine"),
});
export type VerifyRequest = z.infer<typeof VerifyRequest>;

const Area = z.object({
  x: z.int(),
  y: z.int(),
  w: z.int(),
  h: z.int(),
  left_eye: z.tuple([z.int(), z.int()]),
  right_eye: z.tuple([z.int(), z.int()]),
});

export const VerifyAnswer = z.object({
  verified: z.boolean(),
  distance: z.number(),
  threshold: z.number(),
  confidence: z.number().describe("0 to 100, 51 and more is the same person"),
  model: z.string(),
  detector_backend: z.string(),
  similarity_metric: z.enum(metrics),
  distance_metric: z.enum(metrics),
  facial_areas: z.object({ img1: Area, img2: Area }),
  time: z.number().describe("seconds"),
});
export type VerifyAnswer = z.infer<typeof VerifyAnswer>;

/** @param elapsedMs of the whole comparison */
export function verifyAnswer(
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

/** Of unit vectors: squared L2 is twice the cosine distance. */
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

/** 100 at distance 0 to 51 at the threshold; below it 49 to 0 at the greatest distance. */
function confidenceOf({ verified, distance, threshold }: Verdict): number {
  const value = verified ? 100 - (49 * distance) / threshold : (49 * (4 - distance)) / (4 - threshold);
  return Math.round(value * 100) / 100;
}

function areaOf({ box, landmarks }: Verdict["faces"][number]): z.infer<typeof Area> {
  const point = ({ x, y }: { x: number; y: number }): [number, number] => [Math.round(x), Math.round(y)];
  // deepface's left eye is the person's own: the right one for whoever looks at the picture
  return {
    x: Math.round(box.x),
    y: Math.round(box.y),
    w: Math.round(box.width),
    h: Math.round(box.height),
    left_eye: point(landmarks.rightEye),
    right_eye: point(landmarks.leftEye),
  };
}

/** @throws FaceNetError OPTION_INVALID for anything but a picture itself */
export function pictureOf(field: "img1" | "img2", request: VerifyRequest): File {
  const text = request[field] ?? request[`${field}_path`];
  if (text === undefined) throw new FaceNetError("OPTION_INVALID", { option: field, reason: "a photograph is needed" });
  const [, base64] = /^data:image\/[\w.+-]+;base64,([A-Za-z0-9+/=\s]*)$/.exec(text) ?? [];
  if (base64 === undefined) {
    const reason = "must be a photograph as data:image/jpeg;base64,…; paths and addresses of the web are not opened";
    throw new FaceNetError("OPTION_INVALID", { option: field, reason });
  }
  return new File([Buffer.from(base64, "base64")], field);
}
