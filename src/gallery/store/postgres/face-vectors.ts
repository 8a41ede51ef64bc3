/**
 * `face_vector`: a copy of the faces' codes with pgvector's HNSW index, updated in the same transactions as the faces. Codes are
 * integers that half-precision floats represent exactly.
 *
 * Each transaction queries the catalogue for the table, because another process may have created it. (`to_regclass` is not
 * suitable: it may return the state before the transaction's lock was acquired.)
 */
import { FaceNetError } from "../../../errors.ts";
import type { GalleryIdentity } from "../../../schemas/gallery.ts";
import type { SqlSession } from "../sql/sql-database.ts";
import type { PostgresAddress } from "./postgres-address.ts";
import { SET_SEARCH_PATH } from "./postgres-pool.ts";

/** pgvector's limit for an index over `halfvec`. */
const MAX_DIMENSIONS = 4000;

/** Whether the database has pgvector with iterative index scans (0.8 or later). */
export async function hasPgvector(session: SqlSession): Promise<boolean> {
  const row = await session.get(
    "SELECT string_to_array(extversion, '.')::int[] >= ARRAY[0, 8] AS fit FROM pg_extension WHERE extname = 'vector'",
  );
  return row?.fit === true;
}

/** Type of the table's embeddings, such as `halfvec(128)`; undefined if there is no table. */
export async function faceVectorType(session: SqlSession): Promise<string | undefined> {
  const row = await session.get(
    `SELECT typname || '(' || atttypmod || ')' AS type FROM pg_attribute
     JOIN pg_class ON pg_class.oid = attrelid JOIN pg_type ON pg_type.oid = atttypid
     WHERE relnamespace = current_schema()::regnamespace AND relname = 'face_vector' AND attname = 'embedding'`,
  );
  return row?.type as string | undefined;
}

export const vectorType = (dimensions: number): string => `halfvec(${dimensions})`;

/** Rebuilds the table from the faces; without pgvector, or if codes are too long for it, there is none. */
export async function makeFaceVectors(
  session: SqlSession,
  { dimensions }: Pick<GalleryIdentity, "dimensions">,
  { schema }: PostgresAddress,
): Promise<void> {
  await session.run("DROP TABLE IF EXISTS face_vector");
  if (dimensions > MAX_DIMENSIONS || !(await hasPgvector(session))) return;
  await session.run(SET_SEARCH_PATH, schema); // pgvector may be newer than the connection
  await session.run(
    `CREATE TABLE face_vector (
       face bigint PRIMARY KEY REFERENCES face ON DELETE CASCADE,
       embedding ${vectorType(dimensions)} NOT NULL
     )`,
  );
  await session.run(`INSERT INTO face_vector SELECT id, ${embeddingOf(dimensions)} FROM face WHERE length(code) = ${dimensions}`);
  await session.run("CREATE INDEX face_vector_nearest ON face_vector USING hnsw (embedding halfvec_cosine_ops)");
}

/** Adds new faces to the table, if it exists. Skips codes of a wrong length, which `gallery check` reports. */
export async function addFaceVectors(
  session: SqlSession,
  faces: readonly { readonly id: number; readonly code: Int8Array }[],
): Promise<void> {
  if (faces.length === 0) return;
  const type = await faceVectorType(session);
  const fitting = faces.filter(({ code }) => vectorType(code.length) === type);
  if (fitting.length === 0) return;
  await session.run(
    `INSERT INTO face_vector (face, embedding) VALUES ${fitting.map(() => "(?, ?)").join(", ")}
     ON CONFLICT (face) DO UPDATE SET embedding = excluded.embedding`,
    ...fitting.flatMap(({ id, code }) => [id, vectorText(code)]),
  );
}

/** Number of faces missing from or differing in the table; 0 if there is no table. */
export async function wrongFaceVectors(session: SqlSession): Promise<number> {
  const dimensions = Number(/\d+/.exec((await faceVectorType(session)) ?? "")?.[0] ?? 0);
  if (dimensions === 0) return 0;
  const row = await session.get(
    `SELECT count(*) AS n FROM face LEFT JOIN face_vector ON face_vector.face = face.id
     WHERE length(code) = ${dimensions} AND embedding IS DISTINCT FROM ${embeddingOf(dimensions)}`,
  );
  return row?.n as number;
}

/** @throws FaceNetError GALLERY_DIMENSIONS_MISMATCH if the table does not fit the gallery's embeddings */
export async function requireFittingVectors(
  session: SqlSession,
  { dimensions }: Pick<GalleryIdentity, "dimensions">,
  { name, schema }: PostgresAddress,
): Promise<boolean> {
  const actual = await faceVectorType(session);
  const wanted = vectorType(dimensions);
  if (actual !== undefined && actual !== wanted)
    throw new FaceNetError("GALLERY_DIMENSIONS_MISMATCH", { gallery: name, table: `${schema}.face_vector`, actual, wanted });
  return actual !== undefined;
}

/** A code in pgvector's text format. */
export const vectorText = (code: Int8Array): string => `[${code.join()}]`;

/** SQL expression for the embedding of a row's code of signed bytes. */
function embeddingOf(dimensions: number): string {
  return `(
    SELECT array_agg(CASE WHEN byte > 127 THEN byte - 256 ELSE byte END ORDER BY place)
    FROM (SELECT place, get_byte(code, place) AS byte FROM generate_series(0, ${dimensions - 1}) AS place) AS bytes
  )::${vectorType(dimensions)}`;
}
