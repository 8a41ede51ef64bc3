/** A gallery by its name: the path of a SQLite file, or the address of a PostgreSQL database. */
import type { GalleryStore } from "./gallery-store.ts";
import { createSqlStore } from "./sql/sql-store.ts";
import { openSqliteDatabase } from "./sqlite/sqlite-database.ts";

/** @throws FaceNetError GALLERY_NOT_READABLE, GALLERY_TOO_NEW, GALLERY_DAMAGED */
export async function openGalleryStore(name: string): Promise<GalleryStore> {
  return createSqlStore(openSqliteDatabase(name));
}
