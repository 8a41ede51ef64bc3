/** Photographs and their files. */
import { FaceNetError } from "../../../errors.ts";
import type { FaceFloor, GalleryIdentity, NewFace } from "../../../schemas/gallery.ts";
import type { GonePhotograph, ReadFile, RecordedFile, UnreadableFile } from "../gallery-store.ts";
import { STATED } from "./looks.ts";
import { codeBytes, identityOf, vectorBytes } from "./rows.ts";
import type { SqlDialect, SqlHooks, SqlSession } from "./sql-database.ts";

/** Rows per statement, to limit round trips. */
const FACES_A_STATEMENT = 50;

/** The options' defaults. */
export const USUAL_FLOOR: FaceFloor = { minFaceSize: 40, minConfidence: 0.65 };

type Engine = SqlHooks & { readonly name: string; readonly dialect: SqlDialect };

export async function recordFile(session: SqlSession, file: ReadFile, { name, onCodes, dialect }: Engine): Promise<RecordedFile> {
  const {
    path,
    bytes,
    modifiedMs,
    hash,
    fileHash = hash,
    width,
    height,
    takenAt,
    identity,
    pixels = null,
    floor = USUAL_FLOOR,
  } = file;
  if (identity) await requireIdentity(session, identity, name);
  // If two processes add the same content concurrently, one waits here for the other, then finds it known.
  const twin = await twinOf(session, file);
  const made =
    twin === undefined
      ? await session.get(
          `INSERT INTO photograph (hash, pixels, width, height, taken_at, min_face_size, min_confidence)
           VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING RETURNING id`,
          hash,
          pixels,
          width,
          height,
          takenAt,
          floor.minFaceSize,
          floor.minConfidence,
        )
      : undefined;
  const photograph = twin ?? ((made ?? (await session.get("SELECT id FROM photograph WHERE hash = ?", hash)))?.id as number);
  const before = await fileAt(session, path);
  await session.run(
    `INSERT INTO file (path, bytes, modified_ms, photograph, hash) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (path) DO UPDATE SET bytes = excluded.bytes, modified_ms = excluded.modified_ms, hash = excluded.hash,
       photograph = excluded.photograph, error_code = NULL, error_message = NULL, missing = 0`,
    path,
    bytes,
    modifiedMs,
    photograph,
    fileHash,
  );
  const known = before?.photograph === photograph && before.missing === 0;
  if (before?.photograph !== photograph) await dropIfNowhere(session, dialect, before?.photograph ?? null, path);
  if (!made) {
    await session.run("DELETE FROM file WHERE photograph = ? AND missing = 1", photograph);
    const rows = await session.all("SELECT id FROM face WHERE photograph = ? ORDER BY id", photograph);
    return { photograph, added: false, known, faces: rows.map(({ id }) => id as number) };
  }
  await session.run("DELETE FROM forgotten WHERE hash = ? OR hash = ?", hash, `pixels:${pixels}`); // added on request
  return { photograph, added: true, known: false, faces: await addFaces(session, photograph, file.faces, onCodes) };
}

/** Records a photograph without files, from another gallery. */
export async function recordGone(
  session: SqlSession,
  { hash, pixels = null, width, height, takenAt, lastPath, faces }: GonePhotograph,
  { onCodes }: SqlHooks,
): Promise<{ photograph: number; added: boolean }> {
  const made = await session.get(
    `INSERT INTO photograph (hash, pixels, width, height, taken_at, last_path) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (hash) DO NOTHING RETURNING id`,
    hash,
    pixels,
    width,
    height,
    takenAt,
    lastPath,
  );
  const photograph = (made ?? (await session.get("SELECT id FROM photograph WHERE hash = ?", hash)))?.id as number;
  if (made) await addFaces(session, photograph, faces, onCodes);
  return { photograph, added: made !== undefined };
}

/** @returns their ids, in order */
export async function addFaces(
  session: SqlSession,
  photograph: number,
  faces: readonly NewFace[],
  onCodes: SqlHooks["onCodes"],
): Promise<number[]> {
  const added: { id: number; code: Int8Array }[] = [];
  for (let first = 0; first < faces.length; first += FACES_A_STATEMENT) {
    const some = faces.slice(first, first + FACES_A_STATEMENT);
    const ids = await insertFaces(session, photograph, some);
    for (const [i, { code }] of some.entries()) added.push({ id: ids[i] as number, code });
  }
  await onCodes?.(session, added);
  return added.map(({ id }) => id);
}

/** The photograph with the same content or pixels. */
async function twinOf(session: SqlSession, { hash, pixels = null }: ReadFile): Promise<number | undefined> {
  const sql = `SELECT id FROM photograph WHERE hash = ? OR id IN (SELECT photograph FROM file WHERE hash = ?) ORDER BY id LIMIT 1`;
  const same = await session.get(sql, hash, hash);
  const alike =
    same || pixels === null ? same : await session.get("SELECT id FROM photograph WHERE pixels = ? ORDER BY id LIMIT 1", pixels);
  return alike?.id as number | undefined;
}

/** @returns their ids, in order */
export async function insertFaces(session: SqlSession, photograph: number, faces: readonly NewFace[]): Promise<number[]> {
  const rows = await session.all(
    `INSERT INTO face (photograph, box, landmarks, quality, acceptable, code, vector, drawn, embedded)
     VALUES ${faces.map(() => "(?, ?, ?, ?, ?, ?, ?, ?, ?)").join(", ")} RETURNING id`,
    ...faces.flatMap(({ box, landmarks, quality, code, vector, drawn = false, embedded = true }) => [
      photograph,
      JSON.stringify(box),
      JSON.stringify(landmarks),
      JSON.stringify(quality),
      quality.acceptable ? 1 : 0,
      codeBytes(code),
      vectorBytes(vector),
      drawn ? 1 : 0,
      embedded ? 1 : 0,
    ]),
  );
  return rows.map(({ id }) => id as number).sort((a, b) => a - b);
}

/** @throws FaceNetError GALLERY_MODEL_MISMATCH, GALLERY_DETECTOR_MISMATCH */
export async function requireIdentity(session: SqlSession, wanted: GalleryIdentity, gallery: string): Promise<void> {
  const row = await session.get("SELECT value FROM property WHERE name = 'identity'");
  if (row) requireSame(identityOf(row), wanted, gallery);
}

/** @throws FaceNetError GALLERY_MODEL_MISMATCH if embeddings cannot be compared */
export function requireSameModel(
  kept: GalleryIdentity,
  { model, preprocessing }: Pick<GalleryIdentity, "model" | "preprocessing">,
  gallery: string,
): void {
  if (kept.model !== model || kept.preprocessing !== preprocessing)
    throw new FaceNetError("GALLERY_MODEL_MISMATCH", { gallery, actual: kept.model, wanted: model });
}

/** @throws FaceNetError GALLERY_MODEL_MISMATCH; GALLERY_DETECTOR_MISMATCH if faces were detected differently */
export function requireSame(kept: GalleryIdentity, wanted: GalleryIdentity, gallery: string): void {
  requireSameModel(kept, wanted, gallery);
  if (kept.detector !== wanted.detector || kept.finding !== wanted.finding)
    throw new FaceNetError("GALLERY_DETECTOR_MISMATCH", {
      gallery,
      actual: kept.detector,
      wanted: wanted.detector,
      model: kept.model,
    });
}

export async function recordFailure(
  session: SqlSession,
  { path, bytes, modifiedMs, code, message }: UnreadableFile,
  { dialect }: Pick<Engine, "dialect">,
): Promise<void> {
  const before = await fileAt(session, path);
  await session.run(
    `INSERT INTO file (path, bytes, modified_ms, error_code, error_message) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (path) DO UPDATE SET bytes = excluded.bytes, modified_ms = excluded.modified_ms,
       photograph = NULL, error_code = excluded.error_code, error_message = excluded.error_message, missing = 0`,
    path,
    bytes,
    modifiedMs,
    code,
    message,
  );
  await dropIfNowhere(session, dialect, before?.photograph ?? null, path);
}

/** Keeps the last path of a photograph, to show where it was. */
export async function markMissing(session: SqlSession, path: string): Promise<void> {
  const dropped = await session.run(
    `DELETE FROM file WHERE path = ? AND (photograph IS NULL OR EXISTS
       (SELECT 1 FROM file other WHERE other.photograph = file.photograph AND other.path <> file.path AND other.missing = 0))`,
    path,
  );
  if (dropped > 0) return;
  await session.run("UPDATE file SET missing = 1 WHERE path = ?", path);
  await session.run("UPDATE photograph SET sought = 0 WHERE id = (SELECT photograph FROM file WHERE path = ?)", path);
}

async function fileAt(session: SqlSession, path: string): Promise<{ photograph: number | null; missing: number } | undefined> {
  const row = await session.get("SELECT photograph, missing FROM file WHERE path = ?", path);
  return row as { photograph: number | null; missing: number } | undefined;
}

/**
 * Handles the photograph formerly at a path. If it has no other path, it is kept as missing if its faces have statements, and
 * removed otherwise.
 */
async function dropIfNowhere(
  session: SqlSession,
  { lockRows }: SqlDialect,
  photograph: number | null,
  path: string,
): Promise<void> {
  if (photograph === null) return;
  await session.get(`SELECT 1 AS there FROM photograph WHERE id = ? ${lockRows}`, photograph);
  const isNowhere = "id = ? AND NOT EXISTS (SELECT 1 FROM file WHERE file.photograph = photograph.id)";
  const isStated = `EXISTS (SELECT 1 FROM face WHERE face.photograph = photograph.id AND ${STATED})`;
  await session.run(`UPDATE photograph SET last_path = ?, sought = 0 WHERE ${isNowhere} AND ${isStated}`, path, photograph);
  await session.run(`DELETE FROM photograph WHERE ${isNowhere} AND NOT ${isStated}`, photograph);
}
