/**
 * Photographs whose files are missing or were replaced, and their faces with statements. They are kept until their faces are
 * matched in a new version of the photograph, or they are pruned.
 */
import type { GoneLook, Look, Placement, UnplacedFace } from "../gallery-store.ts";
import { faceOf } from "./rows.ts";
import type { SqlDialect, SqlHooks, SqlRow, SqlSession } from "./sql-database.ts";

/** SQL condition: the face has statements, that is, information that a new detection would lose. */
export const STATED = `(face.person IS NOT NULL OR face.ignored <> 0 OR face.drawn = 1
  OR EXISTS (SELECT 1 FROM undecided WHERE undecided.face = face.id)
  OR EXISTS (SELECT 1 FROM rejection WHERE rejection.face = face.id)
  OR EXISTS (SELECT 1 FROM link WHERE link.a = face.id) OR EXISTS (SELECT 1 FROM link WHERE link.b = face.id))`;

/** SQL condition: the photograph has no file on disk. */
export const GONE = "NOT EXISTS (SELECT 1 FROM file WHERE file.photograph = photograph.id AND file.missing = 0)";

/** Missing photographs that have faces with statements and have not been compared with every photograph yet. */
export async function goneLooks(session: SqlSession, gallery: string): Promise<GoneLook[]> {
  const newest = await newestPhotograph(session);
  const settled = Number((await session.get("SELECT value FROM property WHERE name = 'settled'"))?.value ?? 0);
  const rows = await session.all(
    `SELECT photograph.*, (SELECT max(path) FROM file WHERE file.photograph = photograph.id) AS path FROM photograph
     WHERE ${GONE} AND sought < ? AND EXISTS (SELECT 1 FROM face WHERE face.photograph = photograph.id AND ${STATED}) ORDER BY id`,
    newest,
  );
  const looks: GoneLook[] = [];
  for (const row of rows) {
    const path = (row.path ?? row.last_path) as string | null;
    const there =
      path === null ? undefined : await session.get("SELECT photograph FROM file WHERE path = ? AND missing = 0", path);
    const stated = await session.all(`SELECT face.id FROM face WHERE photograph = ? AND ${STATED}`, row.id as number);
    looks.push({
      ...(await lookOf(session, row, gallery)),
      stated: new Set(stated.map(({ id }) => id as number)),
      sought: row.sought as number,
      settled,
      replacedBy: (there?.photograph ?? null) as number | null,
    });
  }
  return looks;
}

/** Faces of missing photographs with user statements or a named person, newest first. */
export async function unplacedFaces(session: SqlSession, limit: number): Promise<UnplacedFace[]> {
  const rows = await session.all(
    `SELECT face.id AS face, face.photograph, face.person, person.name,
       coalesce((SELECT max(path) FROM file WHERE file.photograph = photograph.id), photograph.last_path) AS path,
       EXISTS (SELECT 1 FROM file WHERE file.path = photograph.last_path AND file.missing = 0) AS replaced
     FROM face JOIN photograph ON photograph.id = face.photograph LEFT JOIN person ON person.id = face.person
     WHERE ${GONE} AND (person.name IS NOT NULL OR (${STATED} AND (face.person IS NULL OR face.assigned_by = 'user')))
     ORDER BY face.id DESC LIMIT ?`,
    limit,
  );
  return rows.map((row) => ({ ...row, replaced: Boolean(row.replaced) }) as UnplacedFace);
}

/** A photograph with at least one file on disk. */
export async function presentLook(session: SqlSession, id: number, gallery: string): Promise<Look | undefined> {
  const row = await session.get(`SELECT * FROM photograph WHERE id = ? AND NOT ${GONE}`, id);
  return row && lookOf(session, row, gallery);
}

async function lookOf(session: SqlSession, row: SqlRow, gallery: string): Promise<Look> {
  const faces = await session.all("SELECT face.* FROM face WHERE photograph = ? ORDER BY id", row.id as number);
  return {
    photograph: row.id as number,
    width: row.width as number,
    height: row.height as number,
    takenAt: row.taken_at as string | null,
    faces: faces.map((face) => {
      const { id, box, landmarks, code } = faceOf(face, gallery);
      return { id, box, landmarks, code };
    }),
  };
}

/** Records that missing photographs were compared with all existing ones. */
export async function markSought(session: SqlSession, { isOneOf }: SqlDialect, ids: readonly number[]): Promise<void> {
  const newest = await newestPhotograph(session);
  await session.run(`UPDATE photograph SET sought = ? WHERE ${isOneOf("id")}`, newest, JSON.stringify(ids));
}

/** Records that all current photographs existed at the same time in a full indexing run. */
export async function markSettled(session: SqlSession): Promise<void> {
  const newest = String(await newestPhotograph(session));
  await session.run(
    `INSERT INTO property (name, value) VALUES ('settled', ?)
     ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE property.value <> excluded.value`,
    newest,
  );
}

async function newestPhotograph(session: SqlSession): Promise<number> {
  return ((await session.get("SELECT max(id) AS id FROM photograph"))?.id ?? 0) as number;
}

/**
 * Moves faces of a missing photograph, with their statements, to another version of it.
 *
 * @returns number of faces moved; excludes faces with conflicting user statements, and 0 if another process was first
 */
export async function moveFaces(
  session: SqlSession,
  { from, to, placements }: { readonly from: number; readonly to: number; readonly placements: readonly Placement[] },
  hooks: SqlHooks,
): Promise<number> {
  const isGone = await session.get(`SELECT 1 AS yes FROM photograph WHERE id = ? AND ${GONE}`, from);
  const isThere = await session.get(`SELECT 1 AS yes FROM photograph WHERE id = ? AND NOT ${GONE}`, to);
  if (!isGone || !isThere) return 0;
  let moved = 0;
  for (const placement of placements) if (await moveFace(session, from, to, placement, hooks)) moved++;
  await session.run(`DELETE FROM face WHERE photograph = ? AND NOT ${STATED}`, from);
  await dropIfFaceless(session, from);
  return moved;
}

async function moveFace(
  session: SqlSession,
  from: number,
  to: number,
  { face, onto, box, landmarks }: Placement,
  { onCodes }: SqlHooks,
): Promise<boolean> {
  const old = await session.get("SELECT * FROM face WHERE id = ? AND photograph = ?", face, from);
  if (!old) return false;
  if (onto === null) {
    const [place, marks] = [JSON.stringify(box), JSON.stringify(landmarks)];
    await session.run("UPDATE face SET photograph = ?, box = ?, landmarks = ? WHERE id = ?", to, place, marks, face);
    return true;
  }
  const own = await session.get(`SELECT face.*, ${STATED} AS stated FROM face WHERE id = ? AND photograph = ?`, onto, to);
  if (!own) return false;
  const isUsers = own.assigned_by === "user" || own.ignored !== 0;
  if (isUsers && old.assigned_by !== "user" && old.ignored === 0) return giveWay(session, old, own);
  if (isUsers && (own.person !== old.person || own.ignored !== old.ignored)) return false;
  if (own.assigned_by !== "user" && (await isRejected(session, onto, old.person as number | null))) return false;
  await takeStatements(session, onto, face);
  await session.run("DELETE FROM face WHERE id = ?", onto);
  await session.run(
    `UPDATE face SET photograph = ?, box = ?, landmarks = ?, quality = ?, acceptable = ?, drawn = ?, embedded = ?, code = ?, vector = ?
     WHERE id = ?`,
    to,
    own.box as string,
    own.landmarks as string,
    own.quality as string,
    own.acceptable as number,
    own.drawn as number,
    own.embedded as number,
    own.code as Uint8Array,
    own.vector as Uint8Array | null,
    face,
  );
  const { code } = faceOf(own, "");
  if (code) await onCodes?.(session, [{ id: face, code }]);
  return true;
}

/** User statements on the new face replace the old face's clustering result; its other statements are transferred. */
async function giveWay(session: SqlSession, old: SqlRow, own: SqlRow): Promise<boolean> {
  const [from, to] = [old.id as number, own.id as number];
  if (await isRejected(session, from, own.person as number | null)) return false;
  await takeStatements(session, from, to);
  await session.run("DELETE FROM face WHERE id = ?", from);
  return true;
}

async function isRejected(session: SqlSession, face: number, person: number | null): Promise<boolean> {
  if (person === null) return false;
  return (await session.get("SELECT 1 AS yes FROM rejection WHERE face = ? AND person = ?", face, person)) !== undefined;
}

/** Transfers the statements of one face to another, whose own take precedence. */
async function takeStatements(session: SqlSession, from: number, to: number): Promise<void> {
  await session.run(
    "INSERT INTO rejection (face, person) SELECT ?, person FROM rejection WHERE face = ? ON CONFLICT DO NOTHING",
    to,
    from,
  );
  await session.run(
    `INSERT INTO undecided (person, face, faces) SELECT person, ?, faces FROM undecided WHERE face = ? ON CONFLICT DO NOTHING`,
    to,
    from,
  );
  await session.run("UPDATE person SET cover = ? WHERE cover = ?", to, from);
  for (const [own, other] of [
    ["a", "b"],
    ["b", "a"],
  ]) {
    for (const link of await session.all(
      `SELECT ${other} AS other, kind FROM link WHERE ${own} = ? AND ${other} <> ?`,
      from,
      to,
    )) {
      const [low, high] = [Math.min(to, link.other as number), Math.max(to, link.other as number)];
      const sql = "INSERT INTO link (a, b, kind) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
      await session.run(sql, low, high, link.kind as string);
    }
  }
}

/** Removes a missing photograph without faces. */
async function dropIfFaceless(session: SqlSession, photograph: number): Promise<void> {
  await session.run(
    `DELETE FROM photograph WHERE id = ? AND ${GONE} AND NOT EXISTS (SELECT 1 FROM face WHERE face.photograph = photograph.id)`,
    photograph,
  );
}
