/** Opens a gallery file: pragmas, schema version, and errors that name the file. */
import { existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import type { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { FaceNetError, reasonOf } from "../../../errors.ts";
import { sqliteMigrations as migrations } from "../sql/migrations.ts";

// Loaded lazily: on Node 22 loading node:sqlite prints a warning.
const require = createRequire(import.meta.url);
const BUSY_TIMEOUT_MS = 10_000;

/** SQLite's primary result codes. */
const READONLY = 8;
const CORRUPT = 11;
const CANTOPEN = 14;

/** The primary result code of a SQLite error. */
export function sqliteCode(error: unknown): number | undefined {
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === "number" ? errcode & 0xff : undefined;
}

/**
 * Opens or creates the file with write-ahead log, foreign keys and secure delete. A read-only file is opened for reading.
 *
 * @param options.create create the tables in an empty database. Default true.
 * @throws FaceNetError GALLERY_NOT_READABLE, GALLERY_TOO_NEW, GALLERY_DAMAGED
 */
export function openDatabase(path: string, { create = true }: { readonly create?: boolean } = {}): DatabaseSync {
  const sqlite = require("node:sqlite") as typeof import("node:sqlite");
  let database: DatabaseSync | undefined;
  try {
    database = new sqlite.DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    if (!create) requireTables(database, path);
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON;");
    migrate(database, path);
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof FaceNetError) throw error;
    const code = sqliteCode(error);
    if ((code === READONLY || code === CANTOPEN) && isAtRest(path)) return openAtRest(sqlite, path);
    const reason = reasonOf(error);
    throw new FaceNetError(code === CORRUPT ? "GALLERY_DAMAGED" : "GALLERY_NOT_READABLE", { gallery: path, reason }, error);
  }
}

/** The file exists and has no pending write-ahead log. */
function isAtRest(path: string): boolean {
  return existsSync(path) && (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) === 0;
}

/** Opens without -wal and -shm files, for read-only folders. */
function openAtRest(sqlite: typeof import("node:sqlite"), path: string): DatabaseSync {
  const url = pathToFileURL(path);
  url.searchParams.set("immutable", "1");
  let database: DatabaseSync | undefined;
  try {
    database = new sqlite.DatabaseSync(url, { readOnly: true });
    requireGallery(database, path);
    requireTables(database, path);
    const version = versionOf(database);
    if (version < migrations.length) throw new Error(`has schema version ${version} and is read-only`);
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof FaceNetError) throw error;
    throw new FaceNetError("GALLERY_NOT_READABLE", { gallery: path, reason: reasonOf(error) }, error);
  }
}

function versionOf(database: DatabaseSync): number {
  return (database.prepare("PRAGMA user_version").get() as { user_version: number }).user_version;
}

/** @throws FaceNetError GALLERY_TOO_NEW; GALLERY_NOT_READABLE for the database of another program */
function requireGallery(database: DatabaseSync, path: string): void {
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  if (tables.length > 0 && !tables.some(({ name }) => name === "photograph"))
    throw new FaceNetError("GALLERY_NOT_READABLE", { gallery: path, reason: "is the database of another program" });
  const actual = versionOf(database);
  if (actual > migrations.length) throw new FaceNetError("GALLERY_TOO_NEW", { gallery: path, actual, known: migrations.length });
}

/** @throws FaceNetError GALLERY_NOT_READABLE for a database without tables, such as one another process is just creating */
function requireTables(database: DatabaseSync, path: string): void {
  if (database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get()) return;
  throw new FaceNetError("GALLERY_NOT_READABLE", { gallery: path, reason: "is a database without tables, not a gallery" });
}

function migrate(database: DatabaseSync, path: string): void {
  requireGallery(database, path);
  if (versionOf(database) === migrations.length) return;
  database.exec("BEGIN IMMEDIATE"); // another process may be migrating: its result is visible inside the transaction
  try {
    for (const [i, step] of migrations.entries()) {
      if (i < versionOf(database)) continue;
      database.exec(step);
      database.exec(`PRAGMA user_version = ${i + 1}`);
    }
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
