import { resolve } from "node:path";
import { FaceNetError } from "../../errors.ts";
import type { Photograph } from "../../schemas/gallery.ts";
import type { GalleryStore } from "../store/gallery-store.ts";

/**
 * Finds a photograph by path or number; its file may be missing.
 *
 * @param given absolute or relative path, "12", or "id:12"
 * @throws FaceNetError PHOTOGRAPH_UNKNOWN
 */
export async function findPhotograph(store: GalleryStore, given: string): Promise<Photograph> {
  const known = (await store.knownFile(resolve(given))) ?? (await store.knownFile(given));
  const number = /^(?:id:)?(\d{1,15})$/.exec(given)?.[1];
  const found = await store.photograph(known?.photograph ?? Number(number ?? -1));
  if (!found) throw new FaceNetError("PHOTOGRAPH_UNKNOWN", { path: given });
  return found;
}
