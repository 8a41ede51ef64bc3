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

/** Share of a box that lies within an image, 0 to 1; 0 for an empty box. */
export function shareInside(box: Box, { width, height }: Pick<Box, "width" | "height">): number {
  const area = box.width * box.height;
  return box.width > 0 && box.height > 0 ? common(box, { x: 0, y: 0, width, height }) / area : 0;
}

/** The one with the largest intersection over union with a box, of those with at least `least`; the first of equal ones. */
export function nearestBox<T extends { readonly box: Box }>(all: readonly T[], box: Box, least: number): T | undefined {
  return pairBoxes([{ box }], all, least)[0]?.[1];
}

/** Pairs those whose boxes overlap, greedily by intersection over union from `least`; each is used at most once. */
export function pairBoxes<A extends { readonly box: Box }, B extends { readonly box: Box }>(
  some: readonly A[],
  others: readonly B[],
  least: number,
): (readonly [A, B])[] {
  const pairs = some.flatMap((a) => others.map((b) => ({ a, b, overlap: overlapOfUnion(a.box, b.box) })));
  const taken = new Set<A | B>();
  return pairs
    .filter(({ overlap }) => overlap >= least)
    .sort((x, y) => y.overlap - x.overlap)
    .flatMap(({ a, b }) => {
      if (taken.has(a) || taken.has(b)) return [];
      taken.add(a).add(b);
      return [[a, b] as const];
    });
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
