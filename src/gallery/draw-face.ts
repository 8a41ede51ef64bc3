/** Faces that a user draws where the detector sees none: kept with what is said of them, and compared where they can be embedded. */
import { FaceNetError } from "../errors.ts";
import type { FaceNet, LookOptions } from "../faces/facenet.ts";
import type { Box, Landmarks } from "../schemas/face.ts";
import type { CorrectionRecord, GalleryFace, NewFace, Photograph } from "../schemas/gallery.ts";
import { overlapOf } from "./indexing/overlap.ts";
import { originalOf } from "./migrate-gallery.ts";
import type { GalleryStore } from "./store/gallery-store.ts";

/** A drawn box that shares so much with a known face means that face: intersection over union. */
const SAME_FACE = 0.5;
/** The same with what the detector finds when it is asked to be less sure: people draw wider or tighter than it does. */
const FOUND = 0.3;
/** A person vouches for the face: the detector need hardly be sure of it. */
const LEAST_CONFIDENCE = 0.3;
/** Smallest faces looked for, pixels, in small boxes and in large ones; a face of FOUND has about half of the box's side. */
const [SMALLEST, LARGEST, OF_BOX] = [12, 40, 0.4];
/** Least part of the box that must lie in the photograph. */
const LEAST_INSIDE = 0.5;

export type DrawnFace = {
  readonly face: number;
  /** false: the gallery had a face there */
  readonly added: boolean;
  /** landmarks were found, so that it is compared with others */
  readonly embedded: boolean;
  /** what undo takes back: box and name; null where nothing was added or said */
  readonly done: CorrectionRecord | null;
};

type DrawOptions = Pick<LookOptions, "maxPixels" | "signal"> & {
  readonly facenet: FaceNet;
  readonly store: GalleryStore;
  readonly name?: string | undefined;
};

/**
 * @param box in pixels of the upright photograph
 * @throws FaceNetError OPTION_INVALID for a box outside the photograph; PHOTOGRAPH_UNKNOWN where no file of it can be read
 */
export async function drawFace(
  photograph: Photograph,
  box: Box,
  { facenet, store, name, ...options }: DrawOptions,
): Promise<DrawnFace> {
  requireInside(box, photograph);
  const faces = await Array.fromAsync(store.faces({ photograph: photograph.id }));
  const known = nearestOf(faces, box, SAME_FACE);
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
  const free = looked.faces.filter((found) => !nearestOf(faces, found.box, SAME_FACE));
  const found = nearestOf(free, box, FOUND);
  const drawn: NewFace = found
    ? { box, landmarks: found.landmarks, quality: found.quality, code: found.embedding.code, drawn: true }
    : unembedded(box, facenet);
  const added = await store.addDrawnFace(photograph.id, drawn, { name: name ?? null });
  return { ...added, added: true, embedded: found !== undefined };
}

function nearestOf<F extends Pick<GalleryFace, "box">>(faces: readonly F[], box: Box, least: number): F | undefined {
  const judged = faces.map((face) => ({ face, overlap: overlapOf(face.box, box) }));
  return judged.filter(({ overlap }) => overlap >= least).sort((a, b) => b.overlap - a.overlap)[0]?.face;
}

function requireInside({ x, y, width, height }: Box, size: Photograph): void {
  const across = Math.min(size.width, x + width) - Math.max(0, x);
  const down = Math.min(size.height, y + height) - Math.max(0, y);
  if (width > 0 && height > 0 && Math.max(0, across) * Math.max(0, down) >= LEAST_INSIDE * width * height) return;
  const reason = `must lie in the photograph, which is ${size.width} x ${size.height} pixels`;
  throw new FaceNetError("OPTION_INVALID", { option: "box", reason });
}

/** A face without an embedding: its code compares with nothing, its landmarks are where those of a frontal face would be. */
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
