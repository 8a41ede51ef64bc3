/**
 * Measures every shipped embedding model and writes the figures of its manifest.
 *
 *     node scripts/measure-models.ts --training path/to/celeba-faces --images path/to/lfw/images --pairs path/to/pairs.txt
 *
 * Thresholds and probability come from the training faces (all pairs, doubtful labels left out), never from LFW. For the model
 * whose head was fitted on those faces, they come from people the head was not fitted on (scripts/fit-head.ts). With `--model`
 * the other models keep their figures. LFW figures follow the standard protocol over all ten folds. Takes about ten minutes on
 * two cores.
 */
import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { findPairImages, pairImagePath, readPairs } from "../src/datasets/pairs.ts";
import { lfwProtocol } from "../src/evaluation/lfw-protocol.ts";
import { FaceNet } from "../src/faces/facenet.ts";
import { codeDistance, squaredL2 } from "../src/metric/distance.ts";
import { readCatalogue } from "../src/models/model-store.ts";
import type { Embedding } from "../src/schemas/face.ts";
import type { EmbeddingManifest } from "../src/schemas/model-manifest.ts";
import { distanceHistograms, probabilityCurve, thresholdAtFar, valAt } from "./distance-histograms.ts";
import { cleaned, detectCentral, embedMarked, trainingFiles } from "./training-faces.ts";

type Figures = Pick<EmbeddingManifest, "thresholds" | "probability" | "calibratedOn" | "measured">;

const FARS = [1e-2, 1e-3, 1e-4, 1e-5];
const HEADED = "mobilefacenet.facenet-128";
/** Limits for cleaning, squared L2: from the person's mean, and between two people's means. */
const OUTLIER = 1.1;
const DUPLICATE = 0.7;

const { values } = parseArgs({
  options: {
    training: { type: "string" },
    images: { type: "string" },
    pairs: { type: "string" },
    model: { type: "string", multiple: true },
  },
});
const { training, images, pairs: pairsFile, model: wanted } = values;
if (!training || !images || !pairsFile)
  throw new Error("usage: node scripts/measure-models.ts --training DIR --images DIR --pairs FILE [--model ID]...");
const pairs = await readPairs(pairsFile);
const paths = await findPairImages(images, pairs);
const data = (name: string) => new URL(`build-models/data/${name}`, import.meta.url);
const round = (value: number) => Math.round(value * 1e4) / 1e4;

const figures = JSON.parse(await readFile(data("measured.json"), "utf8")) as Record<string, Figures>;
const { models } = await readCatalogue();
const finder = await FaceNet.load();
const trainingFaces = await detectCentral(finder, await trainingFiles(training));
const lfwFaces = await detectCentral(finder, new Set(paths.values()));
await finder.dispose();
for (const model of models) {
  if (model.task !== "embedding" || (wanted && !wanted.includes(model.id))) continue;
  const facenet = await FaceNet.load({ model: model.id });
  figures[model.id] = {
    ...(model.id === HEADED ? await heldOut() : await calibrate(facenet, model)),
    measured: await lfw(facenet, model),
  };
  await facenet.dispose();
  const { thresholds, measured } = figures[model.id] as Figures;
  console.log(model.id, JSON.stringify(thresholds));
  for (const row of measured) {
    const val = row.val.map(({ far, mean }) => `VAL@${far} ${(mean * 100).toFixed(2)}`).join(", ");
    console.log(
      `  ${row.bytes} bytes${row.flipped ? ", flipped added" : ""}: ${((row.accuracy ?? 0) * 100).toFixed(2)} +- ${((row.standardError ?? 0) * 100).toFixed(2)} %, ${val}`,
    );
  }
}
await writeFile(data("measured.json"), `${JSON.stringify(figures, null, 2)}\n`);

/** With or without the mirrored view, as by the model's default. */
async function calibrate(facenet: FaceNet, { id, embedding }: EmbeddingManifest): Promise<Omit<Figures, "measured">> {
  const faces = cleaned(await embedMarked(facenet, trainingFaces, { bytes: embedding.compared === "bytes" }), OUTLIER, DUPLICATE);
  const histograms = distanceHistograms(faces);
  const thresholds = FARS.map((far) => ({ far, distance: round(thresholdAtFar(histograms, far)) }));
  console.log(
    `${id}: VAL on training faces ${thresholds.map(({ far, distance }) => `${far}: ${round(valAt(histograms, distance))}`).join(", ")}`,
  );
  const { midpoint, slope } = probabilityCurve(histograms);
  const people = new Set(faces.map(({ person }) => person)).size;
  return {
    thresholds,
    probability: { midpoint: round(midpoint), slope: round(slope) },
    calibratedOn: `${faces.length} faces of ${people} people of CelebA, all pairs`,
  };
}

async function heldOut(): Promise<Omit<Figures, "measured">> {
  const report = JSON.parse(await readFile(data("mobilefacenet-128.head.json"), "utf8")) as {
    fittedOn: string;
    heldOut: Pick<Figures, "thresholds" | "probability">;
  };
  const { thresholds, probability } = report.heldOut;
  return { thresholds, probability, calibratedOn: `${report.fittedOn}; each face under a head fitted on other people` };
}

async function lfw(facenet: FaceNet, model: EmbeddingManifest): Promise<Figures["measured"]> {
  const rows: Figures["measured"] = [];
  for (const flip of [false, true]) {
    const embeddings = new Map<string, Embedding>();
    for await (const item of facenet.embedFaces(lfwFaces, { flip })) {
      const embedding = item.ok ? item.value.faces[0]?.embedding : undefined;
      if (embedding) embeddings.set(item.image, embedding);
    }
    const of = (ref: (typeof pairs)[number]["left"]) => embeddings.get(paths.get(pairImagePath(ref)) ?? "");
    const usable = pairs.flatMap(({ left, right, same, fold }) => {
      const [a, b] = [of(left), of(right)];
      return a && b ? [{ a, b, same, fold }] : [];
    });
    for (const [bytes, distance] of [
      [4 * model.embedding.size, (a: Embedding, b: Embedding) => squaredL2(a.vector, b.vector)],
      [model.embedding.size, (a: Embedding, b: Embedding) => codeDistance(a.code, b.code)],
    ] as const) {
      const distances = usable.map(({ a, b }) => distance(a, b));
      const result = lfwProtocol(
        { distances, same: usable.map(({ same }) => same), fold: usable.map(({ fold }) => fold) },
        { fars: [1e-2, 1e-3] },
      );
      rows.push({
        dataset: `LFW, ${usable.length} of ${pairs.length} pairs, ten folds, ${facenet.detector.id}, ${cpus()[0]?.model ?? "unknown processor"}`,
        accuracy: round(result.accuracy.mean),
        standardError: round(result.accuracy.standardError),
        val: result.val.map(({ far, mean, standardError }) => ({ far, mean: round(mean), standardError: round(standardError) })),
        flipped: flip,
        bytes,
      });
    }
  }
  return rows;
}
