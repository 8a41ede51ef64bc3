/**
 * What the gallery needs of a database, and all that it knows of one: the statements are the same for SQLite and
 * PostgreSQL, with `?` for values. Rows come as both engines can give them: numbers, texts, bytes and null.
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

/** What an engine does besides, in the transaction that the gallery's own statements run in. */
export type SqlHooks = {
  /** The gallery was stamped, or moved to another model. */
  readonly onIdentity?: (session: SqlSession, identity: GalleryIdentity) => Promise<void>;
  readonly onCodes?: (session: SqlSession, faces: readonly { readonly id: number; readonly code: Int8Array }[]) => Promise<void>;
};

/** Outside a transaction every statement is one of its own and sees only what is committed. */
export type SqlDatabase = SqlSession &
  SqlHooks & {
    /** Path or address, without a password. */
    readonly name: string;
    readonly dialect: SqlDialect;
    /** An index of embeddings that the engine keeps by its hooks. */
    readonly hnswIndex?: HnswIndex | undefined;
    /**
     * Runs `work` whole or not at all, one after the other.
     *
     * @param exclusive also one at a time among all processes: for work that reads, decides and then writes
     */
    transaction<T>(work: (session: SqlSession) => Promise<T>, options?: { readonly exclusive?: boolean }): Promise<T>;
    /** Changes whenever something was committed, also by another process. */
    revision(): Promise<string>;
    /** Makes sure that nothing of deleted rows is left in free pages or logs. */
    erase(): Promise<void>;
    /** What is wrong with the files, in words. */
    damage(): Promise<string[]>;
    backup(file: string): Promise<void>;
    close(): Promise<void>;
  };

/** Where the engines' languages differ. */
export type SqlDialect = {
  /** A condition with one `?` that stands for a list of whole numbers as JSON. */
  readonly isOneOf: (column: string) => string;
  /** Ends a SELECT of rows that nobody else may refer to until the transaction ends; empty where nobody else writes then. */
  readonly lockRows: string;
};
