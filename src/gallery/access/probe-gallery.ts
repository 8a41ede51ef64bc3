/** Common part of all searches by photograph: the probe face, the open gallery and a search in it. */

import { FaceNetError } from "../../errors.ts";
import type { FaceNet, FaceNetOptions, LookOptions } from "../../faces/facenet.ts";
import type { RunContext } from "../../faces/run-context.ts";
import { decisionOf } from "../../faces/verdict.ts";
import type { ImageSource } from "../../schemas/image-source.ts";
import type { SearchMethod } from "../../schemas/options.ts";
import type { ThresholdOrigin } from "../../schemas/threshold.ts";
import type { GalleryStore } from "../store/gallery-store.ts";
import type { BorrowGallery } from "./borrow-gallery.ts";
import type { FaceSearch } from "./face-search.ts";
import { galleryIdentity } from "./gallery-identity.ts";
import { calibratedByGallery, loadForGallery } from "./gallery-model.ts";

export type ProbeInput = FaceNetOptions &
  LookOptions & {
    readonly image: ImageSource;
    /** index of the face in the result of detect or identify, in place of `faces` */
    readonly position?: number | undefined;
    readonly gallery?: string | undefined;
    readonly search: SearchMethod;
    readonly fmr?: number | undefined;
    readonly far?: number | undefined;
    readonly threshold?: number | undefined;
  };

export type Probe = {
  readonly facenet: FaceNet;
  readonly store: GalleryStore;
  readonly search: FaceSearch;
  /** of the chosen face of the photograph */
  readonly code: Int8Array;
  /** squared L2, as given or for the target rate */
  readonly threshold: number;
  readonly calibration: ThresholdOrigin;
};

/**
 * @param use works with the probe; the gallery is given back afterwards
 * @throws FaceNetError FACE_NOT_FOUND, FACE_AMBIGUOUS, GALLERY_MODEL_MISMATCH; every IMAGE_ and GALLERY_ code
 */
export async function probeGallery<T>(
  input: ProbeInput,
  { load, borrowGallery, signal }: Pick<RunContext, "load" | "signal"> & { readonly borrowGallery: BorrowGallery },
  use: (probe: Probe) => Promise<T>,
): Promise<T> {
  await using gallery = await borrowGallery(input.gallery);
  const { store } = gallery;
  const facenet = await loadForGallery(store, load, input);
  await store.requireModel(galleryIdentity(facenet.model, facenet.detector));
  const { manifest, calibration } = await calibratedByGallery(
    store,
    { manifest: facenet.model, calibration: facenet.calibration },
    input.calibration,
  );
  const { threshold } = decisionOf(manifest, input);
  const { position } = input;
  const choice = position === undefined ? {} : ({ faces: "all" } as const);
  const { faces, image } = await facenet.embed(input.image, { ...input, ...choice, signal });
  const face = faces[position ?? 0];
  if (!face && position !== undefined) throw new FaceNetError("FACE_NOT_FOUND", { image, minFaceSize: input.minFaceSize });
  if (!face) throw new TypeError("exactly one face is chosen from a probe photograph");
  const search = await gallery.search(input.search);
  return await use({ facenet, store, search, code: face.embedding.code, threshold, calibration });
}
