/**
 * Loads all codes of a gallery into memory, as for an exact search: from SQLite, and from a PostgreSQL server (DATABASE_URL, or
 * one started here if PostgreSQL is installed). Processor time of this process.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadCodes } from "../src/gallery/access/load-codes.ts";
import type { GalleryStore } from "../src/gallery/store/gallery-store.ts";
import { openGalleryStore } from "../src/gallery/store/open-gallery-store.ts";
import { hasServer, startServer } from "../test/gallery/postgres-servers.ts";
import { testFace, testFile } from "../test/gallery/test-files.ts";
import { type Bench, type Row, spreadOf } from "./measure.ts";
import { createRandomCodes } from "./random-codes.ts";

const FACES = 100_000;
const FACES_A_PHOTOGRAPH = 50;
const DIMENSIONS = 128;
const ROUNDS = 5;

export const codesLoading: Bench = async () => {
  const folder = await mkdtemp(join(tmpdir(), "facenet-bench-"));
  const rows = await measure("SQLite", join(folder, "gallery.db"));
  if (hasServer) {
    const server = await startServer();
    rows.push(...(await measure("PostgreSQL", server.address)));
    await server.stop();
  }
  await rm(folder, { recursive: true });
  return rows;
};

async function measure(engine: string, gallery: string): Promise<Row[]> {
  const store = await openGalleryStore(gallery);
  await fill(store);
  const cpu: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    const { index } = await loadCodes(store);
    const { user, system } = process.cpuUsage(before);
    cpu.push((user + system) / 1000);
    await index.dispose();
  }
  await store.close();
  return [{ name: `${FACES} codes from ${engine}`, unit: "ms of processor time", value: spreadOf(cpu) }];
}

async function fill(store: GalleryStore): Promise<void> {
  await store.adopt({ model: "bench", detector: "bench", dimensions: DIMENSIONS, codeScale: 0.35 / 127, preprocessing: "bench" });
  const randomCodes = createRandomCodes(DIMENSIONS);
  for (let i = 0; i < FACES / FACES_A_PHOTOGRAPH; i++) {
    const faces = Array.from({ length: FACES_A_PHOTOGRAPH }, () => testFace(...randomCodes(1)));
    await store.recordFile(testFile(`${i}.jpg`, faces));
  }
}
