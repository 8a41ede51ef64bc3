/** Detects faces again in a known photograph, such as those of people who were forgotten. */
import type { FaceNet, LookOptions } from "../../faces/facenet.ts";
import type { NamedFile } from "../../schemas/image-source.ts";
import { galleryIdentity } from "../access/gallery-identity.ts";
import type { GalleryStore } from "../store/gallery-store.ts";

/**
 * Adds faces that the gallery does not have; existing ones are unchanged.
 *
 * @param file of a photograph, on disk
 * @returns number of faces added; 0 for an unknown file
 * @throws FaceNetError every IMAGE_ code; GALLERY_MODEL_MISMATCH, GALLERY_DETECTOR_MISMATCH
 */
export async function lookAgainAt(
  file: NamedFile,
  {
    facenet,
    store,
    ...options
  }: Pick<LookOptions, "maxPixels" | "signal"> & { readonly facenet: FaceNet; readonly store: GalleryStore },
): Promise<number> {
  const { photograph, floor } = (await store.knownFile(file.path)) ?? {};
  if (typeof photograph !== "number" || !floor) return 0;
  const found = await facenet.embed(file, { ...options, ...floor });
  const faces = found.faces.map(({ box, landmarks, quality, embedding: { code } }) => ({ box, landmarks, quality, code }));
  const identity = galleryIdentity(facenet.model, facenet.detector);
  return (await store.lookAgain({ photograph, faces, floor, identity })).added;
}
