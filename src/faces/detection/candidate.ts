/** Rectangles that may hold a face, between the stages of a detector. */

export type Candidate = {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly confidence: number;
};

/** Corrections a network proposes, as shares of the rectangle's size: left, top, right, bottom. */
export type Correction = readonly [number, number, number, number];

export function corrected<T extends Candidate>(c: T, [left, top, right, bottom]: Correction): T {
  const width = c.right - c.left;
  const height = c.bottom - c.top;
  return {
    ...c,
    left: c.left + left * width,
    top: c.top + top * height,
    right: c.right + right * width,
    bottom: c.bottom + bottom * height,
  };
}

/** The square of the longer side around the same centre. */
export function squared<T extends Candidate>(c: T): T {
  const half = Math.max(c.right - c.left, c.bottom - c.top) / 2;
  const x = (c.left + c.right) / 2;
  const y = (c.top + c.bottom) / 2;
  return { ...c, left: x - half, top: y - half, right: x + half, bottom: y + half };
}

export type OverlapMeasure = "union" | "smaller";

/** Area in common, as a share of the union of both or of the smaller one. */
export function overlap(a: Candidate, b: Candidate, measure: OverlapMeasure): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const common = width * height;
  const areaA = (a.right - a.left) * (a.bottom - a.top);
  const areaB = (b.right - b.left) * (b.bottom - b.top);
  return common / (measure === "union" ? areaA + areaB - common : Math.min(areaA, areaB));
}

/** Non-maximum suppression: of rectangles that overlap by more than `limit` only the surest stays. Surest first. */
export function withoutOverlaps<T extends Candidate>(
  candidates: readonly T[],
  limit: number,
  measure: OverlapMeasure = "union",
): T[] {
  const kept: T[] = [];
  for (const candidate of [...candidates].sort((a, b) => b.confidence - a.confidence)) {
    if (kept.every((other) => overlap(candidate, other, measure) <= limit)) kept.push(candidate);
  }
  return kept;
}
