/** What a detector found against what is there. Pure. */

import { type Candidate, overlap } from "../../src/faces/detection/candidate.ts";
import type { Point } from "../../src/schemas/geometry.ts";
import type { KnownFace } from "./photographs.ts";

/** A detection as every candidate gives it; `points` are eyes, nose and middle of the mouth where there are any. */
export type Found = Candidate & { readonly points?: readonly Point[] };

/** A face counts as found when the boxes share this much of their union, or the points lie this close. */
const ENOUGH_OVERLAP = 0.4;
const CLOSE_POINTS = 0.25;

export type Score = {
  /** for each known face, in order */
  readonly found: readonly boolean[];
  /** for each face found with points: their mean distance as a share of the distance between the eyes */
  readonly pointErrors: readonly { face: KnownFace; error: number }[];
  /** detections of nothing, and second ones of one face; those beside a face, where somebody may stand behind, are left out */
  readonly falsePositives: number;
};

export function score(known: readonly KnownFace[], found: readonly Found[]): Score {
  const rest = new Set(found);
  const matches = known.map((face) => {
    let best: Found | undefined;
    let bestOverlap = 0;
    for (const candidate of rest) {
      const common = overlap(boxOf(face), candidate, "union");
      const close = candidate.points ? pointError(face.points, candidate.points) <= CLOSE_POINTS : false;
      if ((common >= ENOUGH_OVERLAP || close) && common > bestOverlap) [best, bestOverlap] = [candidate, common];
    }
    if (best) rest.delete(best);
    return best;
  });
  return {
    found: matches.map((match) => match !== undefined),
    pointErrors: matches.flatMap((match, i) => {
      const face = known[i] as KnownFace;
      return match?.points ? [{ face, error: pointError(face.points, match.points) }] : [];
    }),
    falsePositives: [...rest].filter((candidate) => !isBeside(candidate, known)).length,
  };
}

const boxOf = ({ box }: KnownFace): Candidate => ({ ...box, confidence: 1 });

function pointError(wanted: readonly Point[], given: readonly Point[]): number {
  const [left, right] = wanted as [Point, Point];
  const sum = wanted.reduce((total, { x, y }, i) => total + Math.hypot(x - (given[i] as Point).x, y - (given[i] as Point).y), 0);
  return sum / wanted.length / Math.hypot(left.x - right.x, left.y - right.y);
}

/** In the surroundings that came with a face, but not on it. */
function isBeside(candidate: Found, known: readonly KnownFace[]): boolean {
  const x = (candidate.left + candidate.right) / 2;
  const y = (candidate.top + candidate.bottom) / 2;
  const on = known.some(({ box }) => x > box.left && x < box.right && y > box.top && y < box.bottom);
  const near = known.some(({ box, reach }) => {
    return Math.max(Math.abs(x - (box.left + box.right) / 2), Math.abs(y - (box.top + box.bottom) / 2)) < reach;
  });
  return near && !on;
}
