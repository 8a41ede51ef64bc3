/** Photographs and the files that hold them. */
import { FaceNetError } from "../../../errors.ts";
import type { GalleryIdentity, NewFace } from "../../../schemas/gallery.ts";
import type { ReadFile, UnreadableFile } from "../gallery-store.ts";
import { codeBytes, identityOf, vectorBytes } from "./rows.ts";
import type { SqlDialect, SqlHooks, SqlSession } from "./sql-database.ts";

/** Each statement is a way to the server and back. */
const FACES_A_STATEMENT = 50;

export type RecordedFile = { readonly photograph: number; readonly added: boolean; readonly faces: readonly number[] };

type Engine = SqlHooks & { readonly name: string; readonly dialect: SqlDialect };

export async function recordFile(session: SqlSession, file: ReadFile, { name, onCodes, dialect }: Engine): Promise<RecordedFile> {
  const { path, bytes, modifiedMs, hash, width, height, takenAt, identity } = file;
  if (identity) await requireIdentity(session, identity, name);
  // Of two processes that read the same content at a time, one waits here for the other, and finds it known.
  const made = await session.get(
    "INSERT INTO photograph (hash, width, height, taken_at) VALUES (?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING RETURNING id",
    hash,
    width,
    height,
    takenAt,
  );
  const photograph = (made ?? (await session.get("SELECT id FROM photograph WHERE hash = ?", hash)))?.id as number;
  const before = await photographAt(session, path);
  await session.run(
    `INSERT INTO file (path, bytes, modified_ms, photograph) VALUES (?, ?, ?, ?)
     ON CONFLICT (path) DO UPDATE SET bytes = excluded.bytes, modified_ms = excluded.modified_ms,
       photograph = excluded.photograph, error_code = NULL, error_message = NULL, missing = 0`,
    path,
    bytes,
    modifiedMs,
    photograph,
  );
  if (before !== photograph) await dropIfNowhere(session, dialect, before);
  if (!made) {
    await session.run("DELETE FROM file WHERE photograph = ? AND missing = 1", photograph);
    const rows = await session.all("SELECT id FROM face WHERE photograph = ? ORDER BY id", photograph);
    return { photograph, added: false, faces: rows.map(({ id }) => id as number) };
  }
  await session.run("DELETE FROM forgotten WHERE hash = ?", hash); // it was asked for
  const faces: { id: number; code: Int8Array }[] = [];
  for (let first = 0; first < file.faces.length; first += FACES_A_STATEMENT) {
    const some = file.faces.slice(first, first + FACES_A_STATEMENT);
    const ids = await insertFaces(session, photograph, some);
    for (const [i, { code }] of some.entries()) faces.push({ id: ids[i] as number, code });
  }
  await onCodes?.(session, faces);
  return { photograph, added: true, faces: faces.map(({ id }) => id) };
}

/** @returns their ids, in order */
export async function insertFaces(session: SqlSession, photograph: number, faces: readonly NewFace[]): Promise<number[]> {
  const rows = await session.all(
    `INSERT INTO face (photograph, box, landmarks, quality, acceptable, code, vector)
     VALUES ${faces.map(() => "(?, ?, ?, ?, ?, ?, ?)").join(", ")} RETURNING id`,
    ...faces.flatMap(({ box, landmarks, quality, code, vector }) => [
      photograph,
      JSON.stringify(box),
      JSON.stringify(landmarks),
      JSON.stringify(quality),
      quality.acceptable ? 1 : 0,
      codeBytes(code),
      vectorBytes(vector),
    ]),
  );
  return rows.map(({ id }) => id as number).sort((a, b) => a - b);
}

/** @throws FaceNetError GALLERY_MODEL_MISMATCH, GALLERY_DETECTOR_MISMATCH */
async function requireIdentity(session: SqlSession, wanted: GalleryIdentity, gallery: string): Promise<void> {
  const row = await session.get("SELECT value FROM property WHERE name = 'identity'");
  if (row) requireSame(identityOf(row), wanted, gallery);
}

/** @throws FaceNetError GALLERY_MODEL_MISMATCH where embeddings do not compare */
export function requireSameModel(
  kept: GalleryIdentity,
  { model, preprocessing }: Pick<GalleryIdentity, "model" | "preprocessing">,
  gallery: string,
): void {
  if (kept.model !== model || kept.preprocessing !== preprocessing)
    throw new FaceNetError("GALLERY_MODEL_MISMATCH", { gallery, actual: kept.model, wanted: model });
}

/** @throws FaceNetError GALLERY_MODEL_MISMATCH; GALLERY_DETECTOR_MISMATCH where faces were found in another way */
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
  const before = await photographAt(session, path);
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
  await dropIfNowhere(session, dialect, before);
}

/** Of a photograph the last path stays, to say where it was. */
export async function markMissing(session: SqlSession, path: string): Promise<void> {
  const dropped = await session.run(
    `DELETE FROM file WHERE path = ? AND (photograph IS NULL OR EXISTS
       (SELECT 1 FROM file other WHERE other.photograph = file.photograph AND other.path <> file.path AND other.missing = 0))`,
    path,
  );
  if (dropped === 0) await session.run("UPDATE file SET missing = 1 WHERE path = ?", path);
}

async function photographAt(session: SqlSession, path: string): Promise<number | null> {
  return ((await session.get("SELECT photograph FROM file WHERE path = ?", path))?.photograph ?? null) as number | null;
}

/** The path held another picture before: when no other path does, it no longer exists. */
async function dropIfNowhere(session: SqlSession, { lockRows }: SqlDialect, photograph: number | null): Promise<void> {
  if (photograph === null) return;
  await session.get(`SELECT 1 AS there FROM photograph WHERE id = ? ${lockRows}`, photograph);
  await session.run(
    "DELETE FROM photograph WHERE id = ? AND NOT EXISTS (SELECT 1 FROM file WHERE file.photograph = photograph.id)",
    photograph,
  );
}
