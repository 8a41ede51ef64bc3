/**
 * PostgreSQL servers for tests: PGlite with pgvector behind a socket always, and the one of DATABASE_URL where it is set.
 * Each use has a schema of its own, which is dropped at the end.
 */
import { randomUUID } from "node:crypto";
import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import pg from "pg";

export type TestServer = {
  /** Of a schema of its own. */
  readonly address: string;
  readonly schema: string;
  /** PGlite runs one statement of one connection at a time, and mixes up those of several. */
  readonly connections: number;
  /** Statements of the test's own, in the schema. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
};

/** @param pgvector without it the server does not have the extension */
export async function startPglite({ pgvector = true } = {}): Promise<TestServer> {
  const db = await PGlite.create({ extensions: pgvector ? { vector } : {} });
  const server = new PGLiteSocketServer({ db, port: 0, maxConnections: 20 });
  const listening = new Promise<string>((resolve) => {
    server.addEventListener("listening", (event) => {
      const { host, port } = (event as CustomEvent<{ host: string; port: number }>).detail;
      resolve(`${host}:${port}`);
    });
  });
  await server.start();
  const base = `postgres://postgres@${await listening}/postgres`;
  const stop = async () => {
    await server.stop();
    await db.close();
  };
  return testServer(base, "facenet", 1, stop);
}

/** The server of DATABASE_URL; the tests over it are skipped where that is not set. */
export const databaseUrl = process.env.DATABASE_URL;

export function useServer(address: string): TestServer {
  const schema = `facenet_test_${randomUUID().replaceAll("-", "_")}`;
  return testServer(address, schema, 4, async () => {
    await query(address, `DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  });
}

function testServer(base: string, schema: string, connections: number, stop: () => Promise<void>): TestServer {
  const address = new URL(base);
  address.searchParams.set("schema", schema);
  return {
    address: address.href,
    schema,
    connections,
    query: (sql) => query(base, `SET search_path TO ${schema}, public; ${sql}`),
    stop,
  };
}

async function query(address: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  try {
    const results: unknown = await client.query(sql); // one for each statement
    return ((Array.isArray(results) ? results.at(-1) : results) as pg.QueryResult).rows;
  } finally {
    await client.end();
  }
}
