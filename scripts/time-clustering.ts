/**
 * Time and memory of clustering many synthetic faces: directions of people are normal in 64 of 128 dimensions, so that strangers
 * are as close as real ones (a share of 1e-4 within 1.1), and faces lie around them at a mean distance of 0.8 from each other.
 *
 *     node scripts/time-clustering.ts [FACES] [K]
 */
import { cpus } from "node:os";
import { agglomerative } from "../src/clustering/agglomerative.ts";
import { chineseWhispers } from "../src/clustering/chinese-whispers.ts";
import { dbscan } from "../src/clustering/dbscan.ts";
import { computeClusteringMeasures } from "../src/evaluation/clustering-measures.ts";
import { encodeBytes } from "../src/metric/byte-code.ts";
import { normalize } from "../src/metric/distance.ts";
import { seededRandom } from "../src/metric/seeded-random.ts";
import { faceGraph } from "./face-graph.ts";

const FACES = Number(process.argv[2] ?? 100_000);
const K = Number(process.argv[3] ?? 20);
const THRESHOLD = 1.09;
const random = seededRandom(7);

const people = new Int32Array(FACES);
const vectors = new Float32Array(FACES * 128);
const codes: Int8Array[] = [];
for (let face = 0, person = 0; face < FACES; person++) {
  // Zipf: the n-th person has about a tenth of all faces divided by n, the last ones have one.
  const own = Math.min(FACES - face, Math.max(1, Math.round(FACES / 10 / (person + 1))));
  const direction = gaussian(64, 1 / Math.sqrt(64));
  for (let i = 0; i < own; i++, face++) {
    const vector = gaussian(128, Math.sqrt(0.667 / 128));
    for (const [j, value] of direction.entries()) vector[j] = (vector[j] as number) + value;
    people[face] = person;
    codes.push(encodeBytes(normalize(vector), 0.35 / 127));
    vectors.set(vector, face * 128);
  }
}
console.log(
  `${FACES} faces of ${(people.at(-1) as number) + 1} people, k ${K}, threshold ${THRESHOLD}, ${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}`,
);
const graph = await timed("graph", () => faceGraph(codes, K));
/** Two faces per photograph, of people from the whole list. */
const photographs = Int32Array.from(people, (_, face) => ((face * 7919) % FACES) >> 1);
const options = { thresholdSquaredL2: THRESHOLD, constraints: { photographs } };
for (const [name, run] of [
  ["agglomerative", () => agglomerative(graph, vectors, options)],
  ["Chinese whispers", () => chineseWhispers(graph, { ...options, random })],
  ["DBSCAN", () => dbscan(graph, { ...options, thresholdSquaredL2: 0.9 })],
] as const) {
  const { clusters, bCubed } = computeClusteringMeasures(await timed(name, run), people);
  console.log(`  ${clusters} clusters, B-cubed precision ${bCubed.precision.toFixed(4)}, recall ${bCubed.recall.toFixed(4)}`);
}

/** Processor time as well as elapsed time, because other work may run on the machine. */
async function timed<T>(name: string, run: () => T | Promise<T>): Promise<T> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  const result = await run();
  const { user, system } = process.cpuUsage(before);
  const [seconds, processor] = [(performance.now() - start) / 1000, (user + system) / 1e6];
  const peak = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(`${name}: ${seconds.toFixed(1)} s, processor ${processor.toFixed(1)} s, memory peak so far ${peak} MB`);
  return result;
}

/** Box and Muller. */
function gaussian(count: number, deviation: number): Float32Array {
  return Float32Array.from(
    { length: count },
    () => deviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}
