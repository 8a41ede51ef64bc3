/** Which of a person's faces are worth training on: each photograph once, and none that is poor or unlike the others. */
import { codeDistance } from "../metric/distance.ts";
import type { Quality } from "../schemas/face.ts";

export type Candidate = { readonly id: number; readonly code: Int8Array | null; readonly quality: Quality };

export type Choice = {
  /** The best first. */
  readonly kept: readonly number[];
  readonly dropped: readonly { readonly id: number; readonly reason: string }[];
};

export type ChoiceOptions = {
  /** Largest median squared L2 to the person's other faces, 0 to 4. */
  readonly outlier: number;
  /** Faces so close are one photograph, squared L2; the largest of them is kept. */
  readonly copy: number;
};

/** So many of a person's faces tell whether one is unlike them. */
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
    if (distance > outlier) dropped.push({ id, reason: `unlike the others: ${distance.toFixed(2)} from half of them` });
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

/** Of each face to the others, squared L2; one wrong face does not move it. One alone is at 0. */
function medianDistances(codes: readonly Int8Array[]): number[] {
  const step = Math.max(1, Math.ceil(codes.length / COMPARED));
  const compared = codes.filter((_, i) => i % step === 0);
  return codes.map((code) => {
    const distances = compared.filter((other) => other !== code).map((other) => codeDistance(code, other));
    return distances.sort((a, b) => a - b)[distances.length >> 1] ?? 0;
  });
}
