/**
 * Compares clustering algorithms on LFW, at the best thresholds on training faces and at the model's for FAR 1e-4.
 *
 *     FACENET_DATA=path/to/data node scripts/measure-clustering.ts
 *
 * FACENET_DATA contains `celeba-faces` and `lfw/images`, one folder per person. Embeddings are cached in out/. Prints the tables
 * of docs/decisions/0005-clustering.md; takes about ten minutes on two cores the first time, one afterwards.
 */
import { join } from "node:path";
import { agglomerative } from "../src/clustering/agglomerative.ts";
import { chineseWhispers } from "../src/clustering/chinese-whispers.ts";
import { dbscan } from "../src/clustering/dbscan.ts";
import type { KnnGraph } from "../src/clustering/knn-graph.ts";
import {
  type ClusteringMeasures,
  computeClusteringMeasures,
  type PrecisionRecall,
} from "../src/evaluation/clustering-measures.ts";
import { normalize } from "../src/metric/distance.ts";
import { seededRandom } from "../src/metric/seeded-random.ts";
import { readCatalogue } from "../src/models/model-store.ts";
import { loadLabelledFaces } from "./clustering-faces.ts";
import { faceGraph } from "./face-graph.ts";
import { knownEdgeLinkage } from "./known-edge-linkage.ts";
import { cleaned } from "./training-faces.ts";

const K = 50;
const THRESHOLDS = Array.from({ length: 25 }, (_, i) => 0.5 + i * 0.05);
/** Albums drawn from the training faces; a person has n faces with a probability proportional to 1 / n^2, limited to all. */
const ALBUMS = 10;

type Sample = {
  readonly name: string;
  readonly people: Int32Array;
  readonly codes: readonly Int8Array[];
  readonly vectors: Float32Array;
  readonly graph: KnnGraph;
  readonly acceptable: Uint8Array;
};
type Cluster = (sample: Sample, thresholdSquaredL2: number) => Int32Array;

const algorithms: Record<string, Cluster> = {
  agglomerative: ({ graph, vectors }, thresholdSquaredL2) => agglomerative(graph, vectors, { thresholdSquaredL2 }),
  "Chinese whispers": ({ graph }, thresholdSquaredL2) => chineseWhispers(graph, { thresholdSquaredL2, random: seededRandom(1) }),
  "DBSCAN, minPoints 2": ({ graph }, thresholdSquaredL2) => dbscan(graph, { thresholdSquaredL2, minPoints: 2 }),
  "DBSCAN, minPoints 3": ({ graph }, thresholdSquaredL2) => dbscan(graph, { thresholdSquaredL2, minPoints: 3 }),
  "DBSCAN, minPoints 5": ({ graph }, thresholdSquaredL2) => dbscan(graph, { thresholdSquaredL2, minPoints: 5 }),
  "known edges, missing left out": ({ graph }, threshold) => knownEdgeLinkage(graph, threshold, {}),
  "known edges, at least half known": ({ graph }, threshold) => knownEdgeLinkage(graph, threshold, { minKnownShare: 0.5 }),
  "known edges, missing = 2": ({ graph }, threshold) => knownEdgeLinkage(graph, threshold, { missing: 2 }),
};

const data = process.env.FACENET_DATA;
if (!data) throw new Error("FACENET_DATA: must name the folder that holds celeba-faces and lfw/images");
const { models } = await readCatalogue();
const model = models.find(({ id }) => id === "mobilefacenet.facenet-128");
if (model?.task !== "embedding") throw new Error("the default model is not built: npm run build-models");
const rare = model.thresholds.find(({ far }) => far === 1e-4)?.distance as number;

const training = await wholeSet("celeba-faces");
const albums: Sample[] = [];
for (let seed = 1; seed <= ALBUMS; seed++) albums.push(await album(training, seed));
const lfw = await wholeSet("lfw/images");

console.log(`\n## Chosen on ${ALBUMS} albums from the training faces: mean B-cubed F by threshold\n`);
const chosen = new Map<string, number>();
const names = Object.keys(algorithms);
console.log(`| threshold | ${names.join(" | ")} |\n|---|${names.map(() => "---:|").join("")}`);
const curves = names.map((name) => THRESHOLDS.map((threshold) => meanF(name, threshold)));
for (const [i, threshold] of THRESHOLDS.entries())
  console.log(`| ${threshold.toFixed(2)} | ${curves.map((curve) => percent(curve[i] as number)).join(" | ")} |`);
for (const [i, name] of names.entries()) {
  const curve = curves[i] as number[];
  chosen.set(name, THRESHOLDS[curve.indexOf(Math.max(...curve))] as number);
}

for (const sample of [training, lfw]) {
  console.log(`\n## ${sample.name}: ${sample.people.length} faces of ${new Set(sample.people).size} people\n`);
  head();
  for (const name of names) {
    const at = chosen.get(name) as number;
    for (const threshold of [at, rare]) row(name, threshold, sample, (algorithms[name] as Cluster)(sample, threshold));
  }
}

console.log("\n## LFW by threshold\n");
head();
for (const name of ["agglomerative", "Chinese whispers"]) {
  for (const threshold of [0.8, 0.9, 1, 1.05, rare, 1.15, 1.2, 1.3])
    row(name, threshold, lfw, algorithms[name]?.(lfw, threshold));
}
console.log("\n## agglomerative on LFW by neighbours in the graph\n");
head();
for (const k of [10, 20, 100]) {
  const other = { ...lfw, graph: await faceGraph(lfw.codes, k) };
  row(`k ${k}`, rare, other, algorithms.agglomerative?.(other, rare));
}
const { graph, vectors, acceptable: mayStart } = lfw;
row(`k ${K}, poor faces only join`, rare, lfw, agglomerative(graph, vectors, { thresholdSquaredL2: rare, mayStart }));

async function wholeSet(folder: string): Promise<Sample> {
  const { people, codes, acceptable, withoutFace } = await loadLabelledFaces(
    join(data as string, folder),
    join("out/clustering-faces", folder.replace("/", "-")),
  );
  console.log(`${folder}: ${codes.length} faces, ${withoutFace} pictures without one`);
  if (folder !== "celeba-faces") return sampleOf(folder, people, codes, acceptable);
  // Wrong labels would count as wrong clusters; limits as in scripts/fit-head.ts.
  const faces = codes.map((code, i) => ({ person: people[i] as string, vector: unitVector(code), row: i }));
  const rows = cleaned(faces, 1.1, 0.7).map((face) => (face as (typeof faces)[number]).row);
  return sampleOf(
    folder,
    rows.map((i) => people[i] as string),
    rows.map((i) => codes[i] as Int8Array),
    Uint8Array.from(rows, (i) => acceptable[i] as number),
  );
}

async function sampleOf(
  name: string,
  people: readonly string[],
  codes: readonly Int8Array[],
  acceptable: Uint8Array,
): Promise<Sample> {
  const numbers = new Map([...new Set(people)].map((person, number) => [person, number]));
  const vectors = new Float32Array(codes.length * 128);
  for (const [i, code] of codes.entries()) vectors.set(unitVector(code), i * 128);
  return {
    name,
    people: Int32Array.from(people, (person) => numbers.get(person) as number),
    codes,
    vectors,
    graph: await faceGraph(codes, K),
    acceptable,
  };
}

/** A subset of each person's faces: most people have one or two, a few have all. */
async function album({ people, codes, acceptable }: Sample, seed: number): Promise<Sample> {
  const random = seededRandom(seed);
  const rows: number[] = [];
  for (const own of Map.groupBy(people.keys(), (i) => people[i] as number).values()) {
    const faces = own.map((i) => ({ i, key: random() })).sort((a, b) => a.key - b.key);
    const weights = faces.map((_, n) => 1 / (n + 1) ** 2);
    let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
    let count = 0;
    while (left > 0 && count < faces.length) left -= weights[count++] as number;
    rows.push(...faces.slice(0, Math.max(1, count)).map(({ i }) => i));
  }
  return sampleOf(
    `album ${seed}`,
    rows.map((i) => String(people[i])),
    rows.map((i) => codes[i] as Int8Array),
    Uint8Array.from(rows, (i) => acceptable[i] as number),
  );
}

function unitVector(code: Int8Array): Float32Array {
  return normalize(Float32Array.from(code));
}

function meanF(name: string, threshold: number): number {
  const cluster = algorithms[name] as Cluster;
  return (
    albums.reduce((sum, sample) => sum + computeClusteringMeasures(cluster(sample, threshold), sample.people).bCubed.f, 0) /
    ALBUMS
  );
}

function percent(value: number): string {
  return (100 * value).toFixed(2);
}

function head(): void {
  console.log("| | threshold | pairwise P | R | F | B-cubed P | R | F | clusters | of one face | NMI |");
  console.log("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
}

function row(name: string, threshold: number, { people }: Sample, labels: Int32Array | undefined): void {
  const measures: ClusteringMeasures = computeClusteringMeasures(labels ?? [], people);
  const triple = ({ precision, recall, f }: PrecisionRecall) => [precision, recall, f].map(percent).join(" | ");
  const { pairwise, bCubed, clusters, clustersOfOne, normalizedMutualInformation } = measures;
  console.log(
    `| ${name} | ${threshold.toFixed(2)} | ${triple(pairwise)} | ${triple(bCubed)} | ${clusters} | ${clustersOfOne} | ${normalizedMutualInformation.toFixed(4)} |`,
  );
}
