/**
 * Compares single view, mirrored view added, and two networks combined, by a paired bootstrap over people.
 *
 *     FACENET_DATA=path/to/data node scripts/compare-views.ts
 *
 * Candidates, all compared as 128 bytes: SFace and MobileFaceNet-128, each with and without the mirrored view, and a head
 * (scripts/whitened-head.ts) on the concatenated 640 dimensions of SFace and MobileFaceNet-512, both with the mirrored view,
 * fitted on 80 people of CelebA. The figure is TAR at a true FAR of 1e-3 over all pairs of a set: 250 people of LFW with at least
 * two photographs, and the second population. Intervals: 95 % percentiles of the difference from the default over 400 resamples
 * of people. Writes docs/results/views.json.
 */
import { readdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { createWeightedRoc, drawPeople } from "../src/evaluation/bootstrap.ts";
import { valAtFar } from "../src/evaluation/roc.ts";
import { FaceNet, type MarkedPhotograph } from "../src/faces/facenet.ts";
import { decodeBytes, encodeBytes } from "../src/metric/byte-code.ts";
import { normalize, squaredL2 } from "../src/metric/distance.ts";
import { seededRandom } from "../src/metric/seeded-random.ts";
import { quantile } from "../src/metric/statistics.ts";
import { cleaned, detectCentral, embedMarked, type TrainingFace, trainingFiles } from "./training-faces.ts";
import { fitHead, scatter } from "./whitened-head.ts";

const SCALE = 0.35 / 127;
const FAR = 1e-3;
const RESAMPLES = 400;
const DEFAULT = "SFace, mirrored view added";
const LFW_PEOPLE = 250;

const data = process.env.FACENET_DATA;
if (!data) throw new Error("FACENET_DATA must name a folder with lfw/images, celeba-faces and population");
const lfwFolder = join(data, "lfw/images");
const finder = await FaceNet.load();
const training = await detectCentral(finder, await trainingFiles(join(data, "celeba-faces"), 80));
const sets: Record<string, MarkedPhotograph[]> = {
  "LFW, people with two photographs or more": await detectCentral(finder, await lfwFiles()),
  "second population": await detectCentral(finder, await trainingFiles(join(data, "population"))),
};
await finder.dispose();

type Vectors = { training: TrainingFace[]; sets: Record<string, TrainingFace[]> };
const embedAll = async (model: string, flip: boolean, bytes: boolean): Promise<Vectors> => {
  const facenet = await FaceNet.load({ model });
  const embedded: Vectors = { training: bytes ? [] : await embedMarked(facenet, training, { flip }), sets: {} };
  for (const [name, marked] of Object.entries(sets)) embedded.sets[name] = await embedMarked(facenet, marked, { flip, bytes });
  await facenet.dispose();
  return embedded;
};
const [sface, large] = [
  await embedAll("sface.opencv-128", true, false),
  await embedAll("mobilefacenet.faceplugin-512", true, false),
];
const joined = (set: (of: Vectors) => TrainingFace[]): TrainingFace[] =>
  set(sface).map(({ person, vector }, i) => {
    const other = set(large)[i]?.vector as Float32Array;
    return { person, vector: normalize(Float32Array.from([...vector, ...other])) };
  });
const head = fitHead(
  scatter(
    cleaned(
      joined((of) => of.training),
      1.1,
      0.7,
    ),
  ),
  16,
);
const candidates: Record<string, Record<string, TrainingFace[]>> = {
  [DEFAULT]: (await embedAll("sface.opencv-128", true, true)).sets,
  "SFace, single view": (await embedAll("sface.opencv-128", false, true)).sets,
  "MobileFaceNet-128, mirrored view added": (await embedAll("mobilefacenet.facenet-128", true, true)).sets,
  "MobileFaceNet-128, single view": (await embedAll("mobilefacenet.facenet-128", false, true)).sets,
  "SFace and MobileFaceNet-512 by one head": Object.fromEntries(
    Object.keys(sets).map((name) => [
      name,
      joined((of) => of.sets[name] as TrainingFace[]).map(({ person, vector }) => ({ person, vector: asBytes(apply(vector)) })),
    ]),
  ),
};

const defaults = candidates[DEFAULT] as Record<string, TrainingFace[]>;
const results: Record<string, unknown> = { hardware: cpus()[0]?.model, far: FAR, resamples: RESAMPLES };
for (const name of Object.keys(sets)) {
  const random = seededRandom(1);
  const rocs = Object.fromEntries(
    Object.entries(candidates).map(([candidate, byset]) => [
      candidate,
      createWeightedRoc(pairsOf(byset[name] as TrainingFace[])),
    ]),
  );
  const people = new Set(defaults[name]?.map(({ person }) => person)).size;
  const tar = (candidate: string, times: Float64Array) => valAtFar((rocs[candidate] as (typeof rocs)[string])(times), FAR);
  const everybody = new Float64Array(people).fill(1);
  const draws = Array.from({ length: RESAMPLES }, () => drawPeople(people, random));
  const base = draws.map((times) => tar(DEFAULT, times));
  results[name] = Object.fromEntries(
    Object.keys(candidates).map((candidate) => {
      const differences = draws.map((times, i) => tar(candidate, times) - (base[i] as number)).sort((a, b) => a - b);
      const difference = { low: round(quantile(differences, 0.025)), high: round(quantile(differences, 0.975)) };
      return [candidate, { tar: round(tar(candidate, everybody)), ...(candidate === DEFAULT ? {} : { difference }) }];
    }),
  );
  console.log(name, JSON.stringify(results[name], null, 1));
}
await writeFile(new URL("../docs/results/views.json", import.meta.url), `${JSON.stringify(results, null, 2)}\n`);

async function lfwFiles(): Promise<string[]> {
  const files: string[] = [];
  let people = 0;
  for (const person of (await readdir(lfwFolder)).sort()) {
    const own = (await readdir(join(lfwFolder, person))).sort();
    if (own.length < 2 || people >= LFW_PEOPLE) continue;
    people++;
    files.push(...own.slice(0, 4).map((file) => join(lfwFolder, person, file)));
  }
  return files;
}

function pairsOf(faces: readonly TrainingFace[]) {
  const names = [...new Set(faces.map(({ person }) => person))];
  const number = new Map(names.map((name, i) => [name, i]));
  const count = (faces.length * (faces.length - 1)) / 2;
  const [distances, left, right] = [new Float64Array(count), new Uint32Array(count), new Uint32Array(count)];
  let at = 0;
  for (const [i, a] of faces.entries()) {
    for (const b of faces.slice(0, i)) {
      distances[at] = squaredL2(a.vector, b.vector);
      left[at] = number.get(a.person) as number;
      right[at++] = number.get(b.person) as number;
    }
  }
  return { distances, left, right, people: names.length };
}

function apply(vector: Float32Array): Float32Array {
  return normalize(
    Float32Array.from({ length: 128 }, (_, o) =>
      vector.reduce((sum, v, i) => sum + (head[o * vector.length + i] as number) * v, 0),
    ),
  );
}

function asBytes(vector: Float32Array): Float32Array {
  return normalize(decodeBytes(encodeBytes(vector, SCALE), SCALE));
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
