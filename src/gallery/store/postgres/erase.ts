/** Rewrites tables so that deleted rows do not remain in their files. */
import type pg from "pg";
import { FaceNetError } from "../../../errors.ts";
import type { PostgresAddress } from "./postgres-address.ts";
import { galleryError } from "./postgres-errors.ts";

/** Tables with personal data, if they exist. */
const PERSONAL = [
  "correction",
  "face",
  "face_vector",
  "file",
  "link",
  "migrated",
  "migrated_photograph",
  "person",
  "photograph",
  "rejection",
  "undecided",
];

/**
 * A plain VACUUM only marks the space of deleted rows as free: the data remains in the file until the space is reused.
 * VACUUM FULL rewrites tables and indexes and removes the old files, under an exclusive lock.
 *
 * @throws FaceNetError GALLERY_NOT_WRITABLE if an older transaction may still see the rows
 */
export async function erase(pool: pg.Pool, address: PostgresAddress): Promise<void> {
  const client = await pool.connect();
  let kept = 0;
  const onNotice = ({ detail }: { detail?: string | undefined }) => {
    kept += Number(/\d+/.exec(detail ?? "")?.[0] ?? 0); // "3 dead row versions cannot be removed yet", in the server's language
  };
  try {
    client.on("notice", onNotice);
    const { rows } = await client.query(
      "SELECT name FROM unnest($1::text[]) AS list (name) WHERE to_regclass(name) IS NOT NULL",
      [PERSONAL],
    );
    await client.query(`VACUUM (FULL, VERBOSE) ${rows.map(({ name }) => name).join(", ")}`);
  } catch (error) {
    throw galleryError(error, address);
  } finally {
    client.off("notice", onNotice);
    client.release();
  }
  if (kept === 0) return;
  const reason =
    "removed from the gallery, but still in the tables' files, because another open transaction in the database may still see it; run this again when that has ended";
  throw new FaceNetError("GALLERY_NOT_WRITABLE", { gallery: address.name, reason });
}
