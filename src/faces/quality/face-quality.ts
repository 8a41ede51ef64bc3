/** Quality of a face for recognition: measures, and reasons in words if a limit is not met. */

import type { Affine } from "../../image/warp.ts";
import type { Detection, Quality } from "../../schemas/face.ts";
import { ARCFACE_SIDE, arcfaceAlignment } from "../alignment/arcface-template.ts";
import { faceTransform } from "../alignment/face-transform.ts";
import type { Photograph, Pixels } from "../photograph.ts";
import { headPose } from "./head-pose.ts";
import { laplacianVariance } from "./sharpness.ts";

/** Beyond these limits a face is not a reliable reference. Origin: docs/quality.md. */
export const qualityLimits = {
  minSizePx: 40,
  minSharpness: 20,
  maxYawDegrees: 40,
  maxPitchDegrees: 35,
  minConfidence: 0.9,
  minVisible: 0.8,
} as const;

const aligned = { width: ARCFACE_SIDE, height: ARCFACE_SIDE };
/** Region of the aligned face in which sharpness is measured: from the eyes to the mouth, without hair and background. */
const inner = { x: 28, y: 42, width: 56, height: 56 } as const;
/**
 * Region of the aligned face that identifies a person: brows to lower lip, temple to temple. Tight portraits end just
 * outside it.
 */
const features = { x: 20, y: 36, width: 72, height: 68 } as const;
/** Grid of points that measures how much of a face lies within the photograph. */
const GRID = 16;
const plain = { mean: [0, 0, 0], scale: 1, channels: "rgb" } as const;

/** @param pixels at the resolution of the aligned face, if the photograph has it */
export function faceQuality(detection: Detection, pixels: Pixels, photograph: Pick<Photograph, "width" | "height">): Quality {
  const [a, b, c, d, e, f] = faceTransform(detection, arcfaceAlignment, aligned, photograph);
  const measured = {
    sizePx: ARCFACE_SIDE * Math.hypot(a, d),
    sharpness: innerSharpness(pixels, [a, b, a * inner.x + b * inner.y + c, d, e, d * inner.x + e * inner.y + f]),
    ...headPose(detection.landmarks),
    confidence: detection.confidence,
    visible: visibleShare([a, b, c, d, e, f], photograph),
  };
  const reasons = objections(measured);
  return { ...measured, acceptable: reasons.length === 0, reasons };
}

/** Share of the features that lie within the photograph, by a grid of points. */
function visibleShare([a, b, c, d, e, f]: Affine, { width, height }: Pick<Photograph, "width" | "height">): number {
  let inside = 0;
  for (let row = 0.5; row < GRID; row++) {
    for (let column = 0.5; column < GRID; column++) {
      const x = features.x + (column / GRID) * features.width;
      const y = features.y + (row / GRID) * features.height;
      const [px, py] = [a * x + b * y + c, d * x + e * y + f];
      if (px >= 0 && py >= 0 && px <= width && py <= height) inside++;
    }
  }
  return inside / GRID ** 2;
}

function innerSharpness(pixels: Pixels, toImage: Affine): number {
  const { width, height } = inner;
  const planes = new Float32Array(3 * width * height);
  pixels.warp(toImage, { width, height, scaling: plain, out: planes });
  const grey = new Float32Array(width * height);
  for (let i = 0; i < grey.length; i++) {
    // luma of ITU-R BT.601
    grey[i] =
      0.299 * (planes[i] as number) +
      0.587 * (planes[i + grey.length] as number) +
      0.114 * (planes[i + 2 * grey.length] as number);
  }
  return laplacianVariance(grey, width, height);
}

type Measured = Omit<Quality, "acceptable" | "reasons">;

function objections({ sizePx, sharpness, yawDegrees, pitchDegrees, confidence, visible = 1 }: Measured): string[] {
  const limits = qualityLimits;
  const reasons: string[] = [];
  if (sizePx < limits.minSizePx) reasons.push(`small: ${Math.round(sizePx)} pixels across, below ${limits.minSizePx}`);
  if (visible < limits.minVisible) reasons.push(`cut off by the edge of the image: ${Math.round(visible * 100)} % visible`);
  if (sharpness < limits.minSharpness) reasons.push(`blurred: sharpness ${Math.round(sharpness)}, below ${limits.minSharpness}`);
  if (Math.abs(yawDegrees) > limits.maxYawDegrees)
    reasons.push(`turned away: ${Math.round(Math.abs(yawDegrees))} degrees to the side`);
  if (Math.abs(pitchDegrees) > limits.maxPitchDegrees) {
    reasons.push(`looking ${pitchDegrees > 0 ? "down" : "up"}: ${Math.round(Math.abs(pitchDegrees))} degrees`);
  }
  if (confidence < limits.minConfidence)
    reasons.push(`uncertain: detector confidence ${confidence.toFixed(2)}, below ${limits.minConfidence}`);
  return reasons;
}
