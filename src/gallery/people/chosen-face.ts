/** Which face of a known photograph is meant: the one that stands out, the one at a position, or the one in a box. */
import { FaceNetError } from "../../errors.ts";
import { chooseFace, prominentFace } from "../../faces/face-choice.ts";
import type { FaceNet, LookOptions } from "../../faces/facenet.ts";
import type { Box } from "../../schemas/face.ts";
import type { GalleryFace } from "../../schemas/gallery.ts";
import { overlapOf } from "../indexing/overlap.ts";
import type { GalleryStore } from "../store/gallery-store.ts";

/** Least overlap of a face with the box that means it: intersection over union. */
const SAME_FACE = 0.5;

export type FaceChoice = {
  readonly faces: "prominent" | "largest" | "central";
  /** place of the face in what the detector finds in the photograph */
  readonly position?: number | undefined;
  readonly box?: Box | undefined;
};

/**
 * @param path of a photograph that the gallery knows
 * @throws FaceNetError FACE_NOT_FOUND, FACE_AMBIGUOUS; OPTION_INVALID where no face is at the position or in the box
 */
export async function chosenFace(
  store: GalleryStore,
  path: string,
  { faces: choice, position, box }: FaceChoice,
  { facenet, ...look }: LookOptions & { readonly facenet: FaceNet },
): Promise<GalleryFace> {
  const photograph = (await store.knownFile(path))?.photograph ?? -1;
  const faces = await Array.fromAsync(store.faces({ photograph }));
  const wanted = position === undefined ? box : (await facenet.detect(path, look)).faces[position]?.box;
  if (position !== undefined || box !== undefined) {
    const face = wanted && inBox(faces, wanted);
    if (face) return face;
    const option = position === undefined ? "box" : "position";
    throw new FaceNetError("OPTION_INVALID", {
      option,
      reason: `no face of ${path} is there; \`facenet detect\` lists its faces`,
    });
  }
  if (faces.length === 0) throw new FaceNetError("FACE_NOT_FOUND", { image: path });
  const boxes = faces.map((face) => face.box);
  const size = (await store.photograph(photograph)) ?? { width: 0, height: 0 };
  const index = choice === "prominent" ? prominentFace(boxes) : chooseFace(boxes, choice, size);
  const face = index === undefined ? undefined : faces[index];
  if (!face) throw new FaceNetError("FACE_AMBIGUOUS", { image: path, count: faces.length });
  return face;
}

function inBox(faces: readonly GalleryFace[], box: Box): GalleryFace | undefined {
  const judged = faces.map((face) => ({ face, overlap: overlapOf(face.box, box) })).sort((a, b) => b.overlap - a.overlap);
  return judged[0] && judged[0].overlap >= SAME_FACE ? judged[0].face : undefined;
}
