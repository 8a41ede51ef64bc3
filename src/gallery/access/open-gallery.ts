/** Which gallery an operation works on: a path or address given, or the user's own. */
import { mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { FaceNetError, reasonOf } from "../../errors.ts";
import { dataFolder } from "../../files/data-folder.ts";
import type { GalleryStore } from "../store/gallery-store.ts";
import { openGalleryStore } from "../store/open-gallery-store.ts";
import { isPostgresAddress } from "../store/postgres/postgres-address.ts";

/** Where a gallery lies when none is named. */
export function defaultGallery(env?: NodeJS.ProcessEnv, home?: string): string {
  return join(dataFolder(env, home), "gallery.db");
}

/**
 * Opens a gallery, making file and folder (on a server the tables) where there are none.
 *
 * @throws FaceNetError GALLERY_NOT_READABLE, GALLERY_TOO_NEW; of a server GALLERY_UNREACHABLE, GALLERY_ACCESS_DENIED,
 *   GALLERY_DATABASE_MISSING
 */
export async function openGallery(name: string | undefined): Promise<GalleryStore> {
  const path = name ?? defaultGallery();
  if (isPostgresAddress(path)) return openGalleryStore(path);
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
    throw new FaceNetError("GALLERY_NOT_READABLE", { gallery: path, reason: reasonOf(error) }, error);
  });
  return openGalleryStore(path);
}

/** @throws FaceNetError GALLERY_NOT_FOUND for a file that is not there */
export async function requireGallery(name: string | undefined): Promise<void> {
  const path = name ?? defaultGallery();
  if (!isPostgresAddress(path) && !(await stat(path).catch(() => undefined)))
    throw new FaceNetError("GALLERY_NOT_FOUND", { gallery: path });
}

/**
 * Works on a gallery that is there, and closes it at the end: for all that makes no sense on one that is made only now.
 *
 * @throws FaceNetError GALLERY_NOT_FOUND, GALLERY_NOT_READABLE, GALLERY_TOO_NEW
 */
export async function withGallery<T>(name: string | undefined, work: (store: GalleryStore) => Promise<T>): Promise<T> {
  await requireGallery(name);
  const store = await openGallery(name);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
