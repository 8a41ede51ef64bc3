/**
 * Accuracy of a linear map from one model's space to another's:
 *
 *     nice -n 19 node scripts/measure-maps.ts --training celeba-faces --images lfw/images --pairs lfw/pairs.txt --cache out [--pairs-of MODEL:MODEL,...]
 *
 * The map is fitted on faces of the training folder (several hundred, or all) and measured on Labeled Faces in the Wild, ten
 * folds: the old model against itself, mapped against mapped, mapped against the new model (in both directions, as 128 bytes),
 * the new model against itself. Ridge regression (`fitLinearMap`) is compared with orthogonal Procrustes if both models have the
 * same size. Faces and embeddings are cached, so that an interrupted run resumes. Writes docs/results/compatibility/maps.json.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { decodeBytes, encodeBytes } from "../src/metric/byte-code.ts";
import { normalize } from "../src/metric/distance.ts";
import { applyLinearMap, type EmbeddingPair, fitLinearMap, type LinearMap } from "../src/metric/linear-map.ts";
import { readCatalogue } from "../src/models/model-store.ts";
import { type Embedded, embedAll, markedFaces, openLfw, writeReport } from "./compatibility.ts";
import { trainingFiles } from "./training-faces.ts";

const FACES = [200, 500, 1000, 2000, Number.POSITIVE_INFINITY];

const text = { type: "string" } as const;
const { values } = parseArgs({
  options: {
    training: text,
    images: text,
    pairs: text,
    cache: text,
    "pairs-of": {
      ...text,
      default: "mobilefacenet.facenet-128:sface.opencv-128,sface.opencv-128:mobilefacenet.facenet-128",
    },
  },
});
const { training, images, pairs: pairsFile, cache } = values;
if (!training || !images || !pairsFile || !cache) throw new Error("requires --training, --images, --pairs and --cache");
await mkdir(cache, { recursive: true });

const lfw = await openLfw(images, pairsFile);
const sets = { training: await trainingFiles(training), lfw: lfw.files };
type SetName = keyof typeof sets;
const { models } = await readCatalogue();

const results: unknown[] = [];
for (const pairOf of values["pairs-of"].split(",")) {
  const [from, to] = pairOf.split(":") as [string, string];
  results.push(await measure(from, to));
  await writeReport("maps", { fittedOn: "CelebA", measuredOn: "LFW, 6,000 pairs in ten folds, both ways round", results });
}

async function measure(from: string, to: string) {
  const [oldFit, newFit] = [await embedded(from, "training"), await embedded(to, "training")];
  const [oldTest, newTest] = [await embedded(from, "lfw"), await embedded(to, "lfw")];
  const people = [...new Set([...oldFit.keys()].map(dirname))];
  const both: EmbeddingPair[] = [...oldFit].flatMap(([file, vector]) => {
    const other = newFit.get(file);
    return other ? [{ from: vector, to: other, group: people.indexOf(dirname(file)) }] : [];
  });
  const figures = lfw.verify;
  const byFaces = FACES.map((faces) => {
    const some = both.filter((_, i) =>
      Number.isFinite(faces) ? Math.floor((i * faces) / both.length) !== Math.floor(((i - 1) * faces) / both.length) : true,
    );
    const measured = (map: LinearMap) => {
      const mapped = new Map([...oldTest].map(([file, vector]) => [file, asCode(applyLinearMap(map, vector), to)]));
      return { mappedAgainstNew: figures(mapped, newTest), mappedAgainstMapped: figures(mapped, mapped) };
    };
    const sameSize = some[0]?.from.length === some[0]?.to.length;
    const row = {
      faces: some.length,
      ridge: measured(fitLinearMap(some)),
      ...(sameSize && { procrustes: measured(procrustes(some)) }),
    };
    console.log(from, to, JSON.stringify(row));
    return row;
  });
  return { from, to, oldAgainstOld: figures(oldTest, oldTest), newAgainstNew: figures(newTest, newTest), byFaces };
}

/** As stored in a gallery: decoded byte codes. */
async function embedded(model: string, set: SetName): Promise<Embedded> {
  const place = join(cache as string, `${model}-${set}`);
  const size = models.find(({ id }) => id === model)?.task === "embedding" ? sizeOf(model) : 0;
  if (!existsSync(`${place}.json`)) {
    const vectors = await embedAll(model, await markedFaces(join(cache as string, `faces-${set}.json`), sets[set]));
    const all = [...vectors.values()].map((vector) => new Uint8Array(Float32Array.from(vector).buffer));
    await writeFile(`${place}.f32`, Buffer.concat(all));
    const names = [...vectors.keys()].map((file) => join(basename(dirname(file)), basename(file)));
    await writeFile(`${place}.json`, JSON.stringify(names));
  }
  const names = JSON.parse(await readFile(`${place}.json`, "utf8")) as string[];
  const all = new Float32Array(new Uint8Array(await readFile(`${place}.f32`)).buffer);
  const root = set === "training" ? training : images;
  return new Map(names.map((name, i) => [join(root as string, name), asCode(all.subarray(i * size, (i + 1) * size), model)]));
}

function sizeOf(model: string): number {
  const manifest = models.find(({ id }) => id === model);
  if (manifest?.task !== "embedding") throw new Error(`${model} is not a shipped embedding`);
  return manifest.embedding.size;
}

function asCode(vector: Float32Array, model: string): Float32Array {
  const manifest = models.find(({ id }) => id === model);
  if (manifest?.task !== "embedding") throw new Error(`${model} is not a shipped embedding`);
  const { codeScale } = manifest.embedding;
  return normalize(decodeBytes(encodeBytes(vector, codeScale), codeScale));
}

/** The rotation R that minimises |X R - Y| (Schönemann 1966). */
function procrustes(some: readonly EmbeddingPair[]): LinearMap {
  const x = new Matrix(some.map(({ from }) => [...from]));
  const y = new Matrix(some.map(({ to }) => [...to]));
  const { leftSingularVectors, rightSingularVectors } = new SingularValueDecomposition(x.transpose().mmul(y));
  const rotation = leftSingularVectors.mmul(rightSingularVectors.transpose());
  const [inputs, size] = [rotation.rows, rotation.columns];
  const weights = new Float64Array(size * (inputs + 1));
  for (let o = 0; o < size; o++) for (let i = 0; i < inputs; i++) weights[o * (inputs + 1) + i] = rotation.get(i, o);
  return { inputs, size, weights };
}
