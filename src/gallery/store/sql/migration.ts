/**
 * Migration of a gallery to another model or detector: new codes, positions and faces are stored beside the old ones and replace
 * them in one transaction.
 */
import { FaceNetError } from "../../../errors.ts";
import type { GalleryIdentity, NewFace } from "../../../schemas/gallery.ts";
import type { FacePlace, MigratedPair, MigratedPhotograph, Migration } from "../gallery-store.ts";
import { insertFaces } from "./files.ts";
import { codeBytes, identityOf, signed, vectorBytes } from "./rows.ts";
import { pages, type SqlHooks, type SqlSession } from "./sql-database.ts";

/** Rows per query. */
const PORTION = 500;
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
  const isSame = (["model", "preprocessing", "detector", "finding"] as const).every(
    (key) => under.identity[key] === identity[key],
  );
  if (!isSame) throw new FaceNetError("GALLERY_MIGRATING", { gallery, model: under.identity.model, left: under.left });
  return under;
}

/** Photographs not processed yet or with new faces, ordered by id. */
export async function unmigratedPhotographs(session: SqlSession, after: number, limit: number): Promise<number[]> {
  const rows = await session.all(
    `SELECT id FROM photograph WHERE id > ? AND (
       NOT EXISTS (SELECT 1 FROM migrated_photograph WHERE migrated_photograph.photograph = photograph.id)
       OR EXISTS (SELECT 1 FROM face WHERE face.photograph = photograph.id AND ${UNMIGRATED})
     ) ORDER BY id LIMIT ?`,
    after,
    limit,
  );
  return rows.map(({ id }) => id as number);
}

export async function recordMigrated(session: SqlSession, { photograph, faces, found }: MigratedPhotograph): Promise<void> {
  for (const { id, code, vector, place } of faces) {
    await session.run(
      `INSERT INTO migrated (face, code, vector, place) SELECT id, ?, ?, ? FROM face WHERE id = ?
       ON CONFLICT (face) DO UPDATE SET code = excluded.code, vector = excluded.vector, place = excluded.place`,
      codeBytes(code),
      vectorBytes(vector),
      place ? JSON.stringify(place) : null,
      id,
    );
  }
  await session.run(
    `INSERT INTO migrated_photograph (photograph, found) SELECT id, ? FROM photograph WHERE id = ?
     ON CONFLICT (photograph) DO UPDATE SET found = excluded.found`,
    JSON.stringify(
      found.map(({ code, vector, ...place }) => ({ ...place, code: [...code], vector: vector ? [...vector] : null })),
    ),
    photograph,
  );
}

export async function migratedPairs(session: SqlSession, atMost: number): Promise<MigratedPair[]> {
  const rows = await session.all(
    `SELECT face.id, face.photograph, face.person, face.code AS before, migrated.code AS after
     FROM migrated JOIN face ON face.id = migrated.face WHERE face.embedded = 1 ORDER BY face.id LIMIT ?`,
    atMost,
  );
  return rows.map((row) => {
    return { ...row, before: signed(row.before as Uint8Array), after: signed(row.after as Uint8Array) } as MigratedPair;
  });
}

export async function finishMigration(session: SqlSession, gallery: string, { onIdentity }: SqlHooks): Promise<void> {
  const under = await migration(session);
  if (!under) return;
  if (under.left > 0) throw new FaceNetError("GALLERY_MIGRATING", { gallery, model: under.identity.model, left: under.left });
  await session.run("UPDATE face SET code = migrated.code, vector = migrated.vector FROM migrated WHERE migrated.face = face.id");
  await movePlaces(session);
  await addFound(session);
  await session.run("UPDATE property SET value = ? WHERE name = 'identity'", JSON.stringify(under.identity));
  await abandonMigration(session);
  await onIdentity?.(session, under.identity);
}

async function movePlaces(session: SqlSession): Promise<void> {
  const sql = "SELECT face, place FROM migrated WHERE place IS NOT NULL";
  for await (const rows of pages(session, sql, [], { key: "face", size: PORTION })) {
    for (const { face, place } of rows) {
      const { box, landmarks, quality } = JSON.parse(place as string) as FacePlace;
      await session.run(
        "UPDATE face SET box = ?, landmarks = ?, quality = ?, acceptable = ? WHERE id = ?",
        JSON.stringify(box),
        JSON.stringify(landmarks),
        JSON.stringify(quality),
        quality.acceptable ? 1 : 0,
        face as number,
      );
    }
  }
}

async function addFound(session: SqlSession): Promise<void> {
  const sql = "SELECT photograph, found FROM migrated_photograph WHERE found <> '[]'";
  for await (const rows of pages(session, sql, [], { key: "photograph", size: PORTION }))
    for (const { photograph, found } of rows) await insertFaces(session, photograph as number, foundFaces(found as string));
}

function foundFaces(json: string): NewFace[] {
  type Stored = FacePlace & { readonly code: number[]; readonly vector: number[] | null };
  return (JSON.parse(json) as Stored[]).map(({ code, vector, ...place }) => {
    return { ...place, code: Int8Array.from(code), vector: vector && Float32Array.from(vector) };
  });
}

export async function abandonMigration(session: SqlSession): Promise<void> {
  await session.run("DELETE FROM property WHERE name = 'migration'");
  await session.run("DELETE FROM migrated");
  await session.run("DELETE FROM migrated_photograph");
}
