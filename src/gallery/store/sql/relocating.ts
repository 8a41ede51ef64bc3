/** Replaces path prefixes after a folder was moved. */
import type { KnownFile } from "../../../schemas/gallery.ts";
import type { Relocated } from "../gallery-store.ts";
import { FILES, fileOf, folderRange } from "./rows.ts";
import { pages, type SqlSession } from "./sql-database.ts";

/** Rows per query. */
const PORTION = 4096;

export async function* knownFiles(session: SqlSession, folder: string): AsyncGenerator<KnownFile> {
  const [after, before] = folderRange(folder);
  const page = { key: "path", size: PORTION, after };
  for await (const rows of pages(session, `${FILES} WHERE path < ?`, [before], page)) yield* rows.map(fileOf);
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
