/**
 * Fits the linear head that reduces MobileFaceNet's 512 dimensions to 128, on training faces.
 *
 *     node scripts/fit-head.ts path/to/celeba-faces [--keep-head]
 *
 * Whitening of the within-person scatter, shrunk by `shrinkage`, then the 128 principal directions (about the origin, because
 * embeddings are compared by angle). Infinite shrinkage is plain PCA. The shrinkage is chosen by cross-validation over people:
 * the smallest whose VAL on unseen people is within one standard error of the best. Writes the head and, for its thresholds,
 * measurements on people it was not fitted on. With `--keep-head` the head is unchanged, so that codes of galleries stay
 * comparable, and its thresholds are measured again.
 */
import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { FaceNet } from "../src/faces/facenet.ts";
import { decodeBytes, encodeBytes } from "../src/metric/byte-code.ts";
import { normalize } from "../src/metric/distance.ts";
import { distanceHistograms, probabilityCurve, thresholdAtFar, valAt } from "./distance-histograms.ts";
import { cleaned, detectCentral, embedMarked, type TrainingFace, trainingFiles } from "./training-faces.ts";
import { fitHead, scatter } from "./whitened-head.ts";

const SIZE = 128;
const SCALE = 0.35 / 127;
const SHRINKAGES = [1, 2, 4, 8, 16, 32, Number.POSITIVE_INFINITY];
const FARS = [1e-2, 1e-3, 1e-4, 1e-5];
const ROUNDS = 4;
const SEED = 42;

const keepsHead = process.argv.includes("--keep-head");
const folder = process.argv[2];
if (!folder) throw new Error("usage: node scripts/fit-head.ts FOLDER (one sub-folder per person)");
const facenet = await FaceNet.load({ model: "mobilefacenet.faceplugin-512" });
const marked = await detectCentral(facenet, await trainingFiles(folder));
const raw = await embedMarked(facenet, marked, { flip: false });
const mirrored = await embedMarked(facenet, marked, { flip: true });
await facenet.dispose();
const faces = cleaned(raw, 1.1, 0.7);
const kept = new Set(faces.map(({ vector }) => vector));
// The mirrored version of a face is a second, slightly different picture of the person.
const pictures = [...faces, ...mirrored.filter((_, i) => kept.has((raw[i] as TrainingFace).vector))];
const people = [...new Set(faces.map(({ person }) => person))];
console.log(`${raw.length} faces, ${faces.length} of ${people.length} people after cleaning`);

const random = generator(SEED);
const heldOut = new Map<number, { val: number; histograms: ReturnType<typeof distanceHistograms> }[]>(
  SHRINKAGES.map((s) => [s, []]),
);
for (let round = 0; round < ROUNDS / 2; round++) {
  const order = people.map((person) => ({ person, key: random() })).sort((a, b) => a.key - b.key);
  for (const half of [0, 1]) {
    const test = new Set(order.filter((_, i) => i % 2 === half).map(({ person }) => person));
    const basis = scatter(pictures.filter(({ person }) => !test.has(person)));
    for (const shrinkage of SHRINKAGES) {
      const head = fitHead(basis, shrinkage);
      const histograms = distanceHistograms(
        faces.filter(({ person }) => test.has(person)).map((face) => ({ ...face, vector: asBytes(apply(head, face.vector)) })),
      );
      const val = FARS.slice(0, 2).reduce((sum, far) => sum + valAt(histograms, thresholdAtFar(histograms, far)) / 2, 0);
      heldOut.get(shrinkage)?.push({ val, histograms });
    }
  }
}
const summary = [...heldOut].map(([shrinkage, runs]) => {
  const vals = runs.map(({ val }) => val);
  const mean = vals.reduce((a, b) => a + b, 0) / vals.length;
  const deviation = Math.sqrt(vals.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (vals.length - 1));
  return { shrinkage, mean, standardError: deviation / Math.sqrt(vals.length) };
});
for (const { shrinkage, mean, standardError } of summary) {
  console.log(
    `shrinkage ${String(shrinkage).padStart(8)}: VAL on unseen people, mean of FAR 1e-2 and 1e-3: ${(mean * 100).toFixed(2)} +- ${(standardError * 100).toFixed(2)} %`,
  );
}
const best = summary.reduce((a, b) => (b.mean > a.mean ? b : a));
const here = (path: string) => new URL(`build-models/data/${path}`, import.meta.url);
const shipped = keepsHead
  ? (JSON.parse(await readFile(here("mobilefacenet-128.head.json"), "utf8")) as { shrinkage: number })
  : null;
const chosen = summary.find(({ mean, shrinkage }) =>
  shipped ? shrinkage === shipped.shrinkage : mean >= best.mean - best.standardError,
) as (typeof summary)[number];
const runs = heldOut.get(chosen.shrinkage) ?? [];
const pooled = {
  same: runs.reduce((sum, { histograms }) => sum.map((v, i) => v + (histograms.same[i] as number)), new Float64Array(40_000)),
  different: runs.reduce(
    (sum, { histograms }) => sum.map((v, i) => v + (histograms.different[i] as number)),
    new Float64Array(40_000),
  ),
};
const head = fitHead(scatter(pictures), chosen.shrinkage);
if (!keepsHead) await writeFile(here("mobilefacenet-128.head.f32"), Buffer.from(head.buffer));
const report = {
  fittedOn: `${faces.length} faces of ${people.length} people of CelebA, after leaving out ${raw.length - faces.length} with doubtful labels`,
  hardware: cpus()[0]?.model,
  seed: SEED,
  shrinkage: chosen.shrinkage,
  crossValidation: summary.map((row) => ({ ...row, shrinkage: String(row.shrinkage) })),
  heldOut: {
    thresholds: FARS.map((far) => ({ far, distance: round4(thresholdAtFar(pooled, far)) })),
    val: FARS.map((far) => ({ far, val: round4(valAt(pooled, thresholdAtFar(pooled, far))) })),
    probability: { midpoint: round4(probabilityCurve(pooled).midpoint), slope: round4(probabilityCurve(pooled).slope) },
  },
};
await writeFile(here("mobilefacenet-128.head.json"), `${JSON.stringify(report, null, 2)}\n`);
console.log(`chosen: shrinkage ${chosen.shrinkage}`, JSON.stringify(report.heldOut));

function apply(head: Float32Array, vector: Float32Array): Float32Array {
  const out = new Float32Array(SIZE);
  for (let o = 0; o < SIZE; o++) {
    let sum = 0;
    for (let i = 0; i < vector.length; i++) sum += (head[o * vector.length + i] as number) * (vector[i] as number);
    out[o] = sum;
  }
  return normalize(out);
}

function asBytes(vector: Float32Array): Float32Array {
  return normalize(decodeBytes(encodeBytes(vector, SCALE), SCALE));
}

/** Mulberry32: deterministic numbers from 0 to 1. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function round4(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
