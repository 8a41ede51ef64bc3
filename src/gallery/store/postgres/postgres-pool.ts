/** Connections to one gallery's schema, and statements over them: `?` for values, numbers for whole numbers. */
import pg from "pg";
import type { SqlRow, SqlSession, SqlValue } from "../sql/sql-database.ts";
import type { PostgresAddress } from "./postgres-address.ts";
import { galleryError } from "./postgres-errors.ts";

const INT8: number = pg.types.builtins.INT8;

/** Whole numbers of 64 bits as numbers: ids, sizes and counts stay far below 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: "text" | "binary") =>
    oid === INT8 && format !== "binary" ? Number : pg.types.getTypeParser(oid, format as "text"),
};

/** Names are looked for in the gallery's schema, and those of pgvector where that lies. */
export const SET_SEARCH_PATH = `
  SELECT set_config('search_path', concat_ws(', ', $1::text, (
    SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'vector'
  )), false)`;

/** @param connections how many at most */
export function createPool({ connection, schema }: PostgresAddress, connections: number, connectTimeoutMs: number): pg.Pool {
  // Set for the pool, the limit would count the time in the queue for a connection, too.
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
      client.on("error", () => undefined); // the statement under way fails by itself, the next over this connection, too
      await client.query(SET_SEARCH_PATH, [schema]);
    },
  });
  pool.on("error", () => undefined); // an idle connection broke: it is replaced when one is wanted
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

/** `?` as `$1`, `$2`, …; the gallery's statements have no question mark elsewhere. */
function numbered(sql: string): string {
  let count = 0;
  return sql.replaceAll("?", () => `$${++count}`);
}
