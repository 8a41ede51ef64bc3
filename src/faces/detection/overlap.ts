/** Overlap of boxes, and non-maximum suppression. */
import type { Box, Detection } from "../../schemas/face.ts";

function common(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width <= 0 || height <= 0 ? 0 : width * height;
}

/** Intersection over union, 0 to 1. */
export function overlapOfUnion(a: Box, b: Box): number {
  const both = common(a, b);
  return both === 0 ? 0 : both / (a.width * a.height + b.width * b.height - both);
}

/** Intersection over the smaller box, 0 to 1. */
export function overlapOfSmaller(a: Box, b: Box): number {
  return common(a, b) / Math.min(a.width * a.height, b.width * b.height);
}

/**
 * Non-maximum suppression: of boxes whose intersection over union exceeds `limit`, keeps the most confident. Sorted
 * by decreasing confidence.
 */
export function withoutOverlaps<T extends Detection>(faces: readonly T[], limit: number): T[] {
  const kept: T[] = [];
  for (const face of faces.toSorted((a, b) => b.confidence - a.confidence)) {
    if (kept.every(({ box }) => overlapOfUnion(face.box, box) <= limit)) kept.push(face);
  }
  return kept;
}
