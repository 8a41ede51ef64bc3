/** A gallery on a PostgreSQL server: any number of processes read and write it at a time. */
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { FaceNetError, reasonOf } from "../../errors.ts";
import type { SqlDatabase, SqlSession } from "../sql/sql-database.ts";
import { damageOf } from "./damage.ts";
import { erase } from "./erase.ts";
import { migrate } from "./migrate.ts";
import { type PostgresAddress, parsePostgresAddress } from "./postgres-address.ts";
import { galleryError, isCollision, isUnreachable } from "./postgres-errors.ts";
import { createPool, createSession } from "./postgres-pool.ts";

/** Many workers share one server, which by default takes 100 connections. */
const CONNECTIONS = 4;
const CONNECT_TIMEOUT_MS = 10_000;
/** Before work is done again that met another's, or whose connection broke: long enough for a server to be restarted. */
const WAITS_MS = [50, 500, 2000, 5000];
/** First half of the key of the gallery's advisory lock ("face"); the second is the schema's name. */
const LOCK_SPACE = 0x66_61_63_65;

export type PostgresOptions = {
  /** Connections at a time. Default 4. */
  readonly connections?: number;
  /** How long to wait for the server to answer. Default 10,000. */
  readonly connectTimeoutMs?: number;
};

/**
 * Opens a gallery, making its tables where there are none.
 *
 * @param address postgres://user:password@host:port/database?schema=facenet; what is missing comes from PGHOST,
 *   PGUSER, PGPASSWORD and the like, or ~/.pgpass
 * @throws FaceNetError GALLERY_UNREACHABLE, GALLERY_ACCESS_DENIED, GALLERY_DATABASE_MISSING, GALLERY_TOO_NEW; of every later
 *   call GALLERY_UNREACHABLE, GALLERY_ACCESS_DENIED, GALLERY_NOT_WRITABLE, GALLERY_DAMAGED
 */
export async function openPostgresDatabase(
  address: string,
  { connections = CONNECTIONS, connectTimeoutMs = CONNECT_TIMEOUT_MS }: PostgresOptions = {},
): Promise<SqlDatabase> {
  const parsed = parsePostgresAddress(address);
  const pool = createPool(parsed, connections, connectTimeoutMs);
  try {
    await migrate(pool, parsed);
  } catch (error) {
    await pool.end();
    throw galleryError(error, parsed);
  }
  return databaseOver(pool, parsed);
}

function databaseOver(pool: pg.Pool, address: PostgresAddress): SqlDatabase {
  const { name, schema } = address;
  const session = createSession((sql, values) => pool.query(sql, values), address);
  const transaction = <T>(work: (session: SqlSession) => Promise<T>, { exclusive = false } = {}): Promise<T> =>
    patiently(() => transact(pool, address, work, exclusive));

  return {
    name,
    dialect: {
      isOneOf: (column) => `${column} IN (SELECT value::bigint FROM json_array_elements_text(?::json) AS list (value))`,
      lockRows: "FOR UPDATE",
    },
    all: (sql, ...values) => patiently(() => session.all(sql, ...values)),
    get: (sql, ...values) => patiently(() => session.get(sql, ...values)),
    run: (sql, ...values) => transaction((inner) => inner.run(sql, ...values)),
    transaction,
    async revision() {
      const row = await patiently(() => session.get("SELECT coalesce(sum(writes), 0)::text AS writes FROM write_count"));
      return row?.writes as string;
    },
    erase: () => erase(pool, address),
    damage: () => damageOf(session),
    async backup() {
      const reason = `is on a PostgreSQL server; back it up with \`pg_dump --schema ${schema} ${address.database}\`, or write it to files with \`facenet gallery export\``;
      throw new FaceNetError("OPTION_INVALID", { option: "gallery (--gallery)", reason });
    },
    close: () => pool.end(),
  };
}

/** Does work again that came to nothing through no fault of its own, a few times. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (const wait of WAITS_MS) {
    try {
      return await work();
    } catch (error) {
      if (!isCollision(error) && !(isUnreachable(error) && !(error instanceof CommitError))) throw error;
      await sleep(wait);
    }
  }
  return work();
}

/** The connection broke while the end of a transaction was on its way: doing the work again might do it twice. */
class CommitError extends FaceNetError {}

async function transact<T>(
  pool: pg.Pool,
  address: PostgresAddress,
  work: (session: SqlSession) => Promise<T>,
  exclusive: boolean,
): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw galleryError(error, address);
  });
  const session = createSession((sql, values) => client.query(sql, values), address);
  let committing = false;
  try {
    // What reads, decides and then writes is alone; what only adds shares the gallery with others that do.
    const lock = exclusive ? "pg_advisory_xact_lock" : "pg_advisory_xact_lock_shared";
    await session.run(`BEGIN; SELECT ${lock}(${LOCK_SPACE}, hashtext('${address.schema}'))`);
    const result = await work(session);
    committing = true;
    await session.run(COUNT_AND_COMMIT);
    client.release();
    return result;
  } catch (error) {
    await client.query("ROLLBACK").then(
      () => client.release(),
      (broken: unknown) => client.release(broken instanceof Error ? broken : true),
    );
    if (committing && isUnreachable(error)) {
      const reason = `${reasonOf((error as FaceNetError).cause)}, just when a change was to be kept: whether it was is not known`;
      throw new CommitError("GALLERY_UNREACHABLE", { gallery: address.name, reason }, error);
    }
    throw error;
  }
}

/** The count is the last thing that a transaction locks: it never waits with it. */
const COUNT_AND_COMMIT = `
  INSERT INTO write_count (slot, writes) VALUES (pg_backend_pid() % 64, 1)
  ON CONFLICT (slot) DO UPDATE SET writes = write_count.writes + 1;
  COMMIT`;
