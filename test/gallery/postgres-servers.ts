/**
 * PostgreSQL servers for tests: always PGlite with pgvector behind a socket; and a server for many connections, from DATABASE_URL
 * or started for the test if PostgreSQL is installed. Each use has a separate schema there.
 */
import { execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import pg from "pg";

export type TestServer = {
  /** Of a separate schema. */
  readonly address: string;
  readonly schema: string;
  /** PGlite runs one statement of one connection at a time, and mixes up several connections. */
  readonly connections: number;
  /** Runs statements of the test in the schema. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
};

/** @param pgvector false: a server without the extension */
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

const databaseUrl = process.env.DATABASE_URL;
const programs = databaseUrl === undefined ? installedPrograms() : undefined;

/** Whether there is a server for many connections; otherwise tests that need one are skipped. */
export const hasServer = databaseUrl !== undefined || programs !== undefined;

export async function startServer(): Promise<TestServer> {
  const { address, stop } = databaseUrl === undefined ? await startInstalled() : { address: databaseUrl, stop: undefined };
  const schema = `facenet_test_${randomUUID().replaceAll("-", "_")}`;
  return testServer(address, schema, 4, async () => {
    if (stop) await stop();
    else await query(address, `DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  });
}

/** Folder of initdb and postgres, which Debian does not add to the path. */
function installedPrograms(): string | undefined {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, "bin")) : [];
  return [...(process.env.PATH ?? "").split(delimiter), ...versions].find(
    (folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")),
  );
}

/** A separate server with files in a temporary folder, on the loopback address only. */
async function startInstalled(): Promise<{ address: string; stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "facenet-postgres-"));
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}; // it refuses to run as root
  const [data, password] = [join(folder, "data"), join(folder, "password")];
  await writeFile(password, "secret");
  if (user.uid !== undefined) for (const path of [folder, password]) await chown(path, user.uid, user.gid);
  const initdb = [
    "-D",
    data,
    "-U",
    "postgres",
    "-A",
    "scram-sha-256",
    "--pwfile",
    password,
    "-E",
    "UTF8",
    "--locale=C",
    "--no-sync",
  ];
  await promisify(execFile)(join(programs as string, "initdb"), initdb, { ...user, cwd: folder });
  const port = await freePort();
  const settings = [`port=${port}`, "listen_addresses=127.0.0.1", `unix_socket_directories=${folder}`, "fsync=off"];
  const server = spawn(join(programs as string, "postgres"), ["-D", data, ...settings.flatMap((setting) => ["-c", setting])], {
    ...user,
    cwd: folder,
    stdio: "ignore",
  });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  const address = `postgres://postgres:secret@127.0.0.1:${port}/postgres`;
  for (let tries = 1; ; tries++) {
    const error = await query(address, "SELECT 1").then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!error) break;
    if (tries === 100 || server.exitCode !== null) throw error;
    await sleep(100);
  }
  const stop = async () => {
    server.kill("SIGINT"); // its "fast" shutdown
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  return { address, stop };
}

/** An unused port on the loopback address. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const taken = createServer().listen(0, "127.0.0.1", () => {
      const { port } = taken.address() as AddressInfo;
      taken.close(() => resolve(port));
    });
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
  client.on("error", () => undefined); // the statement under way fails by itself
  await client.connect();
  try {
    const results: unknown = await client.query(sql); // one for each statement
    return ((Array.isArray(results) ? results.at(-1) : results) as pg.QueryResult).rows;
  } finally {
    await client.end();
  }
}
