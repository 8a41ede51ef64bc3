/** Faces drawn by hand: removal on undo, and restoring on redo. */
import { base64 } from "../../../files/json-text.ts";
import type { SqlHooks, SqlSession } from "./sql-database.ts";

/** A row of `face`, bytes in base64. Its person is restored by the other steps of the change. */
export type DrawnRow = {
  readonly photograph: number;
  readonly box: string;
  readonly landmarks: string;
  readonly quality: string;
  readonly acceptable: number;
  readonly embedded: number;
  readonly code: string;
  readonly vector: string | null;
  /** identity of the gallery at the time: embeddings of another model cannot be compared */
  readonly identity: string | null;
};

/** Removes the face. @returns its row; undefined if it does not exist */
export async function removeDrawn(session: SqlSession, id: number): Promise<DrawnRow | undefined> {
  const row = await session.get(
    "SELECT photograph, box, landmarks, quality, acceptable, embedded, code, vector FROM face WHERE id = ? AND drawn = 1",
    id,
  );
  if (!row) return undefined;
  await session.run("DELETE FROM face WHERE id = ?", id);
  const code = base64(row.code as Uint8Array);
  const vector = row.vector === null ? null : base64(row.vector as Uint8Array);
  return { ...(row as Omit<DrawnRow, "identity">), code, vector, identity: await identityText(session) };
}

/**
 * Restores the face under its number. If the gallery has migrated to another model since, it is restored without an embedding.
 *
 * @returns whether its photograph still exists
 */
export async function restoreDrawn(
  session: SqlSession,
  id: number,
  { photograph, box, landmarks, quality, acceptable, ...row }: DrawnRow,
  onCodes: SqlHooks["onCodes"],
): Promise<boolean> {
  const identity = await identityText(session);
  const isSame = identity === row.identity;
  const code = isSame ? bytes(row.code) : new Uint8Array(identity === null ? 0 : JSON.parse(identity).dimensions);
  const vector = isSame && row.vector !== null ? bytes(row.vector) : null;
  const embedded = isSame ? row.embedded : 0;
  const sql = `INSERT INTO face (id, photograph, box, landmarks, quality, acceptable, code, vector, drawn, embedded)
    SELECT ?, photograph.id, ?, ?, ?, ?, ?, ?, 1, ? FROM photograph WHERE photograph.id = ? ON CONFLICT (id) DO NOTHING`;
  const values = [id, box, landmarks, quality, acceptable, code, vector, embedded, photograph];
  if ((await session.run(sql, ...values)) === 0) return false;
  await onCodes?.(session, [{ id, code: new Int8Array(code.buffer, code.byteOffset, code.byteLength) }]);
  return true;
}

async function identityText(session: SqlSession): Promise<string | null> {
  return ((await session.get("SELECT value FROM property WHERE name = 'identity'"))?.value ?? null) as string | null;
}

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "base64"));
