import * as z from "zod";
import type { Box } from "./face.ts";

/** Which of the faces of a photograph are meant. */
export const FaceChoice = z
  .enum(["all", "only", "prominent", "largest", "central"])
  .describe(
    "which faces: all; the only one (several are an error); the prominent one, at least twice as large as any other (none such is an error); the largest; the largest near the centre",
  );
export type FaceChoice = z.infer<typeof FaceChoice>;

/**
 * The one face of a photograph that a choice means, as its index.
 * "central" is the reference implementation's rule: area less twice the squared offset from the centre.
 */
export function chooseFace(
  boxes: readonly Box[],
  choice: "largest" | "central",
  image: { width: number; height: number },
): number {
  let best = 0;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (const [i, { x, y, width, height }] of boxes.entries()) {
    const offset = (x + width / 2 - image.width / 2) ** 2 + (y + height / 2 - image.height / 2) ** 2;
    const score = width * height - (choice === "central" ? 2 * offset : 0);
    if (score > bestScore) [best, bestScore] = [i, score];
  }
  return best;
}

/** How many times larger, by area, a face must be than any other to stand out. */
const PROMINENCE = 2;

/** The face that stands out, as its index; undefined where none does. */
export function prominentFace(boxes: readonly Box[]): number | undefined {
  const areas = boxes.map(({ width, height }) => width * height);
  const largest = areas.indexOf(Math.max(...areas));
  return areas.every((area, i) => i === largest || area * PROMINENCE <= (areas[largest] as number)) ? largest : undefined;
}
