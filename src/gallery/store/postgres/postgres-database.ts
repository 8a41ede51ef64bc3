/** A gallery on a PostgreSQL server, for any number of concurrent processes. */
import type pg from "pg";
import { FaceNetError } from "../../../errors.ts";
import { identityOf } from "../sql/rows.ts";
import type { SqlDatabase, SqlDialect, SqlSession } from "../sql/sql-database.ts";
import { damageOf } from "./damage.ts";
import { erase } from "./erase.ts";
import { addFaceVectors, hasPgvector, makeFaceVectors, requireFittingVectors } from "./face-vectors.ts";
import { migrate } from "./migrate.ts";
import { createHnswIndex } from "./nearest-faces.ts";
import { type PostgresAddress, parsePostgresAddress } from "./postgres-address.ts";
import { galleryError } from "./postgres-errors.ts";
import { createPool, createSession } from "./postgres-pool.ts";
import { patiently, readWith, transact, WRITE, WRITE_ALONE } from "./transactions.ts";

/** Many workers share one server, whose default limit is 100 connections. */
const CONNECTIONS = 4;
const CONNECT_TIMEOUT_MS = 10_000;

export type PostgresOptions = {
  /** Maximum number of connections. Default 4. */
  readonly connections?: number;
  /** Time to wait for the server to respond. Default 10,000. */
  readonly connectTimeoutMs?: number;
  /** Create missing tables. Default true. */
  readonly create?: boolean;
};

/**
 * Opens a gallery.
 *
 * @param address postgres://user:password@host:port/database?schema=facenet; missing parts come from PGHOST, PGUSER,
 *   PGPASSWORD and so on, or ~/.pgpass
 * @throws FaceNetError GALLERY_UNREACHABLE, GALLERY_ACCESS_DENIED, GALLERY_DATABASE_MISSING, GALLERY_TOO_NEW; without `create`
 *   GALLERY_NOT_FOUND if there are no tables; every later call GALLERY_UNREACHABLE, GALLERY_ACCESS_DENIED,
 *   GALLERY_NOT_WRITABLE, GALLERY_DAMAGED
 */
export async function openPostgresDatabase(
  address: string,
  { connections = CONNECTIONS, connectTimeoutMs = CONNECT_TIMEOUT_MS, create = true }: PostgresOptions = {},
): Promise<SqlDatabase> {
  const parsed = parsePostgresAddress(address);
  const pool = createPool(parsed, connections, connectTimeoutMs);
  try {
    await migrate(pool, parsed, create);
    return databaseOver(pool, parsed, await hasHnswIndex(pool, parsed));
  } catch (error) {
    await pool.end();
    throw galleryError(error, parsed);
  }
}

/**
 * Whether the gallery's embeddings are in pgvector's index; builds the index if pgvector was installed later.
 *
 * @throws FaceNetError GALLERY_DIMENSIONS_MISMATCH
 */
async function hasHnswIndex(pool: pg.Pool, address: PostgresAddress): Promise<boolean> {
  const session = createSession((sql, values) => pool.query(sql, values), address);
  if (!(await hasPgvector(session))) return false;
  const row = await session.get("SELECT value FROM property WHERE name = 'identity'");
  if (!row) return true; // the table is created with the gallery's first face
  const identity = identityOf(row);
  if (await requireFittingVectors(session, identity, address)) return true;
  const made = transact(pool, address, (inner) => makeFaceVectors(inner, identity, address), WRITE_ALONE);
  return made.then(
    () => true,
    (error: unknown) => {
      if (error instanceof FaceNetError && error.code === "GALLERY_ACCESS_DENIED") return false; // read-only: exact search
      throw error;
    },
  );
}

function databaseOver(pool: pg.Pool, address: PostgresAddress, isIndexed: boolean): SqlDatabase {
  const { name, schema, database } = address;
  const session = createSession((sql, values) => pool.query(sql, values), address);
  const transaction = <T>(work: (session: SqlSession) => Promise<T>, { exclusive = false } = {}): Promise<T> =>
    patiently(() => transact(pool, address, work, exclusive ? WRITE_ALONE : WRITE));

  return {
    name,
    dialect,
    all: (sql, ...values) => patiently(() => session.all(sql, ...values)),
    get: (sql, ...values) => patiently(() => session.get(sql, ...values)),
    run: (sql, ...values) => transaction((inner) => inner.run(sql, ...values)),
    transaction,
    onIdentity: (inner, identity) => makeFaceVectors(inner, identity, address),
    onCodes: addFaceVectors,
    hnswIndex: isIndexed
      ? createHnswIndex((settings, work) => patiently(() => transact(pool, address, work, readWith(settings))), dialect)
      : undefined,
    async revision() {
      const row = await patiently(() => session.get("SELECT coalesce(sum(writes), 0)::text AS writes FROM write_count"));
      return row?.writes as string;
    },
    erase: () => erase(pool, address),
    damage: () => damageOf(session),
    async backup() {
      const reason = `is on a PostgreSQL server; back it up with \`pg_dump --schema ${schema} ${database}\`, or write it to files with \`facenet gallery export\``;
      throw new FaceNetError("OPTION_INVALID", { option: "gallery", reason });
    },
    close: () => pool.end(),
  };
}

const dialect: SqlDialect = {
  isOneOf: (column) => `${column} IN (SELECT value::bigint FROM json_array_elements_text(?::json) AS list (value))`,
  lockRows: "FOR UPDATE",
};
