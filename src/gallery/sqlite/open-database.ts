/** Opening a gallery file: settings, schema version, and errors that name the file. */
import { createRequire } from "node:module";
import type { DatabaseSync } from "node:sqlite";
import { FaceNetError, reasonOf } from "../../errors.ts";
import { migrations } from "./migrations.ts";

// Loaded when a gallery is opened, not before: on Node 22 loading it prints a notice.
const require = createRequire(import.meta.url);
const BUSY_TIMEOUT_MS = 10_000;

/**
 * Opens (or makes) the file: write-ahead log, foreign keys, deleted content overwritten with zeros.
 *
 * @throws FaceNetError GALLERY_NOT_READABLE, GALLERY_TOO_NEW
 */
export function openDatabase(path: string): DatabaseSync {
  const sqlite = require("node:sqlite") as typeof import("node:sqlite");
  let database: DatabaseSync | undefined;
  try {
    database = new sqlite.DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON;");
    migrate(database, path);
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof FaceNetError) throw error;
    throw new FaceNetError("GALLERY_NOT_READABLE", { gallery: path, reason: reasonOf(error) }, error);
  }
}

function migrate(database: DatabaseSync, path: string): void {
  const version = () => (database.prepare("PRAGMA user_version").get() as { user_version: number }).user_version;
  if (version() > migrations.length)
    throw new FaceNetError("GALLERY_TOO_NEW", { gallery: path, actual: version(), known: migrations.length });
  if (version() === migrations.length) return;
  database.exec("BEGIN IMMEDIATE"); // another process may be at it: what it did is seen inside
  try {
    for (const [i, step] of migrations.entries()) {
      if (i < version()) continue;
      database.exec(step);
      database.exec(`PRAGMA user_version = ${i + 1}`);
    }
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}
