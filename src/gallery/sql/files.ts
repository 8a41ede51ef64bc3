/** Photographs and the files that hold them. */
import type { ReadFile, UnreadableFile } from "../gallery-store.ts";
import { codeBytes, vectorBytes } from "./rows.ts";
import type { SqlHooks, SqlSession } from "./sql-database.ts";

export type RecordedFile = { readonly photograph: number; readonly added: boolean; readonly faces: readonly number[] };

export async function recordFile(session: SqlSession, file: ReadFile, { onCodes }: SqlHooks): Promise<RecordedFile> {
  const { path, bytes, modifiedMs, hash, width, height, takenAt } = file;
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
  if (before !== photograph) await dropIfNowhere(session, before);
  if (!made) {
    const rows = await session.all("SELECT id FROM face WHERE photograph = ? ORDER BY id", photograph);
    return { photograph, added: false, faces: rows.map(({ id }) => id as number) };
  }
  const faces: { id: number; code: Int8Array }[] = [];
  for (const { box, landmarks, quality, code, vector } of file.faces) {
    const row = await session.get(
      `INSERT INTO face (photograph, box, landmarks, quality, acceptable, code, vector) VALUES (?, ?, ?, ?, ?, ?, ?)
       RETURNING id`,
      photograph,
      JSON.stringify(box),
      JSON.stringify(landmarks),
      JSON.stringify(quality),
      quality.acceptable ? 1 : 0,
      codeBytes(code),
      vectorBytes(vector),
    );
    faces.push({ id: row?.id as number, code });
  }
  await onCodes?.(session, faces);
  return { photograph, added: true, faces: faces.map(({ id }) => id) };
}

export async function recordFailure(
  session: SqlSession,
  { path, bytes, modifiedMs, code, message }: UnreadableFile,
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
  await dropIfNowhere(session, before);
}

async function photographAt(session: SqlSession, path: string): Promise<number | null> {
  return ((await session.get("SELECT photograph FROM file WHERE path = ?", path))?.photograph ?? null) as number | null;
}

/** The path held another picture before: when no other path does, it no longer exists. */
async function dropIfNowhere(session: SqlSession, photograph: number | null): Promise<void> {
  if (photograph === null) return;
  await session.run(
    "DELETE FROM photograph WHERE id = ? AND NOT EXISTS (SELECT 1 FROM file WHERE file.photograph = photograph.id)",
    photograph,
  );
}
