/** The model and thresholds to use for a gallery. */

import type { FaceNet, FaceNetOptions } from "../../faces/facenet.ts";
import type { RunContext } from "../../faces/run-context.ts";
import { type CalibratedModel, locateCalibrated } from "../../models/calibrated-model.ts";
import type { GalleryIdentity } from "../../schemas/gallery.ts";
import type { GalleryStore } from "../store/gallery-store.ts";
import { preprocessingOf } from "./gallery-identity.ts";

/** Loads the models of a gallery's faces. @param options.model default: the gallery's own; for a new gallery the default model */
export async function loadForGallery(store: GalleryStore, load: RunContext["load"], options: FaceNetOptions): Promise<FaceNet> {
  return load({ ...options, model: options.model ?? (await store.identity())?.model });
}

/**
 * @param options.model undefined: the bundled model named by the gallery
 * @throws FaceNetError GALLERY_MODEL_MISMATCH if another model embedded these faces; as `locateCalibrated`
 */
export async function galleryModel(
  store: GalleryStore,
  identity: GalleryIdentity,
  { model, calibration }: { readonly model?: string | undefined; readonly calibration?: string | undefined },
): Promise<CalibratedModel> {
  const located = await locateCalibrated(model ?? identity.model, calibration);
  if (model !== undefined)
    await store.requireModel({ model: located.manifest.id, preprocessing: preprocessingOf(located.manifest) });
  return { ...located, ...(await calibratedByGallery(store, located, calibration)) };
}

/** A model with thresholds and probability. */
export type Calibrated = Pick<CalibratedModel, "manifest" | "calibration">;

/**
 * Replaces the model's thresholds with the gallery's own, unless others were requested.
 *
 * @param wanted the option `calibration`: undefined or `stored` selects the gallery's, `own` or a file does not
 */
export async function calibratedByGallery(
  store: GalleryStore,
  { manifest, calibration }: Calibrated,
  wanted: string | undefined,
): Promise<Calibrated> {
  const kept = wanted === undefined || wanted === "stored" ? await store.calibration() : undefined;
  if (!kept || kept.sha256 !== manifest.model.sha256) return { manifest, calibration };
  const { probability: _, ...rest } = manifest;
  const { thresholds, probability, calibratedOn } = kept;
  return {
    manifest: {
      ...rest,
      thresholds: thresholds.map(({ far, distance }) => ({ far, distance })),
      ...(probability !== null && { probability }),
      calibratedOn,
    },
    calibration: { from: "gallery", calibratedOn },
  };
}
