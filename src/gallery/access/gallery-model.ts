/** The model whose thresholds hold for a gallery's faces, and whose thresholds these are. */

import type { FaceNet, FaceNetOptions } from "../../faces/facenet.ts";
import type { RunContext } from "../../faces/run-context.ts";
import { type CalibratedModel, locateCalibrated } from "../../models/calibrated-model.ts";
import type { GalleryIdentity } from "../../schemas/gallery.ts";
import type { GalleryStore } from "../store/gallery-store.ts";
import { preprocessingOf } from "./gallery-identity.ts";

/** Loads the models that a gallery's faces compare with. @param options.model default: the gallery's own, of a new one the default */
export async function loadForGallery(store: GalleryStore, load: RunContext["load"], options: FaceNetOptions): Promise<FaceNet> {
  return load({ ...options, model: options.model ?? (await store.identity())?.model });
}

/**
 * @param options.model undefined: the shipped model that the gallery names
 * @throws FaceNetError GALLERY_MODEL_MISMATCH for a model that did not embed these faces; what `locateCalibrated` throws
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

/** Thresholds and probability to decide by. */
export type Calibrated = Pick<CalibratedModel, "manifest" | "calibration">;

/**
 * The gallery's own thresholds in place of the model's, unless others were asked for.
 *
 * @param wanted the option `calibration`: undefined or `stored` leaves it to the gallery, `own` or a file does not
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
