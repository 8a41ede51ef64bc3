/**
 * Matches the faces of a photograph with those of an edited version: rotated, mirrored, scaled, cropped or recompressed.
 *
 * Two faces match if three things agree: the position under the image's transformation, the layout of the landmarks, and above
 * all the embedding. Position alone would transfer a name to another person at the same position in another photograph.
 */

import { nearestBox, overlapOfUnion, shareInside } from "../../faces/detection/overlap.ts";
import { codeDistance } from "../../metric/distance.ts";
import type { Box, Landmarks, Point } from "../../schemas/face.ts";
import type { Look, Placement } from "../store/gallery-store.ts";

type LookFace = Look["faces"][number];

/** Minimum intersection over union of a face's transformed box and the box detected there. */
const LEAST_OVERLAP = 0.35;
/** Maximum root mean square distance of the landmarks, relative to the distance between the eyes. */
const MOST_LANDMARK_RESIDUAL = 0.2;
/** Aspect ratios that differ by less are equal, allowing for rounding of the sides. */
const SAME_PROPORTIONS = 0.02;
/** Maximum mean distance of the faces of one exposure, relative to the distance limit of a match. */
const SAME_EXPOSURE = 0.15;
/** Minimum part of an undetected face that must lie within the new image. */
const LEAST_INSIDE = 0.6;

export type LookMatch = {
  /** Faces matched by position and embedding. */
  readonly matched: number;
  /** Mean squared L2 distance of their embeddings. */
  readonly meanDistance: number;
  readonly placements: readonly Placement[];
};

/** One of the eight rotations and reflections, then scaling and translation. */
type Change = {
  readonly turns: number;
  readonly mirrored: boolean;
  readonly scaleX: number;
  readonly scaleY: number;
  readonly shiftX: number;
  readonly shiftY: number;
};

/** @param maxDistance squared L2; faces farther apart never match */
export function matchLooks(old: Look, now: Look, maxDistance: number): LookMatch | undefined {
  let best: Judged | undefined;
  for (const change of changesBetween(old, now, maxDistance)) {
    const match = matchBy(change, old, now, maxDistance);
    if (match.matched === 0) continue;
    const isBetter = !best || match.matched > best.matched || (match.matched === best.matched && match.error < best.error);
    if (isBetter) best = match;
  }
  return best;
}

type Judged = LookMatch & { readonly error: number };

/** Candidate transformations: of the whole image, or, for crops, mapping one face onto a similar one. */
function* changesBetween(old: Look, now: Look, maxDistance: number): Generator<Change> {
  for (const mirrored of [false, true]) {
    for (const turns of [0, 1, 2, 3]) {
      const [width, height] = turns % 2 === 0 ? [old.width, old.height] : [old.height, old.width];
      const [scaleX, scaleY] = [now.width / width, now.height / height];
      const turned = { turns, mirrored, scaleX: 1, scaleY: 1, shiftX: 0, shiftY: 0 };
      if (Math.abs(scaleX / scaleY - 1) < SAME_PROPORTIONS) yield { ...turned, scaleX, scaleY };
      for (const face of old.faces) {
        const box = changedBox(face.box, turned, old);
        for (const other of now.faces) {
          if (distanceOf(face, other) > maxDistance) continue;
          const scale = Math.sqrt((other.box.width * other.box.height) / (box.width * box.height));
          const shiftX = other.box.x + other.box.width / 2 - scale * (box.x + box.width / 2);
          const shiftY = other.box.y + other.box.height / 2 - scale * (box.y + box.height / 2);
          yield { ...turned, scaleX: scale, scaleY: scale, shiftX, shiftY };
        }
      }
    }
  }
}

function matchBy(change: Change, old: Look, now: Look, maxDistance: number): Judged {
  const moved = old.faces.map((face) => ({
    face,
    box: changedBox(face.box, change, old),
    landmarks: changedLandmarks(face.landmarks, change, old),
  }));
  const pairs = moved.flatMap((one) =>
    now.faces.flatMap((onto) => {
      const distance = distanceOf(one.face, onto);
      const overlap = overlapOfUnion(one.box, onto.box);
      const residual = landmarkResidual(one.landmarks, onto.landmarks);
      const fits = distance <= maxDistance && overlap >= LEAST_OVERLAP && residual <= MOST_LANDMARK_RESIDUAL;
      return fits ? [{ one, onto, distance, error: 1 - overlap + residual }] : [];
    }),
  );
  const taken = new Set<unknown>();
  const matched = pairs
    .sort((a, b) => a.distance - b.distance)
    .filter(({ one, onto }) => {
      if (taken.has(one) || taken.has(onto)) return false;
      taken.add(one).add(onto);
      return true;
    });
  const placements: Placement[] = matched.map(({ one, onto }) => {
    return { face: one.face.id, onto: onto.id, box: onto.box, landmarks: onto.landmarks };
  });
  const mean = (of: "distance" | "error") => matched.reduce((sum, pair) => sum + pair[of], 0) / Math.max(1, matched.length);
  // If the other faces are near enough to be the same exposure, an undetected face gets its transformed position.
  if (matched.length > 0 && mean("distance") <= SAME_EXPOSURE * maxDistance) {
    for (const one of moved) {
      const isOut = shareInside(one.box, now) < LEAST_INSIDE;
      if (taken.has(one) || isOut || nearestBox(now.faces, one.box, LEAST_OVERLAP)) continue;
      placements.push({ face: one.face.id, onto: null, box: one.box, landmarks: one.landmarks });
    }
  }
  return { matched: matched.length, meanDistance: mean("distance"), error: mean("error"), placements };
}

/** Squared L2; infinite if one has no embedding. */
function distanceOf(a: LookFace, b: LookFace): number {
  return a.code === null || b.code === null ? Number.POSITIVE_INFINITY : codeDistance(a.code, b.code);
}

function changedPoint({ x, y }: Point, { turns, mirrored, scaleX, scaleY, shiftX, shiftY }: Change, size: Look): Point {
  let [u, v] = [mirrored ? size.width - x : x, y];
  let [width, height] = [size.width, size.height];
  for (let i = 0; i < turns; i++) {
    [u, v] = [height - v, u]; // 90 degrees clockwise
    [width, height] = [height, width];
  }
  return { x: u * scaleX + shiftX, y: v * scaleY + shiftY };
}

function changedBox({ x, y, width, height }: Box, change: Change, size: Look): Box {
  const a = changedPoint({ x, y }, change, size);
  const b = changedPoint({ x: x + width, y: y + height }, change, size);
  return { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) };
}

function changedLandmarks(landmarks: Landmarks, change: Change, size: Look): Landmarks {
  const at = (name: keyof Landmarks): Point => changedPoint(landmarks[name], change, size);
  const [left, right] = change.mirrored ? (["right", "left"] as const) : (["left", "right"] as const);
  return {
    leftEye: at(`${left}Eye`),
    rightEye: at(`${right}Eye`),
    nose: at("nose"),
    leftMouth: at(`${left}Mouth`),
    rightMouth: at(`${right}Mouth`),
  };
}

/** Root mean square distance after the best translation, relative to the distance between the eyes; 0 if the eyes coincide. */
function landmarkResidual(a: Landmarks, b: Landmarks): number {
  const eyes = Math.hypot(b.leftEye.x - b.rightEye.x, b.leftEye.y - b.rightEye.y);
  if (eyes === 0) return 0;
  const names = Object.keys(b) as (keyof Landmarks)[];
  const dx = names.map((name) => a[name].x - b[name].x);
  const dy = names.map((name) => a[name].y - b[name].y);
  const variance = (values: readonly number[]): number => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  };
  return Math.sqrt(variance(dx) + variance(dy)) / eyes;
}
