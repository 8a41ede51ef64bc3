/**
 * Copies everything readable from a damaged gallery file into a new one. The damaged file is not modified: a copy of it and its
 * log is read. Rows that refer to lost rows are left out, except faces of lost people, who are kept without a name.
 */
import { hash } from "node:crypto";
import { copyFile, open } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { FaceNetError, reasonOf } from "../../../errors.ts";
import { Box, Landmarks, Quality } from "../../../schemas/face.ts";
import { GalleryIdentity } from "../../../schemas/gallery.ts";
import { openDatabase } from "./open-database.ts";
import { type DamagedRow, readTable } from "./read-damaged.ts";

const require = createRequire(import.meta.url);
const MAGIC = "SQLite format 3\0";
/** SQLite's default page size, used by galleries. */
const PAGE_BYTES = 4096;
/** A header that gives more than this many times the actual pages is damaged itself. */
const MOST_CUT_OFF = 100;
/** Maximum number of reported lines of SQLite's integrity check. */
const PROBLEMS = 5;
/** Ordered by foreign key dependency. */
const TABLES = ["photograph", "file", "person", "face", "link", "rejection", "undecided", "forgotten"] as const;

/** @property lost descriptions of what could not be read */
export type Salvaged = { readonly file: string; readonly lost: readonly string[] };

/**
 * @param folder empty folder for the copy and the new gallery
 * @throws FaceNetError GALLERY_DAMAGED if not even the tables or the embedding model can be read; GALLERY_NOT_READABLE
 */
export async function salvage(path: string, folder: string): Promise<Salvaged> {
  const copy = join(folder, "damaged.db");
  await copyFile(path, copy).catch((error: unknown) => {
    throw new FaceNetError("GALLERY_NOT_READABLE", { gallery: path, reason: reasonOf(error) }, error);
  });
  await copyFile(`${path}-wal`, `${copy}-wal`).catch(() => undefined);
  await mendHeader(copy);
  const sqlite = require("node:sqlite") as typeof import("node:sqlite");
  const damaged = new sqlite.DatabaseSync(copy);
  const file = join(folder, "salvaged.db");
  const whole = openDatabase(file);
  try {
    damaged.exec("PRAGMA cell_size_check = ON");
    const identity = await identityIn(damaged, copy);
    if (!identity) throw new Error("the model of its embeddings cannot be read");
    whole.exec("PRAGMA foreign_keys = OFF; BEGIN");
    whole.prepare("INSERT INTO property (name, value) VALUES ('identity', ?)").run(JSON.stringify(identity));
    const lost = TABLES.flatMap((table) => copyTable(damaged, whole, table, identity));
    lost.push(...standIns(whole), ...dropOrphans(whole));
    // A page with a damaged row count reads without error as one with fewer rows.
    if (lost.length === 0) lost.push(...problemsOf(damaged));
    whole.exec("COMMIT; PRAGMA foreign_keys = ON");
    return { file, lost };
  } catch (error) {
    throw new FaceNetError("GALLERY_DAMAGED", { gallery: path, reason: `nothing can be recovered: ${reasonOf(error)}` }, error);
  } finally {
    damaged.close();
    whole.close();
  }
}

/**
 * SQLite does not open a file with a damaged header, or one shorter than its header says. Rewrites the header fields that are the
 * same in every gallery, and pads a truncated file with zeros, which belong to no table.
 */
async function mendHeader(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    const { buffer } = await file.read(Buffer.alloc(100), 0, 100, 0);
    const { size } = await file.stat();
    buffer.write(MAGIC, 0, "latin1");
    buffer.writeUInt16BE(PAGE_BYTES, 16);
    buffer.set([2, 2, 0, 64, 32, 32], 18); // write-ahead log, no reserved bytes, payload fractions
    buffer.writeUInt32BE(4, 44); // schema format
    buffer.writeUInt32BE(1, 56); // UTF-8
    const pages = Math.ceil(size / PAGE_BYTES);
    const told = buffer.readUInt32BE(28);
    if (told > MOST_CUT_OFF * pages) buffer.writeUInt32BE(pages, 28);
    await file.write(buffer, 0, buffer.length, 0);
    await file.truncate(Math.max(pages, buffer.readUInt32BE(28)) * PAGE_BYTES);
  } finally {
    await file.close();
  }
}

/** The gallery's identity from its table, else by searching the raw file. */
async function identityIn(damaged: DatabaseSync, path: string): Promise<GalleryIdentity | undefined> {
  const row = readTable(damaged, "property").rows.find(({ name }) => name === "identity");
  const parse = (text: unknown): GalleryIdentity | undefined => {
    try {
      return GalleryIdentity.safeParse(JSON.parse(String(text))).data;
    } catch {
      return undefined;
    }
  };
  const known = parse(row?.value);
  if (known) return known;
  const file = await open(path);
  try {
    const text = (await file.readFile()).toString("latin1");
    for (const [found] of text.matchAll(/\{"model":"[^{}]{20,1000}\}/g)) {
      const identity = parse(found);
      if (identity) return identity;
    }
    return undefined;
  } finally {
    await file.close();
  }
}

function problemsOf(damaged: DatabaseSync): string[] {
  try {
    const lines = damaged
      .prepare(`PRAGMA integrity_check(${PROBLEMS})`)
      .all()
      .map((row) => String(row.integrity_check));
    return lines.filter((line) => line !== "ok").map((line) => `records may be missing: ${line}`);
  } catch (error) {
    return [`records may be missing: ${reasonOf(error)}`];
  }
}

function copyTable(damaged: DatabaseSync, whole: DatabaseSync, table: string, identity: GalleryIdentity): string[] {
  const { rows, unreadable } = readTable(damaged, table);
  const columns = new Set(
    whole
      .prepare(`PRAGMA table_info(${table})`)
      .all()
      .map(({ name }) => name as string),
  );
  let invalid = 0;
  for (const row of rows) {
    const given = Object.entries(row).filter(([name]) => columns.has(name));
    const names = given.map(([name]) => name).join(", ");
    try {
      if (table === "face" && !isFace(row, identity)) throw new Error("not a face");
      const sql = `INSERT INTO ${table} (${names}) VALUES (${given.map(() => "?").join(", ")})`;
      whole.prepare(sql).run(...given.map(([, value]) => value));
    } catch {
      invalid++;
    }
  }
  const lost: string[] = [];
  if (unreadable > 0) lost.push(`${table}: ${unreadable} places could not be read; ${rows.length} records recovered`);
  if (invalid > 0) lost.push(`${table}: ${invalid} invalid records were left out`);
  return lost;
}

function isFace({ box, landmarks, quality, code }: DamagedRow, { dimensions }: GalleryIdentity): boolean {
  const is = (schema: typeof Box | typeof Landmarks | typeof Quality, text: unknown): boolean =>
    schema.safeParse(JSON.parse(String(text))).success;
  return is(Box, box) && is(Landmarks, landmarks) && is(Quality, quality) && (code as Uint8Array).length === dimensions;
}

/**
 * Attaches faces whose photograph's record is lost to a photograph marked as gone, so that their corrections are kept: indexing
 * matches them again by path and embedding. Its size is estimated from their boxes.
 */
function standIns(whole: DatabaseSync): string[] {
  const rows = whole
    .prepare("SELECT photograph, box FROM face WHERE photograph NOT IN (SELECT id FROM photograph) ORDER BY photograph")
    .all();
  const boxes = Map.groupBy(rows, ({ photograph }) => photograph as number);
  const pathOf = whole.prepare("SELECT max(path) AS path FROM file WHERE photograph = ?");
  const add = whole.prepare("INSERT INTO photograph (id, hash, width, height, last_path) VALUES (?, ?, ?, ?, ?)");
  const dropFiles = whole.prepare("DELETE FROM file WHERE photograph = ?"); // indexing reads them again
  for (const [id, own] of boxes) {
    const placed = own.map(({ box }) => Box.parse(JSON.parse(box as string)));
    const width = Math.ceil(Math.max(1, ...placed.map((box) => box.x + box.width)));
    const height = Math.ceil(Math.max(1, ...placed.map((box) => box.y + box.height)));
    add.run(id, hash("sha256", `lost photograph ${id}`), width, height, (pathOf.get(id)?.path ?? null) as string | null);
    dropFiles.run(id);
  }
  if (rows.length === 0) return [];
  return [
    `${boxes.size} photographs could not be read: their ${rows.length} faces are kept, and matched when the photographs are indexed again`,
  ];
}

function dropOrphans(whole: DatabaseSync): string[] {
  const without = (table: string, column: string, of: string) =>
    Number(
      whole.prepare(`DELETE FROM ${table} WHERE ${column} IS NOT NULL AND ${column} NOT IN (SELECT id FROM ${of})`).run().changes,
    );
  const files = without("file", "photograph", "photograph");
  const people = Number(
    whole
      .prepare(
        "INSERT INTO person (id, name) SELECT DISTINCT person, NULL FROM face WHERE person IS NOT NULL AND person NOT IN (SELECT id FROM person)",
      )
      .run().changes,
  );
  whole.exec("UPDATE person SET cover = NULL WHERE cover NOT IN (SELECT id FROM face)");
  for (const [table, column] of [
    ["link", "a"],
    ["link", "b"],
    ["rejection", "face"],
    ["undecided", "face"],
  ] as const)
    without(table, column, "face");
  for (const [table, column] of [
    ["rejection", "person"],
    ["undecided", "person"],
    ["undecided", "other"],
  ] as const)
    without(table, column, "person");
  return [
    ...(files > 0 ? [`${files} files belong to photographs that could not be read: indexing reads them again`] : []),
    ...(people > 0 ? [`${people} people have lost their names; their faces remain grouped`] : []),
  ];
}
