/**
 * Journal of changes to people: one row per change, with the previous state. {@link turn} restores that state row by row and
 * records the state it replaces, for redo; a new change removes undone ones. A step of several transactions has a row for
 * each, which refer to the first as their head.
 */
import type { Change, CorrectionRecord } from "../../../schemas/gallery.ts";
import { type ChangeStep, type Engine, RecordedChanges } from "./recorded-changes.ts";
import type { SqlRow, SqlSession } from "./sql-database.ts";

/** Fields of a journal row besides its steps. */
export type Entry = {
  readonly change: Change;
  readonly person: number | null;
  readonly by: string | null;
  /** ISO 8601, UTC */
  readonly at: string;
};

/** Records a change and clears the redo history. */
export async function keepEntry(
  session: SqlSession,
  { change, person, by, at }: Entry,
  steps: readonly ChangeStep[],
): Promise<CorrectionRecord> {
  await session.run("DELETE FROM correction WHERE undone = 1");
  const row = await session.get(
    "INSERT INTO correction (at, author, correction, person, steps) VALUES (?, ?, ?, ?, ?) RETURNING id",
    at,
    by,
    JSON.stringify(change),
    person,
    JSON.stringify(steps),
  );
  return { id: row?.id as number, at, by, correction: change, person };
}

/** Adds steps to a change. @returns false if another change was made since, or it was undone */
export async function continueEntry(session: SqlSession, head: number, steps: readonly ChangeStep[]): Promise<boolean> {
  const last = await session.get("SELECT id, head, undone FROM correction ORDER BY id DESC LIMIT 1");
  if (!last || last.undone === 1 || (last.head ?? last.id) !== head) return false;
  await session.run(
    "INSERT INTO correction (at, author, correction, person, steps, head) SELECT at, author, correction, person, ?, id FROM correction WHERE id = ?",
    JSON.stringify(steps),
    head,
  );
  return true;
}

/**
 * Undoes the last change, or redoes the last undone one, and records the inverse.
 *
 * @param undone state of the change afterwards: 1 undoes, 0 redoes
 * @param only does nothing unless this is that change
 */
export async function turn(
  session: SqlSession,
  engine: Engine,
  { undone, only }: { readonly undone: 0 | 1; readonly only: number | undefined },
): Promise<CorrectionRecord | undefined> {
  const order = undone === 1 ? "DESC" : "ASC";
  const next = await session.get(`SELECT id, head FROM correction WHERE undone = ? ORDER BY id ${order} LIMIT 1`, 1 - undone);
  const head = (next?.head ?? next?.id) as number | undefined;
  if (head === undefined || (only !== undefined && only !== head)) return undefined;
  const rows = await session.all(`SELECT * FROM correction WHERE id = ? OR head = ? ORDER BY id ${order}`, head, head);
  for (const { id, steps } of rows) {
    const changes = new RecordedChanges(session, engine);
    await changes.takeBack(JSON.parse(steps as string) as ChangeStep[]);
    const kept = JSON.stringify(changes.steps);
    await session.run("UPDATE correction SET steps = ?, undone = ? WHERE id = ?", kept, undone, id as number);
  }
  const row = rows.find(({ id }) => id === head);
  return row && entryOf(row);
}

/** Changes that can be undone, last first, or redone, next first. */
export async function entries(session: SqlSession, limit: number, { undone = false } = {}): Promise<CorrectionRecord[]> {
  const sql = `SELECT id, at, author, correction, person FROM correction WHERE head IS NULL AND undone = ?
    ORDER BY id ${undone ? "ASC" : "DESC"} LIMIT ?`;
  return (await session.all(sql, undone ? 1 : 0, limit)).map(entryOf);
}

function entryOf({ id, at, author, correction, person }: SqlRow): CorrectionRecord {
  return {
    id: id as number,
    at: at as string,
    by: author as string | null,
    correction: JSON.parse(correction as string),
    person: person as number | null,
  };
}
