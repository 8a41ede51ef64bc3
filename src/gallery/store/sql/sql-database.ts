/**
 * Interface between the gallery and a database. Statements are the same for SQLite and PostgreSQL, with `?` for values. Rows have
 * values that both engines support: numbers, strings, bytes and null.
 */
import type { GalleryIdentity } from "../../../schemas/gallery.ts";
import type { HnswIndex } from "../gallery-store.ts";

export type SqlValue = number | string | Uint8Array | null;
export type SqlRow = Readonly<Record<string, unknown>>;

export type SqlSession = {
  all(sql: string, ...values: readonly SqlValue[]): Promise<SqlRow[]>;
  get(sql: string, ...values: readonly SqlValue[]): Promise<SqlRow | undefined>;
  /** @returns rows changed */
  run(sql: string, ...values: readonly SqlValue[]): Promise<number>;
};

/**
 * Reads rows in order of a key, one query for each page.
 *
 * @param sql ends with a condition
 * @param page.after the first page begins behind this key. Default 0.
 */
export async function* pages(
  session: SqlSession,
  sql: string,
  values: readonly SqlValue[],
  { key, size, after = 0 }: { readonly key: string; readonly size: number; readonly after?: SqlValue },
): AsyncGenerator<SqlRow[]> {
  for (let last = after; ; ) {
    const rows = await session.all(`${sql} AND ${key} > ? ORDER BY ${key} LIMIT ${size}`, ...values, last);
    if (rows.length > 0) yield rows;
    if (rows.length < size) return;
    last = rows.at(-1)?.[key] as SqlValue;
  }
}

/** Hooks for engine-specific work in the same transaction. */
export type SqlHooks = {
  /** The identity was set, or has changed by migration. */
  readonly onIdentity?: (session: SqlSession, identity: GalleryIdentity) => Promise<void>;
  readonly onCodes?: (session: SqlSession, faces: readonly { readonly id: number; readonly code: Int8Array }[]) => Promise<void>;
};

/** Outside a transaction, every statement is its own transaction and sees only committed data. */
export type SqlDatabase = SqlSession &
  SqlHooks & {
    /** Path or address, without a password. */
    readonly name: string;
    readonly dialect: SqlDialect;
    /** An index of embeddings that the engine maintains with its hooks. */
    readonly hnswIndex?: HnswIndex | undefined;
    /**
     * Runs `work` atomically, one transaction after another.
     *
     * @param exclusive also serialised across processes, for read-modify-write work
     */
    transaction<T>(work: (session: SqlSession) => Promise<T>, options?: { readonly exclusive?: boolean }): Promise<T>;
    /** Changes with every commit, by any process. */
    revision(): Promise<string>;
    /** Erases deleted rows from free pages and logs. */
    erase(): Promise<void>;
    /** Problems found in the database's files. */
    damage(): Promise<string[]>;
    backup(file: string): Promise<void>;
    close(): Promise<void>;
  };

/** SQL dialect differences. */
export type SqlDialect = {
  /** A condition with one `?` for a JSON array of integers. */
  readonly isOneOf: (column: string) => string;
  /** Suffix of a SELECT that locks its rows until the transaction ends; empty if there is only one writer. */
  readonly lockRows: string;
};
