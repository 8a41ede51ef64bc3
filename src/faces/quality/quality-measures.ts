/** Quality measures of a face, each as a number of which more is better. */
import type { Quality } from "../../schemas/face.ts";
import { qualityLimits } from "./face-quality.ts";

/**
 * The worst measure relative to its limit: 1 and above is acceptable, 2 is twice as good as required. Yaw and pitch
 * count as limit / angle, confidence as (1 - limit) / (1 - confidence).
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
