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
import { FaceNet, type MarkedPhotograph } from "../src/faces/facenet.ts";
import { decodeBytes, encodeBytes } from "../src/metric/byte-code.ts";
import { normalize } from "../src/metric/distance.ts";
import { compareTar } from "./paired-tar.ts";
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

const results: Record<string, unknown> = { hardware: cpus()[0]?.model, far: FAR, resamples: RESAMPLES };
for (const name of Object.keys(sets)) {
  const byCandidate = Object.entries(candidates).map(([candidate, bySet]) => [candidate, bySet[name] as TrainingFace[]]);
  results[name] = compareTar(Object.fromEntries(byCandidate), DEFAULT, { far: FAR, resamples: RESAMPLES });
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
