/** Selects a face of a known photograph: the prominent one, the one at an index, or the one in a box. */
import { FaceNetError } from "../../errors.ts";
import { nearestBox } from "../../faces/detection/overlap.ts";
import { chooseFace, prominentFace } from "../../faces/face-choice.ts";
import type { FaceNet, LookOptions } from "../../faces/facenet.ts";
import type { Box } from "../../schemas/face.ts";
import type { GalleryFace } from "../../schemas/gallery.ts";
import type { NamedFile } from "../../schemas/image-source.ts";
import type { GalleryStore } from "../store/gallery-store.ts";

/** Minimum intersection over union of a face and the box that selects it. */
const SAME_FACE = 0.5;

export type FaceChoice = {
  readonly faces: "prominent" | "largest" | "central";
  /** index of the face in the detection result */
  readonly position?: number | undefined;
  readonly box?: Box | undefined;
};

/**
 * @param file of a photograph known to the gallery
 * @throws FaceNetError FACE_NOT_FOUND, FACE_AMBIGUOUS; OPTION_INVALID if there is no face at the index or in the box
 */
export async function chosenFace(
  store: GalleryStore,
  file: NamedFile,
  { faces: choice, position, box }: FaceChoice,
  { facenet, ...look }: LookOptions & { readonly facenet: FaceNet },
): Promise<GalleryFace> {
  const photograph = (await store.knownFile(file.path))?.photograph ?? -1;
  const faces = await Array.fromAsync(store.faces({ photograph }));
  const chosen = position === undefined ? box : (await facenet.detect(file, look)).faces[position]?.box;
  if (position !== undefined || box !== undefined) {
    const face = chosen && nearestBox(faces, chosen, SAME_FACE);
    if (face) return face;
    const option = position === undefined ? "box" : "position";
    throw new FaceNetError("OPTION_INVALID", { option, reason: "does not match a face; `facenet detect` lists the faces" });
  }
  if (faces.length === 0) throw new FaceNetError("FACE_NOT_FOUND", { image: file.name });
  const boxes = faces.map((face) => face.box);
  const size = (await store.photograph(photograph)) ?? { width: 0, height: 0 };
  const index = choice === "prominent" ? prominentFace(boxes) : chooseFace(boxes, choice, size);
  const face = index === undefined ? undefined : faces[index];
  if (!face) throw new FaceNetError("FACE_AMBIGUOUS", { image: file.name, count: faces.length });
  return face;
}
