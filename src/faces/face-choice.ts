/** Choice of one face in a photograph with several. */
import type { Box } from "../schemas/face.ts";

/**
 * Index of the largest face, or of the most central one by the reference implementation's rule: area minus twice the squared
 * distance from the centre.
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

/** Ratio of areas from which the largest face is prominent. */
const PROMINENCE = 2;

/** Index of the prominent face: at least twice as large as any other; undefined if there is none. */
export function prominentFace(boxes: readonly Box[]): number | undefined {
  const areas = boxes.map(({ width, height }) => width * height);
  const largest = areas.indexOf(Math.max(...areas));
  return areas.every((area, i) => i === largest || area * PROMINENCE <= (areas[largest] as number)) ? largest : undefined;
}
