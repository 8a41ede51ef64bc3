/** The faces to train on: cut-outs as they are, or made of photographs first. */
import { openFaceImages } from "../../datasets/open-face-images.ts";
import type { LookOptions } from "../../faces/facenet.ts";
import type { RunContext } from "../../faces/run-context.ts";
import { type Size, trainingCutOut } from "./cut-out.ts";
import { type PreparedFaces, prepareFaces } from "./prepare-faces.ts";

export type FaceSource = LookOptions & {
  /** A folder with a sub-folder for each person, or tar shards. */
  readonly data: string;
  readonly aligned: boolean;
  /** Where cut-outs of photographs are kept. */
  readonly facesFolder: string;
  readonly detector: string;
};

export type FoundFaces = PreparedFaces & {
  /** part of the pictures' sides beyond what the network is shown */
  readonly border: number;
};

/** @throws FaceNetError FACES_UNUSABLE and what finding faces throws */
export async function findFaces(
  { data, aligned, facesFolder, detector, ...look }: FaceSource,
  input: Size,
  { load, signal, onProgress }: RunContext,
): Promise<FoundFaces> {
  const photographs = await openFaceImages(data);
  if (aligned) return { faces: photographs, skipped: [], border: 0 };
  const cutOut = trainingCutOut(input);
  const options = { ...look, cutOut, folder: facesFolder, load: () => load({ detector }), signal, onProgress };
  return { ...(await prepareFaces(photographs, options)), border: cutOut.border };
}
