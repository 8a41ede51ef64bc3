/** A gallery in one SQLite file, using node:sqlite. One writer at a time, any number of readers. */
import { createRequire } from "node:module";
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { FaceNetError, reasonOf } from "../../../errors.ts";
import type { SqlDatabase, SqlRow, SqlSession, SqlValue } from "../sql/sql-database.ts";
import { openDatabase, sqliteCode } from "./open-database.ts";

/** SQLite's result codes that mean a damaged file: SQLITE_CORRUPT, SQLITE_NOTADB. */
const DAMAGED: ReadonlySet<unknown> = new Set([11, 26]);

const require = createRequire(import.meta.url);

/** @throws FaceNetError GALLERY_NOT_READABLE, GALLERY_TOO_NEW; every later call GALLERY_NOT_WRITABLE, GALLERY_DAMAGED */
export function openSqliteDatabase(path: string, options: { readonly create?: boolean } = {}): SqlDatabase {
  const database = openDatabase(path, options);
  const session = createSession(database, path);
  const guard = <T>(work: () => T): T => guarded(path, work);
  let commits = 0;

  // There is one connection: statements outside a transaction wait until none is open.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  };
  const transaction = <T>(work: (session: SqlSession) => Promise<T>): Promise<T> =>
    inTurn(async () => {
      guard(() => database.exec("BEGIN IMMEDIATE"));
      try {
        const result = await work(session);
        guard(() => database.exec("COMMIT"));
        commits++;
        return result;
      } catch (error) {
        if (database.isTransaction) database.exec("ROLLBACK");
        throw error;
      }
    });

  return {
    name: path,
    dialect: { isOneOf: (column) => `${column} IN (SELECT value FROM json_each(?))`, lockRows: "" },
    all: (sql, ...values) => inTurn(() => session.all(sql, ...values)),
    get: (sql, ...values) => inTurn(() => session.get(sql, ...values)),
    run: (sql, ...values) => inTurn(() => session.run(sql, ...values)),
    transaction,
    async revision() {
      const row = await inTurn(() => session.get("PRAGMA data_version")); // counts commits of other connections only
      return `${row?.data_version}.${commits}`;
    },
    async erase() {
      const row = await inTurn(() => session.get("PRAGMA wal_checkpoint(TRUNCATE)")); // the log contained the rows too
      if (row?.busy === 0) return;
      const reason =
        "removed from the gallery, but still in its log, which another process is reading; run this again when it has ended";
      throw new FaceNetError("GALLERY_NOT_WRITABLE", { gallery: path, reason });
    },
    async damage() {
      const integrity = (await inTurn(() => session.all("PRAGMA integrity_check"))).map((row) => String(row.integrity_check));
      const orphans = await inTurn(() => session.all("PRAGMA foreign_key_check"));
      return [
        ...integrity.filter((line) => line !== "ok"),
        ...orphans.map(({ table, rowid }) => `${table} ${rowid}: refers to a missing row`),
      ];
    },
    async backup(file) {
      const sqlite = require("node:sqlite") as typeof import("node:sqlite");
      // Copies all pages in one step, in a separate thread: a write between steps would restart the backup.
      await sqlite.backup(database, file, { rate: 2 ** 31 - 1 }).catch((error: unknown) => {
        throw new FaceNetError("OUTPUT_NOT_WRITABLE", { file, reason: reasonOf(error) }, error);
      });
    },
    async close() {
      await inTurn(async () => database.close());
    },
  };
}

/** Caches prepared statements. */
function createSession(database: DatabaseSync, path: string): SqlSession {
  const prepared = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    const statement = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, statement);
    return statement;
  };
  return {
    async all(sql, ...values) {
      return guarded(path, () => prepare(sql).all(...(values as SQLInputValue[])) as SqlRow[]);
    },
    async get(sql, ...values) {
      return guarded(path, () => prepare(sql).get(...(values as SQLInputValue[])) as SqlRow | undefined);
    },
    async run(sql: string, ...values: readonly SqlValue[]) {
      return guarded(path, () => Number(prepare(sql).run(...(values as SQLInputValue[])).changes));
    },
  };
}

function guarded<T>(gallery: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = DAMAGED.has(sqliteCode(error)) ? "GALLERY_DAMAGED" : "GALLERY_NOT_WRITABLE";
    throw new FaceNetError(code, { gallery, reason: reasonOf(error) }, error);
  }
}
