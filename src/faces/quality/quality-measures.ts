/** What a quality record says of a face, each as one number of which more is better. */
import type { Quality } from "../../schemas/face.ts";
import { qualityLimits } from "./face-quality.ts";

/**
 * The worst measure over its limit, as a factor: 1 and above is acceptable, 2 is twice as good as the limits ask for. Turn and nod
 * count by the limit over the angle, confidence by the doubt (1 - confidence) that the limit allows over the face's.
 */
export function qualityScore({
  sizePx,
  sharpness,
  visible = 1,
  yawDegrees,
  pitchDegrees,
  confidence,
}: Omit<Quality, "acceptable" | "reasons">): number {
  const limits = qualityLimits;
  return Math.min(
    sizePx / limits.minSizePx,
    sharpness / limits.minSharpness,
    visible / limits.minVisible,
    limits.maxYawDegrees / Math.abs(yawDegrees),
    limits.maxPitchDegrees / Math.abs(pitchDegrees),
    (1 - limits.minConfidence) / (1 - confidence),
  );
}

export const qualityMeasures = {
  score: qualityScore,
  sharpness: ({ sharpness }) => sharpness,
  size: ({ sizePx }) => sizePx,
  yaw: ({ yawDegrees }) => -Math.abs(yawDegrees),
  pitch: ({ pitchDegrees }) => -Math.abs(pitchDegrees),
  visible: ({ visible = 1 }) => visible,
  confidence: ({ confidence }) => confidence,
} as const satisfies Readonly<Record<string, (quality: Quality) => number>>;
