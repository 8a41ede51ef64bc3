/** Checks the tables of a gallery in PostgreSQL for damage. */
import { reasonOf } from "../../../errors.ts";
import type { SqlSession } from "../sql/sql-database.ts";
import { wrongFaceVectors } from "./face-vectors.ts";

/** Foreign keys. The server enforces them, but a damaged index may not. */
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

/** Reads every row to detect unreadable pages, and checks every foreign key. */
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
    if (count > 0) found.push(`${table}: ${count} rows refer to a missing ${other}`);
  }
  const wrong = await wrongFaceVectors(session);
  if (wrong > 0)
    found.push(
      `face_vector: ${wrong} faces are missing or differ; drop the table, it is rebuilt when the gallery is next opened`,
    );
  return found;
}
