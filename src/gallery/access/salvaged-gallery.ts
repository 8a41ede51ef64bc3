/** Temporary gallery with everything readable in a damaged file. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FaceNetError } from "../../errors.ts";
import type { GalleryStore } from "../store/gallery-store.ts";
import { openGalleryStore } from "../store/open-gallery-store.ts";
import { isPostgresAddress } from "../store/postgres/postgres-address.ts";
import { salvage } from "../store/sqlite/salvage.ts";
import { defaultGallery } from "./open-gallery.ts";

/** @throws FaceNetError GALLERY_DAMAGED if nothing can be read; OPTION_INVALID for a gallery on a server */
export async function inSalvagedGallery<T>(
  name: string | undefined,
  work: (store: GalleryStore, lost: readonly string[]) => Promise<T>,
): Promise<T> {
  const path = name ?? defaultGallery();
  if (isPostgresAddress(path))
    throw new FaceNetError("OPTION_INVALID", {
      option: "salvage",
      reason: "applies to gallery files only; use the tools of the database server",
    });
  const folder = await mkdtemp(join(tmpdir(), "facenet-salvage-"));
  try {
    const { file, lost } = await salvage(path, folder);
    const store = await openGalleryStore(file);
    try {
      return await work(store, lost);
    } finally {
      await store.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
