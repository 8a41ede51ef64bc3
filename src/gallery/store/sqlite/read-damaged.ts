/** Reads the tables of a damaged SQLite file, skipping unreadable pages. */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";

export type DamagedRow = Record<string, SQLInputValue>;

/** Rows per query while no error occurs. */
const TOGETHER = 256;
/** Maximum step over row numbers behind an unreadable row; a page has only a few rows. */
const LEAP = 16;
/** Consecutive unreadable rows after which the step grows, so that reading terminates. */
const PATIENCE = 2000;

/** @property unreadable number of places where rows may be missing */
export type ReadTable = { readonly rows: readonly DamagedRow[]; readonly unreadable: number };

export function readTable(database: DatabaseSync, table: string): ReadTable {
  try {
    const keyed = database
      .prepare(`PRAGMA table_list`)
      .all()
      .find(({ name }) => name === table);
    if (!keyed) return { rows: [], unreadable: 0 };
    return keyed.wr === 1 ? fromBothEnds(database, table) : byNumber(database, table);
  } catch {
    return { rows: [], unreadable: 1 };
  }
}

function byNumber(database: DatabaseSync, table: string): ReadTable {
  const batch = database.prepare(`SELECT rowid AS "row number", * FROM ${table} WHERE rowid > ? ORDER BY rowid LIMIT ?`);
  const rows: DamagedRow[] = [];
  let [after, unreadable, failures, leap] = [0, 0, 0, 1];
  for (let size = TOGETHER; after < Number.MAX_SAFE_INTEGER; ) {
    try {
      const some = batch.all(after, size) as DamagedRow[];
      for (const { "row number": number, ...row } of some) {
        rows.push(row);
        after = Math.max(after + 1, Number(number));
      }
      if (some.length < size) return { rows, unreadable };
      if (failures > 0) unreadable++;
      [failures, leap, size] = [0, 1, size === 1 ? 1 : TOGETHER];
      if (size === 1 && rows.length % LEAP === 0) size = TOGETHER;
    } catch {
      if (size > 1) {
        size = 1;
        continue;
      }
      failures++;
      leap = failures > PATIENCE ? leap * 2 : Math.min(LEAP, leap * 2);
      after += leap;
    }
  }
  return { rows, unreadable: unreadable + 1 };
}

/** Reads WITHOUT ROWID tables, which are small, forwards to the first unreadable page and backwards from the end. */
function fromBothEnds(database: DatabaseSync, table: string): ReadTable {
  const columns = database.prepare(`PRAGMA table_info(${table})`).all();
  const keys = columns.filter(({ pk }) => Number(pk) > 0).sort((a, b) => Number(a.pk) - Number(b.pk));
  const read = (direction: "ASC" | "DESC"): { rows: DamagedRow[]; isWhole: boolean } => {
    const rows: DamagedRow[] = [];
    const order = keys.map(({ name }) => `${name} ${direction}`).join(", ");
    try {
      for (const row of database.prepare(`SELECT * FROM ${table} ORDER BY ${order}`).iterate()) rows.push(row as DamagedRow);
      return { rows, isWhole: true };
    } catch {
      return { rows, isWhole: false };
    }
  };
  const forwards = read("ASC");
  if (forwards.isWhole) return { rows: forwards.rows, unreadable: 0 };
  const keyOf = (row: DamagedRow): string => JSON.stringify(keys.map(({ name }) => row[name as string]));
  const all = new Map([...forwards.rows, ...read("DESC").rows].map((row) => [keyOf(row), row]));
  return { rows: [...all.values()], unreadable: 1 };
}
