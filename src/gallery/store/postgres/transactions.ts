/** Transactions of a gallery in PostgreSQL: locking, and retries after conflicts and connection failures. */
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { FaceNetError, reasonOf } from "../../../errors.ts";
import type { SqlSession } from "../sql/sql-database.ts";
import type { PostgresAddress } from "./postgres-address.ts";
import { galleryError, isCollision, isUnreachable } from "./postgres-errors.ts";
import { createSession } from "./postgres-pool.ts";

/** Delays before retries after a conflict or connection failure: long enough for a server restart. */
const WAITS_MS = [50, 500, 2000, 5000];
/** First half of the key of the gallery's advisory lock ("face"); the second is the schema's name. */
const LOCK_SPACE = 0x66_61_63_65;

/** Retries work after conflicts and connection failures. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
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

/** The connection broke during commit: a retry might apply the work twice. */
class CommitError extends FaceNetError {}

/** Statements that begin and end a transaction. */
type Frame = { readonly begin: (address: PostgresAddress) => string; readonly end: string };

const beginWith =
  (lock: string) =>
  ({ schema }: PostgresAddress): string =>
    `BEGIN; SELECT ${lock}(${LOCK_SPACE}, hashtext('${schema}'))`;

/** The counter is the last lock a transaction takes, so it is never held while waiting. */
const COUNT_AND_COMMIT = `
  INSERT INTO write_count (slot, writes) VALUES (pg_backend_pid() % 64, 1)
  ON CONFLICT (slot) DO UPDATE SET writes = write_count.writes + 1;
  COMMIT`;

/** Read-modify-write transactions take the lock exclusively; transactions that only add share it. */
export const WRITE_ALONE: Frame = { begin: beginWith("pg_advisory_xact_lock"), end: COUNT_AND_COMMIT };
export const WRITE: Frame = { begin: beginWith("pg_advisory_xact_lock_shared"), end: COUNT_AND_COMMIT };

/** A read-only transaction with local server settings. */
export function readWith(settings: Readonly<Record<string, string | number>>): Frame {
  const set = Object.entries(settings).map(([name, value]) => `; SET LOCAL ${name} = ${value}`);
  return { begin: () => `BEGIN READ ONLY${set.join("")}`, end: "COMMIT" };
}

/** Runs work in a transaction, rolled back on error. */
export async function transact<T>(
  pool: pg.Pool,
  address: PostgresAddress,
  work: (session: SqlSession) => Promise<T>,
  { begin, end }: Frame,
): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw galleryError(error, address);
  });
  const session = createSession((sql, values) => client.query(sql, values), address);
  let committing = false;
  try {
    await session.run(begin(address));
    const result = await work(session);
    committing = end === COUNT_AND_COMMIT;
    await session.run(end);
    client.release();
    return result;
  } catch (error) {
    await client.query("ROLLBACK").then(
      () => client.release(),
      (broken: unknown) => client.release(broken instanceof Error ? broken : true),
    );
    if (committing && isUnreachable(error)) {
      const reason = `${reasonOf((error as FaceNetError).cause)}, during commit: the outcome is unknown`;
      throw new CommitError("GALLERY_UNREACHABLE", { gallery: address.name, reason }, error);
    }
    throw error;
  }
}
