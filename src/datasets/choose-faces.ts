/** Selects a person's training faces: one per photograph, without low-quality faces and outliers. */
import { codeDistance } from "../metric/distance.ts";
import type { Quality } from "../schemas/face.ts";

export type Candidate = { readonly id: number; readonly code: Int8Array | null; readonly quality: Quality };

export type Choice = {
  /** Best first. */
  readonly kept: readonly number[];
  readonly dropped: readonly { readonly id: number; readonly reason: string }[];
};

export type ChoiceOptions = {
  /** Largest median squared L2 to the person's other faces, 0 to 4. */
  readonly outlier: number;
  /** Squared L2 up to which faces are from the same photograph; the largest of them is kept. */
  readonly copy: number;
};

/** Minimum number of a person's faces for outlier detection. */
const COMPARED = 500;

/** @param faces of one person */
export function chooseFaces(faces: readonly Candidate[], { outlier, copy }: ChoiceOptions): Choice {
  const dropped: { id: number; reason: string }[] = [];
  const good = faces.flatMap(({ id, code, quality }) => {
    if (code && quality.acceptable) return [{ id, code, quality }];
    dropped.push({ id, reason: quality.reasons.join("; ") || "has no embedding" });
    return [];
  });
  const distances = medianDistances(good.map(({ code }) => code));
  const near = good.filter(({ id }, i) => {
    const distance = distances[i] as number;
    if (distance > outlier) dropped.push({ id, reason: `outlier: median distance ${distance.toFixed(2)} to the others` });
    return distance <= outlier;
  });
  const kept: typeof good = [];
  for (const face of near.toSorted((a, b) => b.quality.sizePx - a.quality.sizePx || a.id - b.id)) {
    const twin = kept.find((other) => codeDistance(face.code, other.code) <= copy);
    if (twin) dropped.push({ id: face.id, reason: `a copy of face ${twin.id}` });
    else kept.push(face);
  }
  return { kept: kept.map(({ id }) => id), dropped };
}

/** Median squared L2 of each face to the others; robust against one wrong face. 0 for a single face. */
function medianDistances(codes: readonly Int8Array[]): number[] {
  const step = Math.max(1, Math.ceil(codes.length / COMPARED));
  const compared = codes.filter((_, i) => i % step === 0);
  return codes.map((code) => {
    const distances = compared.filter((other) => other !== code).map((other) => codeDistance(code, other));
    return distances.sort((a, b) => a - b)[distances.length >> 1] ?? 0;
  });
}
