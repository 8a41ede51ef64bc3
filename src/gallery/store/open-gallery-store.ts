/** Opens a gallery by path of a SQLite file or address of a PostgreSQL database. */
import type { GalleryStore } from "./gallery-store.ts";
import { isPostgresAddress } from "./postgres/postgres-address.ts";
import { createSqlStore } from "./sql/sql-store.ts";
import { openSqliteDatabase } from "./sqlite/sqlite-database.ts";

/**
 * @param options.create create the tables in an empty database. Default true.
 * @throws FaceNetError GALLERY_NOT_READABLE, GALLERY_TOO_NEW, GALLERY_DAMAGED; without `create` GALLERY_NOT_FOUND; for a server
 *   GALLERY_UNREACHABLE, GALLERY_ACCESS_DENIED, GALLERY_DATABASE_MISSING
 */
export async function openGalleryStore(
  name: string,
  { create = true }: { readonly create?: boolean } = {},
): Promise<GalleryStore> {
  if (!isPostgresAddress(name)) return createSqlStore(openSqliteDatabase(name, { create }));
  const { openPostgresDatabase } = await import("./postgres/postgres-database.ts"); // loads pg only if needed
  return createSqlStore(await openPostgresDatabase(name, { create }));
}
