/** Connection pool for one gallery's schema. Statements use `?` for values; 64-bit integers are returned as numbers. */
import pg from "pg";
import type { SqlRow, SqlSession, SqlValue } from "../sql/sql-database.ts";
import type { PostgresAddress } from "./postgres-address.ts";
import { galleryError } from "./postgres-errors.ts";

const INT8: number = pg.types.builtins.INT8;

/** Parses 64-bit integers as numbers: ids, sizes and counts are far below 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: "text" | "binary") =>
    oid === INT8 && format !== "binary" ? Number : pg.types.getTypeParser(oid, format as "text"),
};

/** Sets the search path to the gallery's schema and that of pgvector. */
export const SET_SEARCH_PATH = `
  SELECT set_config('search_path', concat_ws(', ', $1::text, (
    SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'vector'
  )), false)`;

/** @param connections maximum number */
export function createPool({ connection, schema }: PostgresAddress, connections: number, connectTimeoutMs: number): pg.Pool {
  // As an option of the pool, the limit would include the time waiting for a free connection.
  class Client extends pg.Client {
    constructor(config?: pg.ClientConfig) {
      super({ ...config, connectionTimeoutMillis: connectTimeoutMs });
    }
  }
  const pool = new pg.Pool({
    connectionString: connection,
    max: connections,
    Client,
    keepAlive: true,
    application_name: "facenet",
    types,
    onConnect: async (client) => {
      client.on("error", () => undefined); // the current statement fails by itself, as does the next over this connection
      await client.query(SET_SEARCH_PATH, [schema]);
    },
  });
  pool.on("error", () => undefined); // a broken idle connection is replaced when needed
  return pool;
}

/** @param run sends a statement with `$1`, `$2`, … */
export function createSession(run: (sql: string, values: SqlValue[]) => Promise<pg.QueryResult>, address: PostgresAddress) {
  const send = (sql: string, values: readonly SqlValue[]): Promise<pg.QueryResult> =>
    run(numbered(sql), [...values]).catch((error: unknown) => {
      throw galleryError(error, address);
    });
  return {
    all: async (sql, ...values) => (await send(sql, values)).rows as SqlRow[],
    get: async (sql, ...values) => (await send(sql, values)).rows[0] as SqlRow | undefined,
    run: async (sql, ...values) => (await send(sql, values)).rowCount ?? 0,
  } satisfies SqlSession;
}

/** Replaces `?` with `$1`, `$2`, …; the statements have no other question marks. */
function numbered(sql: string): string {
  let count = 0;
  return sql.replaceAll("?", () => `$${++count}`);
}
