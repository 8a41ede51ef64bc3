/**
 * Recall and cost of pgvector's HNSW for the ten nearest faces, by storage format of the embeddings, compared with the exact
 * search in memory and a naive loop. On PGlite (pgvector compiled to WebAssembly, one thread): compare within the table; a server
 * is several times faster. Reports processor time, which depends little on other load.
 *
 *     FACENET_DATA=FOLDER npm run bench -- hnsw-index
 */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import { loadLabelledFaces } from "../scripts/clustering-faces.ts";
import { codeDistance } from "../src/metric/distance.ts";
import { CodeSearch } from "../src/search/code-search.ts";
import { NearestK } from "../src/search/selection.ts";
import { type Bench, type Row, single } from "./measure.ts";
import { createRandomCodes } from "./random-codes.ts";

const DIMENSIONS = 128;
const PROBES = 300;
const K = 10;
const ROWS_A_STATEMENT = 500;

/** Storage format of codes; the probe is an array of the code's integers, too. */
type Form = {
  readonly type: string;
  readonly from: (code: string) => string;
  readonly order: string;
  readonly operators: string;
};
const forms: Readonly<Record<string, Form>> = {
  halfvec: {
    type: `halfvec(${DIMENSIONS})`,
    from: (code) => `${code}::halfvec(${DIMENSIONS})`,
    order: "<=>",
    operators: "halfvec_cosine_ops",
  },
  vector: {
    type: `vector(${DIMENSIONS})`,
    from: (code) => `${code}::vector(${DIMENSIONS})`,
    order: "<=>",
    operators: "vector_cosine_ops",
  },
  bit: {
    type: `bit(${DIMENSIONS})`,
    from: (code) => `binary_quantize(${code}::vector(${DIMENSIONS}))::bit(${DIMENSIONS})`,
    order: "<~>",
    operators: "bit_hamming_ops",
  },
};
/** Numbers of candidates re-ranked by their codes, and search breadth (hnsw.ef_search). */
const breadths = [
  { candidates: 10, breadth: 40 },
  { candidates: 20, breadth: 40 },
  { candidates: 20, breadth: 100 },
  { candidates: 40, breadth: 200 },
  { candidates: 100, breadth: 200 },
  { candidates: 200, breadth: 400 },
];

export const hnswIndex: Bench = async ({ data }) => {
  if (data === undefined) return { skipped: "set FACENET_DATA to a folder with lfw/images in it" };
  const cache = join(tmpdir(), "facenet-bench-lfw");
  const { codes } = await loadLabelledFaces(join(data, "lfw", "images"), cache);
  const random = createRandomCodes(DIMENSIONS);
  const sets: Record<string, readonly Int8Array[]> = {
    LFW: shuffled(codes),
    random: codes.map(() => random(1)),
  };
  const rows: Row[] = [];
  for (const [name, set] of Object.entries(sets)) rows.push(...(await measureSet(name, set)));
  return rows;
};

async function measureSet(set: string, codes: readonly Int8Array[]): Promise<Row[]> {
  const [probes, faces] = [codes.slice(0, PROBES), codes.slice(PROBES)];
  const label = (what: string) => `${faces.length} ${set} faces: ${what}`;
  const index = await CodeSearch.create({ dimensions: DIMENSIONS, threads: 1 });
  for (const [id, code] of faces.entries()) index.add([id], code);
  const exact: number[][] = [];
  const exactMs = await cpuMs(async () => {
    for (const probe of probes) exact.push((await index.search([probe], { k: K }))[0]?.map(({ id }) => id) ?? []);
  });
  await index.dispose();
  const loopMs = await cpuMs(async () => {
    for (const probe of probes) plainSearch(faces, probe);
  });
  const rows: Row[] = [
    { name: label("exact, in memory"), unit: "ms a probe", value: single(exactMs / probes.length) },
    { name: label("plain loop"), unit: "ms a probe", value: single(loopMs / probes.length) },
  ];
  const db = await PGlite.create({ extensions: { vector } });
  await db.exec("CREATE EXTENSION vector");
  for (const [name, form] of Object.entries(forms)) {
    await db.exec(`CREATE TABLE face_vector (face bigint PRIMARY KEY, embedding ${form.type})`);
    for (let first = 0; first < faces.length; first += ROWS_A_STATEMENT) {
      const some = faces.slice(first, first + ROWS_A_STATEMENT);
      const texts = some.map((code) => `[${code.join()}]`);
      const sql = `INSERT INTO face_vector SELECT id, ${form.from("code")} FROM unnest($1::bigint[], $2::text[]) AS list (id, code)`;
      await db.query(sql, [some.map((_, i) => first + i), texts]);
    }
    const buildMs = await cpuMs(() => db.exec(`CREATE INDEX nearest ON face_vector USING hnsw (embedding ${form.operators})`));
    const { rows: sizes } = await db.query<{ bytes: number }>("SELECT pg_relation_size('nearest') AS bytes");
    rows.push(
      { name: label(`${name}, building`), unit: "ms a face", value: single(buildMs / faces.length) },
      { name: label(`${name}, index`), unit: "bytes a face", value: single((sizes[0]?.bytes ?? Number.NaN) / faces.length) },
    );
    for (const { candidates, breadth } of breadths) {
      await db.exec(`SET hnsw.ef_search = ${breadth}; SET enable_seqscan = off`);
      const found: number[][] = [];
      const ms = await cpuMs(async () => {
        for (const probe of probes) {
          const near = await db.query<{ face: number }>(
            `SELECT face FROM face_vector ORDER BY embedding ${form.order} ${form.from("$1")} LIMIT ${candidates}`,
            [`[${probe.join()}]`],
          );
          const ranked = near.rows.map(({ face }) => ({ face, distance: codeDistance(probe, faces[face] as Int8Array) }));
          ranked.sort((a, b) => a.distance - b.distance || a.face - b.face);
          found.push(ranked.slice(0, K).map(({ face }) => face));
        }
      });
      const hits = found.map((ids, i) => ids.filter((id) => exact[i]?.includes(id)).length / K);
      const recall = hits.reduce((sum, share) => sum + share, 0) / hits.length;
      const setting = `${name}, ${candidates} candidates, breadth ${breadth}`;
      rows.push(
        { name: label(`${setting}, ten nearest found`), unit: "%", value: single(100 * recall) },
        { name: label(setting), unit: "ms a probe", value: single(ms / probes.length) },
      );
    }
    await db.exec("DROP TABLE face_vector");
  }
  await db.close();
  return rows;
}

/** Naive search: every face in turn, keeping the ten nearest. */
function plainSearch(faces: readonly Int8Array[], probe: Int8Array): unknown {
  const nearest = new NearestK(K);
  for (const [id, code] of faces.entries()) nearest.offer(id, codeDistance(probe, code));
  return nearest.sorted();
}

/** Processor time of all threads. */
async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Deterministic order that separates faces of the same person. */
function shuffled<T>(items: readonly T[]): T[] {
  const order = [...items];
  let state = 1;
  for (let i = order.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    [order[i], order[j]] = [order[j] as T, order[i] as T];
  }
  return order;
}
