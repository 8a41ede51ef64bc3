import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPglite, type TestServer } from "../../../test/gallery/postgres-servers.ts";
import { testFace, testFile, testIdentity } from "../../../test/gallery/store-conformance.ts";
import { codeDistance } from "../../metric/distance.ts";
import type { FoundFace, GalleryStore } from "../store/gallery-store.ts";
import { openPostgresDatabase } from "../store/postgres/postgres-database.ts";
import { createSqlStore } from "../store/sql/sql-store.ts";
import { openSqliteDatabase } from "../store/sqlite/sqlite-database.ts";
import { openFaceSearch } from "./face-search.ts";

const PHOTOGRAPHS = 60;
const FACES_EACH = 5;

/** Deterministic, spread-out codes. */
function spread(seed: number): number[] {
  return Array.from({ length: 4 }, (_, i) => Math.round(100 * Math.sin(1 + seed * 12.9898 + i * 78.233)) || 1);
}

async function fill(store: GalleryStore): Promise<void> {
  await store.adopt(testIdentity);
  for (let i = 0; i < PHOTOGRAPHS; i++) {
    const faces = Array.from({ length: FACES_EACH }, (_, k) => testFace(...spread(i * FACES_EACH + k)));
    const { faces: made } = await store.recordFile(testFile(`${i % 2 === 0 ? "even" : "odd"}/${i}.jpg`, faces));
    if (i < 10) await store.correct({ kind: "create", name: `person ${i}`, faces: made.slice(0, 2) });
  }
}

/** Reference: brute-force search over every face. */
async function plainly(store: GalleryStore, probe: Int8Array, isWanted: (face: FoundFace) => boolean): Promise<FoundFace[]> {
  const all = (await Array.fromAsync(store.faces({ embedded: true }))).map(({ id, code, photograph, person }) => {
    return { id, distance: codeDistance(probe, code), photograph, person };
  });
  return all.filter(isWanted).sort((a, b) => a.distance - b.distance || a.id - b.id);
}

const probes = [Int8Array.from(spread(7)), Int8Array.from([3, -90, 20, 5])];

function describeSearch(method: "exact" | "index", open: () => Promise<GalleryStore>): void {
  let store: GalleryStore;
  beforeAll(async () => {
    store = await open();
    await fill(store);
  });

  it("finds the nearest faces of each probe and their people", async () => {
    const search = await openFaceSearch(store, method);
    expect(search.method).toBe(method);
    const found = await search.nearest(probes, { k: 12 });
    for (const [i, probe] of probes.entries()) expect(found[i]).toEqual((await plainly(store, probe, () => true)).slice(0, 12));
  });

  it("finds only faces that pass the filter", async () => {
    const search = await openFaceSearch(store, method);
    const [probe] = probes as [Int8Array];
    const someone = await plainly(store, probe, ({ person }) => person !== null);
    expect((await search.nearest([probe], { k: 50, filter: { assigned: true } }))[0]).toEqual(someone);
    const person = someone[0]?.person as number;
    expect((await search.nearest([probe], { k: 50, filter: { person } }))[0]).toHaveLength(2);
    const even = new Set<number>();
    for await (const { id, paths } of store.photographs()) if (paths[0]?.includes("/even/")) even.add(id);
    const [found] = await search.nearest([probe], { k: 9, filter: { folder: "/photos/even", assigned: false } });
    const isWanted = ({ photograph, person: owner }: FoundFace) => even.has(photograph) && owner === null;
    expect(found).toEqual((await plainly(store, probe, isWanted)).slice(0, 9));
  });

  it("finds all faces within a distance, including more than the first query requests", async () => {
    const search = await openFaceSearch(store, method);
    for (const distance of [0, 0.3, 3.5]) {
      const found = await search.within(probes, { distance });
      for (const [i, probe] of probes.entries())
        expect(found[i]).toEqual(await plainly(store, probe, (face) => face.distance <= distance));
    }
    const [all] = await search.within(probes.slice(0, 1), { distance: 3.5 });
    expect(all?.length).toBeGreaterThan(200);
  });
}

describe("search in a SQLite gallery", () => {
  const store = createSqlStore(openSqliteDatabase(":memory:"));
  afterAll(() => store.close());
  describeSearch("exact", async () => store);

  it("has no index", async () => {
    await expect(openFaceSearch(store, "index")).rejects.toMatchObject({
      code: "OPTION_INVALID",
      message: expect.stringContaining("pgvector"),
    });
    expect((await openFaceSearch(store)).method).toBe("exact");
  });
});

describe("search on a server with pgvector", () => {
  let server: TestServer;
  let store: GalleryStore;
  const open = async () => createSqlStore(await openPostgresDatabase(server.address, { connections: 1 }));
  const reopen = async () => {
    await store.close();
    store = await open();
  };
  beforeAll(async () => {
    server = await startPglite();
    store = await open();
  });
  afterAll(async () => {
    await store.close();
    await server.stop();
  });
  const [probe] = probes as [Int8Array];
  const nearest = async () => (await (await openFaceSearch(store, "index")).nearest([probe], { k: 1 }))[0]?.[0];

  it("finds nobody in an empty gallery", async () => {
    expect(await nearest()).toBeUndefined();
  });

  describe("by its index", () => describeSearch("index", async () => store));

  it("uses the index", async () => {
    const rows = await server.query(`SET enable_seqscan = off; SET enable_sort = off;
      EXPLAIN SELECT face FROM face_vector ORDER BY embedding <=> '[1,2,3,4]' LIMIT 5`);
    expect(JSON.stringify(rows)).toContain("face_vector_nearest");
  });

  it("compares every face if there are few", async () => {
    expect((await openFaceSearch(store)).method).toBe("exact");
  });

  it("finds a new face immediately, and no longer finds a forgotten one", async () => {
    const { photograph, faces } = await store.recordFile(testFile("new.jpg", [testFace(...probe)]));
    await store.forgetPhotograph((await nearest())?.photograph as number);
    expect(await nearest()).toMatchObject({ id: faces[0], distance: 0 });
    await store.forgetPhotograph(photograph);
    expect((await nearest())?.id).not.toBe(faces[0]);
    expect(await store.check()).toEqual([]);
  });

  it("rebuilds a missing table from the faces, and reports a table that differs", async () => {
    const before = await nearest();
    await server.query("DROP TABLE face_vector");
    expect(await nearest()).toBeUndefined();
    await reopen();
    expect(await nearest()).toEqual(before);
    await server.query(
      "DELETE FROM face_vector WHERE face % 2 = 0; UPDATE face_vector SET embedding = '[1,2,3,4]' WHERE face = 5",
    );
    expect(await store.check()).toEqual([expect.stringMatching(/^face_vector: 1\d\d faces are missing or differ/)]);
    await server.query("DROP TABLE face_vector");
    await reopen();
    expect(await store.check()).toEqual([]);
  });

  it("rejects a table of another dimension with the remedy in the message", async () => {
    await server.query("DROP TABLE face_vector; CREATE TABLE face_vector (face bigint, embedding halfvec(512))");
    await expect(open()).rejects.toMatchObject({
      code: "GALLERY_DIMENSIONS_MISMATCH",
      message: expect.stringMatching(/facenet\.face_vector has halfvec\(512\), .* halfvec\(4\)\. Drop the table/),
    });
    await server.query("DROP TABLE face_vector");
    await reopen();
    expect(await nearest()).toBeDefined();
  });

  it("is rebuilt when the gallery migrates to another model", async () => {
    const next = { ...testIdentity, model: "net.two", dimensions: 2, preprocessing: "p2" };
    await store.startMigration(next);
    const faces = await Array.fromAsync(store.faces());
    for (const [photograph, own] of Map.groupBy(faces, (face) => face.photograph)) {
      const embedded = own.map(({ id }) => ({ id, code: Int8Array.of(50, (id % 100) + 1) }));
      await store.recordMigrated({ photograph, faces: embedded, found: [] });
    }
    await store.finishMigration();
    const [found] = await (await openFaceSearch(store, "index")).nearest([Int8Array.of(50, 31)], { k: 1 });
    expect(found?.[0]).toMatchObject({ id: 30, distance: 0 });
    expect(await store.check()).toEqual([]);
  });
});

describe("search on a server without pgvector", () => {
  it("compares every face, and rejects a request for the index", async () => {
    const server = await startPglite({ pgvector: false });
    const store = createSqlStore(await openPostgresDatabase(server.address, { connections: 1 }));
    await store.adopt(testIdentity);
    const { faces } = await store.recordFile(testFile("a.jpg", [testFace(1, 2, 3, 4)]));
    const search = await openFaceSearch(store);
    expect(search.method).toBe("exact");
    expect((await search.nearest([Int8Array.of(1, 2, 3, 4)], { k: 1 }))[0]).toMatchObject([{ id: faces[0], distance: 0 }]);
    await expect(openFaceSearch(store, "index")).rejects.toMatchObject({ code: "OPTION_INVALID" });
    await store.close();
    await server.stop();
  });
});
