/**
 * Compares the 128-dimensional head of the default model with one trained with triplet loss, at 128 bytes.
 *
 *     node scripts/compare-heads.ts --training path/to/celeba-faces --images path/to/lfw/images --pairs path/to/pairs.txt
 *
 * `--people 100` uses the first hundred people, `--folds 1,2` a part of LFW: faster, with larger errors.
 *
 * The criterion is VAL on training people that neither head has seen: both are fitted on half of the people and measured on the
 * other half, four times. Then both are fitted on all of them and measured on LFW by the standard protocol, which is not a
 * criterion. The committed head was also fitted on mirrored faces; here both are fitted on the original faces only.
 */
import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { findPairImages, pairImagePath, readPairs, selectFolds } from "../src/datasets/pairs.ts";
import { lfwProtocol } from "../src/evaluation/lfw-protocol.ts";
import { FaceNet } from "../src/faces/facenet.ts";
import { decodeBytes, encodeBytes } from "../src/metric/byte-code.ts";
import { codeDistance, normalize } from "../src/metric/distance.ts";
import { seededRandom } from "../src/metric/seeded-random.ts";
import { embedWithHead, type LinearHead, trainLinearHead } from "../src/training/linear-head.ts";
import { distanceHistograms, thresholdAtFar, valAt } from "./distance-histograms.ts";
import { cleaned, embedTrainingFaces, type TrainingFace } from "./training-faces.ts";
import { fitHead, scatter } from "./whitened-head.ts";

const [INPUTS, SIZE, SCALE, SHRINKAGE, SEED] = [512, 128, 0.35 / 127, 4, 42];
const triplet = { miner: "semi-hard", margin: 0.2, peoplePerBatch: 45, imagesPerPerson: 10, steps: 100, seed: 666 } as const;
/** Learning rates of AdaGrad, as in `facenet train --from`. */
const RATES = [0.002];

const text = { type: "string" } as const;
const { values } = parseArgs({ options: { training: text, images: text, pairs: text, people: text, folds: text } });
const { training, images, pairs: pairsFile } = values;
if (!training || !images || !pairsFile)
  throw new Error("usage: node scripts/compare-heads.ts --training DIR --images DIR --pairs FILE [--people COUNT] [--folds 1,2]");
const [mostPeople, folds] = [Number(values.people ?? Number.POSITIVE_INFINITY), values.folds?.split(",").map(Number)];

const facenet = await FaceNet.load({ model: "mobilefacenet.faceplugin-512" });
const faces = cleaned(await embedTrainingFaces(facenet, training, { mostPeople }), 1.1, 0.7);
const people = [...new Set(faces.map(({ person }) => person))];
console.log(`${faces.length} faces of ${people.length} people`);

const heads: Record<string, (own: readonly TrainingFace[]) => Promise<LinearHead>> = {
  whitened: async (own) => ({ size: SIZE, inputs: INPUTS, weights: fitHead(scatter(own), SHRINKAGE) }),
  pca: async (own) => ({ size: SIZE, inputs: INPUTS, weights: fitHead(scatter(own), Number.POSITIVE_INFINITY) }),
  ...Object.fromEntries(RATES.map((rate) => [`triplet, rate ${rate}`, (own: readonly TrainingFace[]) => byTriplets(own, rate)])),
};
const random = seededRandom(SEED);
const vals = new Map(Object.keys(heads).map((name) => [name, [] as number[]]));
for (let round = 0; round < 2; round++) {
  const order = people.map((person) => ({ person, key: random() })).sort((a, b) => a.key - b.key);
  for (const half of [0, 1]) {
    const test = new Set(order.filter((_, i) => i % 2 === half).map(({ person }) => person));
    for (const [name, fitted] of Object.entries(heads)) {
      const head = await fitted(faces.filter(({ person }) => !test.has(person)));
      const own = faces.filter(({ person }) => test.has(person));
      const coded = codesOf(head, own).map((code, i) => ({
        person: own[i]?.person as string,
        vector: normalize(decodeBytes(code, SCALE)),
      }));
      const histograms = distanceHistograms(coded);
      const val = [1e-2, 1e-3].reduce((sum, far) => sum + valAt(histograms, thresholdAtFar(histograms, far)) / 2, 0);
      vals.get(name)?.push(val);
      console.log(round, half, name, (100 * val).toFixed(2));
    }
  }
}
const spread = (list: readonly number[]) => {
  const mean = list.reduce((a, b) => a + b, 0) / list.length;
  const deviation = Math.sqrt(list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (list.length - 1));
  return { mean: round4(mean), standardError: round4(deviation / Math.sqrt(list.length)) };
};
const present = vals.get("whitened") as number[];
const heldOut = [...vals].map(([name, own]) => ({
  head: name,
  val: spread(own),
  overWhitened: spread(own.map((value, i) => value - (present[i] as number))),
}));
console.log(JSON.stringify(heldOut, null, 1));

const pairs = selectFolds(await readPairs(pairsFile), folds);
const paths = await findPairImages(images, pairs);
const lfwFaces = new Map<string, TrainingFace>();
for await (const item of facenet.embed(new Set(paths.values()), { faces: "central" })) {
  const vector = item.ok ? item.value.faces[0]?.embedding.vector : undefined;
  if (vector) lfwFaces.set(item.image, { person: "", vector });
}
await facenet.dispose();
const committed = new Float32Array(
  Uint8Array.from(await readFile(new URL("build-models/data/mobilefacenet-128.head.f32", import.meta.url))).buffer,
);
const compared: Record<string, LinearHead> = { committed: { size: SIZE, inputs: INPUTS, weights: committed } };
for (const [name, fitted] of Object.entries(heads)) compared[name] = await fitted(faces);
const lfw = Object.entries(compared).map(([head, linear]) => {
  const files = [...lfwFaces.keys()];
  const codes = new Map(codesOf(linear, [...lfwFaces.values()]).map((code, i) => [files[i] as string, code]));
  const usable = pairs.flatMap(({ left, right, same, fold }) => {
    const [a, b] = [left, right].map((ref) => codes.get(paths.get(pairImagePath(ref)) ?? ""));
    return a && b ? [{ distance: codeDistance(a, b), same, fold }] : [];
  });
  const measured = {
    distances: usable.map(({ distance }) => distance),
    same: usable.map(({ same }) => same),
    fold: usable.map(({ fold }) => fold),
  };
  const { accuracy, val } = lfwProtocol(measured, { fars: [1e-2, 1e-3] });
  const figure = ({ mean, standardError }: { mean: number; standardError: number }) => ({
    mean: round4(mean),
    standardError: round4(standardError),
  });
  return { head, pairs: usable.length, accuracy: figure(accuracy), val: val.map((at) => ({ far: at.far, ...figure(at) })) };
});
const report = {
  folds: folds ?? "all",
  hardware: cpus()[0]?.model,
  faces: faces.length,
  people: people.length,
  triplet,
  heldOut,
  lfw,
};
await writeFile(new URL("build-models/data/head-comparison.json", import.meta.url), `${JSON.stringify(report, null, 2)}\n`);
console.log(JSON.stringify(lfw, null, 1));

function byTriplets(own: readonly TrainingFace[], learningRate: number): Promise<LinearHead> {
  const features = new Float32Array(own.length * INPUTS);
  for (const [row, { vector }] of own.entries()) features.set(vector, row * INPUTS);
  const rowsOfPeople = [...Map.groupBy(own.keys(), (row) => own[row]?.person).values()].filter((rows) => rows.length > 1);
  return trainLinearHead({
    features,
    inputs: INPUTS,
    rowsOfPeople,
    size: SIZE,
    configuration: { ...triplet, learningRate },
    signal: new AbortController().signal,
    now: () => performance.now(),
    onStep: async () => undefined,
  });
}

function codesOf(head: LinearHead, own: readonly TrainingFace[]): Int8Array[] {
  const features = Float32Array.from(own.flatMap(({ vector }) => [...vector]));
  const { embeddings } = embedWithHead(head, features);
  return own.map((_, i) => encodeBytes(embeddings.subarray(i * SIZE, (i + 1) * SIZE), SCALE));
}

function round4(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
