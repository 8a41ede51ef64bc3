/** The move of a gallery to another model: new codes are laid beside the old ones, and take their place all at once. */
import { FaceNetError } from "../../../errors.ts";
import type { GalleryFace, GalleryIdentity, NewFace } from "../../../schemas/gallery.ts";
import type { Migration } from "../gallery-store.ts";
import { codeBytes, identityOf, vectorBytes } from "./rows.ts";
import type { SqlHooks, SqlSession } from "./sql-database.ts";

const UNMIGRATED = "NOT EXISTS (SELECT 1 FROM migrated WHERE migrated.face = face.id)";

export async function migration(session: SqlSession): Promise<Migration | undefined> {
  const row = await session.get("SELECT value FROM property WHERE name = 'migration'");
  if (!row) return undefined;
  const count = async (sql: string) => (await session.get(`SELECT count(*) AS n FROM ${sql}`))?.n as number;
  return { identity: identityOf(row), done: await count("migrated"), left: await count(`face WHERE ${UNMIGRATED}`) };
}

export async function startMigration(session: SqlSession, identity: GalleryIdentity, gallery: string): Promise<Migration> {
  await session.run(
    "INSERT INTO property (name, value) VALUES ('migration', ?) ON CONFLICT DO NOTHING",
    JSON.stringify(identity),
  );
  const under = (await migration(session)) as Migration;
  if (under.identity.model !== identity.model || under.identity.preprocessing !== identity.preprocessing)
    throw new FaceNetError("GALLERY_MIGRATING", { gallery, model: under.identity.model, left: under.left });
  return under;
}

/** Photographs with faces that are not embedded with the new model yet, in the order of their ids. */
export async function unmigratedPhotographs(session: SqlSession, after: number, limit: number): Promise<number[]> {
  const rows = await session.all(
    `SELECT DISTINCT photograph FROM face WHERE photograph > ? AND ${UNMIGRATED} ORDER BY photograph LIMIT ?`,
    after,
    limit,
  );
  return rows.map(({ photograph }) => photograph as number);
}

export async function recordMigrated(
  session: SqlSession,
  faces: readonly (Pick<GalleryFace, "id" | "code"> & Pick<NewFace, "vector">)[],
): Promise<void> {
  for (const { id, code, vector } of faces) {
    await session.run(
      `INSERT INTO migrated (face, code, vector) SELECT id, ?, ? FROM face WHERE id = ?
       ON CONFLICT (face) DO UPDATE SET code = excluded.code, vector = excluded.vector`,
      codeBytes(code),
      vectorBytes(vector),
      id,
    );
  }
}

export async function finishMigration(session: SqlSession, gallery: string, { onIdentity }: SqlHooks): Promise<void> {
  const under = await migration(session);
  if (!under) return;
  if (under.left > 0) throw new FaceNetError("GALLERY_MIGRATING", { gallery, model: under.identity.model, left: under.left });
  await session.run("UPDATE face SET code = migrated.code, vector = migrated.vector FROM migrated WHERE migrated.face = face.id");
  await session.run("UPDATE property SET value = ? WHERE name = 'identity'", JSON.stringify(under.identity));
  await abandonMigration(session);
  await onIdentity?.(session, under.identity);
}

export async function abandonMigration(session: SqlSession): Promise<void> {
  await session.run("DELETE FROM property WHERE name = 'migration'");
  await session.run("DELETE FROM migrated");
}
