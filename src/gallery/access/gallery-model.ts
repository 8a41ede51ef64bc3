/** The model whose thresholds hold for a gallery's faces. */

import { type CalibratedModel, locateCalibrated } from "../../models/calibrated-model.ts";
import type { GalleryIdentity } from "../../schemas/gallery.ts";
import type { GalleryStore } from "../store/gallery-store.ts";
import { galleryIdentity } from "./gallery-identity.ts";

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
  if (model !== undefined) await store.adopt(galleryIdentity(located.manifest, { id: identity.detector }));
  return located;
}
