/** Faces drawn by a user where the detector finds none: stored with their corrections, and compared if they can be embedded. */
import { FaceNetError } from "../errors.ts";
import { nearestBox, shareInside } from "../faces/detection/overlap.ts";
import type { FaceNet, LookOptions } from "../faces/facenet.ts";
import type { Box, Landmarks } from "../schemas/face.ts";
import type { CorrectionRecord, NewFace, Photograph } from "../schemas/gallery.ts";
import { originalOf } from "./embed-again.ts";
import type { GalleryStore } from "./store/gallery-store.ts";

/** Intersection over union from which a drawn box denotes a known face. */
const SAME_FACE = 0.5;
/** The same for faces detected at low confidence: people draw wider or tighter than the detector. */
const FOUND = 0.3;
/** Lowest detector confidence: a user has confirmed that there is a face. */
const LEAST_CONFIDENCE = 0.3;
/** Smallest face size in pixels, in small boxes and in large ones; a face at FOUND has about half of the box's side. */
const [SMALLEST, LARGEST, OF_BOX] = [12, 40, 0.4];
/** Minimum part of the box that must lie in the photograph. */
const LEAST_INSIDE = 0.5;

export type DrawnFace = {
  readonly face: number;
  /** false: the gallery already had a face there */
  readonly added: boolean;
  /** landmarks were found, so the face can be compared */
  readonly embedded: boolean;
  /** journal entry for undo: box and name; null if nothing was changed */
  readonly done: CorrectionRecord | null;
};

type DrawOptions = Pick<LookOptions, "maxPixels" | "signal"> & {
  readonly facenet: FaceNet;
  readonly store: GalleryStore;
  readonly name?: string | undefined;
};

/**
 * @param box in pixels of the upright photograph
 * @throws FaceNetError OPTION_INVALID for a box outside the photograph; PHOTOGRAPH_UNKNOWN if none of its files can be read
 */
export async function drawFace(
  photograph: Photograph,
  box: Box,
  { facenet, store, name, ...options }: DrawOptions,
): Promise<DrawnFace> {
  requireInside(box, photograph);
  const faces = await Array.fromAsync(store.faces({ photograph: photograph.id }));
  const known = nearestBox(faces, box, SAME_FACE);
  if (known) {
    const done = name === undefined ? null : await store.correct({ kind: "enroll", name, faces: [known.id] });
    return { face: known.id, added: false, embedded: known.embedded, done };
  }
  const content = await originalOf(photograph, store);
  if (!("data" in content)) throw new FaceNetError("PHOTOGRAPH_UNKNOWN", { path: photograph.paths[0] ?? String(photograph.id) });
  const looked = await facenet.embed(
    { name: content.path, data: content.data },
    {
      ...options,
      minFaceSize: Math.round(Math.max(SMALLEST, Math.min(LARGEST, OF_BOX * Math.min(box.width, box.height)))),
      minConfidence: LEAST_CONFIDENCE,
    },
  );
  const free = looked.faces.filter((found) => !nearestBox(faces, found.box, SAME_FACE));
  const found = nearestBox(free, box, FOUND);
  const drawn: NewFace = found
    ? { box, landmarks: found.landmarks, quality: found.quality, code: found.embedding.code, drawn: true }
    : unembedded(box, facenet);
  const added = await store.addDrawnFace(photograph.id, drawn, { name: name ?? null });
  return { ...added, added: true, embedded: found !== undefined };
}

function requireInside(box: Box, size: Photograph): void {
  if (shareInside(box, size) >= LEAST_INSIDE) return;
  const reason = `must lie in the photograph, which is ${size.width} x ${size.height} pixels`;
  throw new FaceNetError("OPTION_INVALID", { option: "box", reason });
}

/** A face without an embedding: not comparable, with the landmarks of a frontal face in the box. */
function unembedded(box: Box, { model }: FaceNet): NewFace {
  const at = (u: number, v: number) => ({ x: box.x + u * box.width, y: box.y + v * box.height });
  const landmarks: Landmarks = {
    leftEye: at(0.3, 0.4),
    rightEye: at(0.7, 0.4),
    nose: at(0.5, 0.6),
    leftMouth: at(0.35, 0.8),
    rightMouth: at(0.65, 0.8),
  };
  const quality = {
    sizePx: Math.max(box.width, box.height),
    sharpness: 0,
    yawDegrees: 0,
    pitchDegrees: 0,
    rollDegrees: 0,
    confidence: 0,
    acceptable: false,
    reasons: ["drawn by hand where no landmarks were found: not compared with other faces"],
  };
  return { box, landmarks, quality, code: new Int8Array(model.embedding.size), drawn: true, embedded: false };
}
