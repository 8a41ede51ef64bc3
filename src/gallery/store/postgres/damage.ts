/** What is wrong with the tables of a gallery in PostgreSQL. */
import { reasonOf } from "../../../errors.ts";
import type { SqlSession } from "../sql/sql-database.ts";
import { wrongFaceVectors } from "./face-vectors.ts";

/** Each column that refers to another table's rows. The server keeps them whole; a damaged index would not. */
const references = [
  ["face", "photograph", "photograph", "id"],
  ["face", "person", "person", "id"],
  ["file", "photograph", "photograph", "id"],
  ["link", "a", "face", "id"],
  ["link", "b", "face", "id"],
  ["rejection", "face", "face", "id"],
  ["rejection", "person", "person", "id"],
  ["migrated", "face", "face", "id"],
  ["migrated_photograph", "photograph", "photograph", "id"],
] as const;

/** Reads every row, so that a page that cannot be read comes to light, and follows every reference. */
export async function damageOf(session: SqlSession): Promise<string[]> {
  const found: string[] = [];
  for (const table of new Set(["property", "correction", ...references.flatMap(([table, , other]) => [table, other])])) {
    await session
      .get(`SELECT sum(length(t::text)) AS characters FROM ${table} t`)
      .catch((error: unknown) => found.push(`${table}: ${reasonOf(error)}`));
  }
  for (const [table, column, other, key] of references) {
    const orphans = await session.get(
      `SELECT count(*) AS n FROM ${table} t WHERE t.${column} IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM ${other} o WHERE o.${key} = t.${column})`,
    );
    const count = orphans?.n as number;
    if (count > 0) found.push(`${table}: ${count} rows refer to a ${other} that is not there`);
  }
  const wrong = await wrongFaceVectors(session);
  if (wrong > 0)
    found.push(`face_vector: ${wrong} faces are missing or differ; drop the table, it is made again at the next opening`);
  return found;
}
