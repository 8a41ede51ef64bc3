import { type AddressInfo, createServer } from "node:net";
import { inspect } from "node:util";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { freePort, hasServer, startPglite, startServer, type TestServer } from "../../../../test/gallery/postgres-servers.ts";
import { describeGalleryStore, testFace, testFile, testIdentity } from "../../../../test/gallery/store-conformance.ts";
import { insertOldFailures, oldFailures } from "../../../../test/gallery/test-files.ts";
import type { NewFace } from "../../../schemas/gallery.ts";
import type { GalleryStore } from "../gallery-store.ts";
import { postgresMigrations as migrations } from "../sql/migrations.ts";
import { createSqlStore } from "../sql/sql-store.ts";
import { openPostgresDatabase } from "./postgres-database.ts";

const TABLES =
  "correction, face, file, link, migrated, migrated_photograph, person, photograph, property, forgotten, rejection, undecided, write_count";

describeServer("PGlite", startPglite);
describe.skipIf(!hasServer)("where there is a server", () => describeServer("a server", startServer));

function describeServer(name: string, start: () => Promise<TestServer>): void {
  let server: TestServer;
  let opened: GalleryStore[] = [];
  const open = async (address = server.address): Promise<GalleryStore> => {
    const store = createSqlStore(await openPostgresDatabase(address, { connections: server.connections }));
    opened.push(store);
    return store;
  };

  describe(name, () => {
    beforeAll(async () => {
      server = await start();
      await open();
    });
    afterEach(async () => {
      for (const store of opened) await store.close();
      opened = [];
      await server.query(`DROP TABLE IF EXISTS face_vector; TRUNCATE ${TABLES} RESTART IDENTITY`);
    });
    afterAll(() => server.stop());

    describeGalleryStore(`a gallery on ${name}`, open);

    it("omits the password from its name", async () => {
      const secret = server.address.replace(/\/\/postgres(:[^@]*)?@/, "//postgres:secret@");
      const store = await open(secret);
      expect(store.name).toMatch(/^postgres:\/\/postgres@/);
      await expect(store.backup("copy.db")).rejects.toMatchObject({
        code: "OPTION_INVALID",
        message: expect.stringContaining(`pg_dump --schema ${server.schema}`),
      });
    });

    it("rejects a gallery with a newer schema", async () => {
      await server.query("UPDATE schema_version SET version = 99");
      await expect(open()).rejects.toMatchObject({ code: "GALLERY_TOO_NEW", data: { actual: 99 } });
      await server.query(`UPDATE schema_version SET version = ${migrations.length}`);
    });

    it("migrates a gallery of an older schema version with its data", async () => {
      const version = "CREATE TABLE schema_version (version integer NOT NULL); INSERT INTO schema_version VALUES (1)";
      const old = `${server.schema}_old`;
      await server.query(`CREATE SCHEMA ${old}; SET search_path TO ${old}; ${version}; ${migrations[0]}; ${insertOldFailures}`);
      const address = new URL(server.address);
      address.searchParams.set("schema", old);
      const store = await open(address.href);
      for (const { path, message } of oldFailures) expect(await store.knownFile(path)).toMatchObject({ error: { message } });
      expect(await store.check()).toEqual([]);
      await server.query(`DROP SCHEMA ${old} CASCADE`);
    });

    it("rolls back a call that fails halfway", async () => {
      const store = await open();
      const bad = { ...testFace(1, 2, 3, 4), box: undefined as unknown as NewFace["box"] };
      await expect(store.recordFile(testFile("a.jpg", [testFace(1, 2, 3, 4), bad]))).rejects.toMatchObject({
        code: "GALLERY_NOT_WRITABLE",
      });
      expect(await store.statistics()).toMatchObject({ photographs: 0, files: 0, faces: 0 });
    });

    it("leaves no trace of a forgotten face in its tables' files", async () => {
      const store = await open();
      await store.adopt(testIdentity);
      const code = [101, 57, -99, 44];
      const { photograph, faces } = await store.recordFile(testFile("secret-holiday.jpg", [testFace(...code)], "h1"));
      await store.correct({ kind: "create", name: "Mata Hari", faces: [...faces] });
      const bytes = Buffer.from(Int8Array.from(code).buffer).toString("hex");
      const traces = async () => {
        const rows = await server.query(`CHECKPOINT; SELECT relname FROM pg_class
          WHERE relnamespace = '${server.schema}'::regnamespace AND relkind IN ('r', 'i') AND pg_relation_size(oid) > 0 AND EXISTS (
            SELECT 1 FROM (VALUES ('\\x${bytes}'::bytea), ('secret-holiday'), ('Mata Hari')) AS trace (bytes)
            WHERE position(bytes IN pg_read_binary_file(pg_relation_filepath(oid))) > 0)`);
        return rows.map(({ relname }) => relname);
      };
      expect(await traces()).toEqual(expect.arrayContaining(["face", "file", "file_pkey", "person"]));
      await store.forgetPerson((await store.personByName("Mata Hari"))?.id as number);
      await store.forgetPhotograph(photograph);
      expect(await traces()).toEqual([]);
    });

    it("finds references to missing rows", async () => {
      const store = await open();
      await store.recordFile(testFile("a.jpg", [testFace(1, 2, 3, 4)]));
      await server.query(
        "ALTER TABLE face DISABLE TRIGGER ALL; UPDATE face SET person = 77; ALTER TABLE face ENABLE TRIGGER ALL",
      );
      expect(await store.check()).toEqual(["face: 1 rows refer to a missing person"]);
    });
  });
}

describe.skipIf(!hasServer)("many connections to a server", () => {
  let server: TestServer;
  const opened: GalleryStore[] = [];
  const open = async (address = server.address): Promise<GalleryStore> => {
    const store = createSqlStore(await openPostgresDatabase(address));
    opened.push(store);
    return store;
  };
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(async () => {
    for (const store of opened) await store.close();
    await server.stop();
  });

  it("creates the tables once if many connections open the gallery concurrently", async () => {
    const stores = await Promise.all(Array.from({ length: 8 }, () => open()));
    expect(await Promise.all(stores.map((store) => store.check()))).toEqual(stores.map(() => []));
    expect(await server.query("SELECT version FROM schema_version")).toEqual([{ version: migrations.length }]);
  });

  it("stores one content once if many connections add it concurrently while its last path is removed", async () => {
    const stores = opened.slice(0, 4);
    for (let round = 0; round < 20; round++) {
      await Promise.all(
        stores.map(async (store, i) => {
          await store.recordFile(testFile(`${i}.jpg`, [testFace(1, 2, 3, 4)], `shared ${round}`));
          await store.recordFile(testFile(`${i}.jpg`, [testFace(1, 2, 3, 4), testFace(4, 3, 2, 1)], `shared again ${round}`));
        }),
      );
    }
    const [store] = stores as [GalleryStore];
    expect(await store.statistics()).toMatchObject({ photographs: 1, files: 4, faces: 2 });
    expect(await Array.fromAsync(store.knownPaths())).toHaveLength(4);
  });

  it("serialises corrections: of many that use the same name, one succeeds", async () => {
    const results = await Promise.allSettled(opened.map((store) => store.correct({ kind: "create", name: "Ada", faces: [] })));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const result of results)
      if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "PERSON_NAME_TAKEN" });
  });

  it("recovers from connections closed by the server, without repeating any work", async () => {
    const [store] = opened as [GalleryStore];
    const before = await store.statistics();
    const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'facenet' AND pid <> pg_backend_pid()`;
    const files = Array.from({ length: 200 }, (_, i) => testFile(`ended ${i}.jpg`, [testFace(i, 1, 1, 1)]));
    const work = Promise.allSettled(files.map((file) => store.recordFile(file)));
    for (let i = 0; i < 5; i++) await server.query(end);
    const failures = (await work).filter((result) => result.status === "rejected");
    // If a connection ended during a commit, the caller gets an error; everything else is stored.
    for (const { reason } of failures)
      expect(reason).toMatchObject({ code: "GALLERY_UNREACHABLE", message: expect.stringContaining("unknown") });
    expect((await store.statistics()).faces).toBeGreaterThanOrEqual(before.faces + files.length - failures.length);
    for (const file of files) await store.recordFile(file);
    expect(await store.statistics()).toMatchObject({ faces: before.faces + files.length });
  });

  it("reports denied access, a missing database and an unreachable server", async () => {
    const at = (change: (url: URL) => void) => {
      const url = new URL(server.address);
      change(url);
      return openPostgresDatabase(url.href).then(
        () => undefined,
        (error: unknown) => error,
      );
    };
    const denied = await at((url) => {
      url.password = "not-the-password";
    });
    expect(denied).toMatchObject({ code: "GALLERY_ACCESS_DENIED" });
    expect(JSON.stringify([denied, (denied as Error).message])).not.toContain("not-the-password");
    const missing = await at((url) => {
      url.pathname = "/no_such_database";
    });
    expect(missing).toMatchObject({
      code: "GALLERY_DATABASE_MISSING",
      message: expect.stringContaining("createdb no_such_database"),
    });
  });

  it("reports that an older transaction may still see a forgotten face", async () => {
    const [store] = opened as [GalleryStore];
    const { photograph } = await store.recordFile(testFile("forgotten.jpg", [testFace(7, 7, 7, 7)]));
    const other = new pg.Client({ connectionString: server.address });
    await other.connect();
    await other.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1");
    await expect(store.forgetPhotograph(photograph)).rejects.toMatchObject({
      code: "GALLERY_NOT_WRITABLE",
      message: expect.stringContaining("run this again"),
    });
    await other.end();
    expect(await store.photograph(photograph)).toBeUndefined();
  });

  it("denies a user without privileges, and allows others what they are granted", async () => {
    const reader = `${server.schema}_reader`;
    await server.query(`CREATE ROLE ${reader} LOGIN PASSWORD 'reads'`);
    try {
      const address = new URL(server.address);
      [address.username, address.password] = [reader, "reads"];
      await expect(openPostgresDatabase(address.href)).rejects.toMatchObject({ code: "GALLERY_ACCESS_DENIED" });
      await server.query(
        `GRANT USAGE ON SCHEMA ${server.schema} TO ${reader}; GRANT SELECT ON ALL TABLES IN SCHEMA ${server.schema} TO ${reader}`,
      );
      const store = await open(address.href);
      expect(await store.check()).toEqual([]);
      const file = testFile("new.jpg", [testFace(1, 2, 3, 4)]);
      await expect(store.recordFile(file)).rejects.toMatchObject({ code: "GALLERY_ACCESS_DENIED" });
      await server.query(`GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${server.schema} TO ${reader}`);
      expect(await store.recordFile(file)).toMatchObject({ added: true });
      await expect(store.forgetPerson(9999)).rejects.toMatchObject({ code: "PERSON_NOT_FOUND" });
    } finally {
      await server.query(`DROP OWNED BY ${reader}; DROP ROLE ${reader}`);
    }
  });
});

describe.skipIf(!hasServer)("a user who owns a schema and may not create any", () => {
  it("can use it for a gallery", async () => {
    const server = await startServer();
    const owner = `${server.schema}_owner`;
    await server.query(`CREATE ROLE ${owner} LOGIN PASSWORD 'owns'; CREATE SCHEMA ${server.schema} AUTHORIZATION ${owner}`);
    const address = new URL(server.address);
    [address.username, address.password] = [owner, "owns"];
    const store = createSqlStore(await openPostgresDatabase(address.href));
    await store.adopt(testIdentity);
    const { photograph } = await store.recordFile(testFile("a.jpg", [testFace(1, 2, 3, 4)]));
    await store.forgetPhotograph(photograph);
    await store.close();
    await server.query(`DROP OWNED BY ${owner} CASCADE; DROP ROLE ${owner}`);
    await server.stop();
  });
});

describe("an unreachable server", () => {
  it("is named without the password", async () => {
    const port = await freePort();
    for (const host of ["127.0.0.1", "localhost"]) {
      const error = await openPostgresDatabase(`postgres://ada:secret@${host}:${port}/faces`).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "GALLERY_UNREACHABLE", message: expect.stringMatching(/connection was refused/) });
      expect(inspect(error, { depth: 9 })).not.toContain("secret");
    }
  });

  it("times out if it does not answer", async () => {
    const silent = createServer();
    const port = await new Promise<number>((resolve) => {
      silent.listen(0, "127.0.0.1", () => resolve((silent.address() as AddressInfo).port));
    });
    const opening = openPostgresDatabase(`postgres://ada@127.0.0.1:${port}/faces`, { connectTimeoutMs: 100 });
    await expect(opening).rejects.toMatchObject({ code: "GALLERY_UNREACHABLE" });
    silent.close();
  });
});
