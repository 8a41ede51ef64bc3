/** Replaces path prefixes after a folder was moved. */
import type { KnownFile } from "../../../schemas/gallery.ts";
import type { Relocated } from "../gallery-store.ts";
import { FILES, fileOf, folderRange } from "./rows.ts";
import type { SqlSession } from "./sql-database.ts";

/** Rows per query. */
const PORTION = 4096;

export async function* knownFiles(session: SqlSession, folder: string): AsyncGenerator<KnownFile> {
  const [from, before] = folderRange(folder);
  for (let after = from; ; ) {
    const rows = await session.all(`${FILES} WHERE path > ? AND path < ? ORDER BY path LIMIT ${PORTION}`, after, before);
    yield* rows.map(fileOf);
    if (rows.length < PORTION) return;
    after = rows.at(-1)?.path as string;
  }
}

type Move = { readonly from: string; readonly to: string; readonly there: readonly string[] };

export async function relocate(session: SqlSession, { from, to, there }: Move): Promise<Relocated> {
  const range = folderRange(from);
  const target = folderRange(to)[0];
  const rest = Array.from(range[0]).length + 1; // SQL counts code points, from 1
  const inside = "file.path >= ? AND file.path < ?";
  const occupied = "SELECT photograph FROM file other WHERE other.path = ? || substr(file.path, ?)";
  // The old path is redundant if the same photograph is already at the new one.
  await session.run(`DELETE FROM file WHERE ${inside} AND photograph = (${occupied})`, ...range, target, rest);
  const conflicts = await session.all(
    `SELECT path FROM file WHERE ${inside} AND EXISTS (${occupied}) ORDER BY path`,
    ...range,
    target,
    rest,
  );
  const files = await session.run(
    `UPDATE file SET path = ? || substr(path, ?) WHERE ${inside} AND NOT EXISTS (${occupied})`,
    target,
    rest,
    ...range,
    target,
    rest,
  );
  await session.run(
    "UPDATE photograph SET last_path = ? || substr(last_path, ?) WHERE last_path >= ? AND last_path < ?",
    target,
    rest,
    ...range,
  );
  for (const path of there) await session.run("UPDATE file SET missing = 0 WHERE path = ? AND missing = 1", path);
  return { files, conflicts: conflicts.map(({ path }) => path as string) };
}
