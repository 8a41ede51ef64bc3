/** Which gallery an operation works on: a path or address given, or the user's own. */
import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { FaceNetError, reasonOf } from "../errors.ts";
import type { GalleryStore } from "../gallery/gallery-store.ts";
import { openGalleryStore } from "../gallery/open-gallery-store.ts";

/** Where a gallery lies when none is named: the user's data folder, as the system has it. */
export function defaultGallery(env: NodeJS.ProcessEnv = process.env, home: string = homedir()): string {
  return join(env.XDG_DATA_HOME ?? join(home, ".local", "share"), "facenet", "gallery.db");
}

/**
 * Opens a gallery, making file and folder where there are none.
 *
 * @throws FaceNetError GALLERY_NOT_READABLE, GALLERY_TOO_NEW
 */
export async function openGallery(name: string | undefined): Promise<GalleryStore> {
  const path = name ?? defaultGallery();
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
    throw new FaceNetError("GALLERY_NOT_READABLE", { gallery: path, reason: reasonOf(error) }, error);
  });
  return openGalleryStore(path);
}
