/**
 * Judges calibration without labels on simulated albums whose truth is known: measured over wanted false match rate across
 * photographs, coverage of the stated interval, and what spoilers change.
 *
 *     facenet embed people/ --flip > people.jsonl
 *     node scripts/simulate-albums.ts --reference celeba.jsonl --set lfw.jsonl --set other.jsonl [--albums 8] [--output figures.json]
 *
 * Thresholds and probability are measured on half of the people of --reference, as a model's own are; the other half is the first
 * population, and every --set is another. Who an image shows is the name of its folder; doubtful labels are left out first.
 */
import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { basename, dirname } from "node:path";
import { parseArgs } from "node:util";
import { readExportedEmbeddings } from "../src/datasets/exported-embeddings.ts";
import { seededRandom } from "../src/metric/seeded-random.ts";
import { quantile } from "../src/metric/statistics.ts";
import type { GalleryCalibrationFigures } from "../src/schemas/calibration.ts";
import type { LogisticCurve, Threshold } from "../src/schemas/threshold.ts";
import { calibrateGallery } from "../src/search/gallery-calibration.ts";
import {
  acrossDistances,
  LIKENESSES,
  type Likeness,
  type Population,
  type Spoiler,
  shareWithin,
  simulateAlbum,
  squared,
} from "./album-simulation.ts";
import { distanceHistograms, probabilityCurve, thresholdAtFar } from "./distance-histograms.ts";
import { cleaned, type TrainingFace } from "./training-faces.ts";

const FARS = [1e-2, 1e-3, 1e-4] as const;
const SIZES = [300, 3000, 10_000];
const SPOILERS: readonly Spoiler[] = ["same person twice", "contact sheets", "bursts", "one couple", "family"];
/** Faces that clustering leaves alone. */
const SPLIT = 0.05;
const [TRUTH, RESAMPLES] = [200_000, 60];

const { values } = parseArgs({
  options: {
    reference: { type: "string" },
    set: { type: "string", multiple: true, default: [] },
    albums: { type: "string", default: "8" },
    output: { type: "string" },
  },
});
if (!values.reference) throw new Error("usage: node scripts/simulate-albums.ts --reference FILE [--set FILE ...] [--albums N]");
const albums = Number(values.albums);
const reference = await readFaces(values.reference);
const names = [...new Set(reference.map(({ person }) => person))].sort();
const fitted = new Set(names.filter((_, i) => i % 2 === 0));
const histograms = distanceHistograms(reference.filter(({ person }) => fitted.has(person)));
const model = {
  thresholds: FARS.map((far): Threshold => ({ far, distance: thresholdAtFar(histograms, far) })),
  probability: probabilityCurve(histograms) as LogisticCurve,
};
const populations = [
  populationOf(
    `${basename(values.reference)}, other people`,
    reference.filter(({ person }) => !fitted.has(person)),
  ),
];
for (const file of values.set) populations.push(populationOf(basename(file), await readFaces(file)));

type Judged = {
  readonly far: number;
  readonly ratio: number;
  readonly model: number;
  readonly covered: boolean;
  readonly basis: string;
};

const cells: object[] = [];
for (const pairs of SIZES)
  for (const population of populations)
    for (const likeness of LIKENESSES) {
      const judged = Array.from({ length: albums }, (_, seed) => judge(population, likeness, pairs, seed));
      const row = { population: population.name, people: population.people.length, likeness: likeness.name, pairs, albums };
      const rates = FARS.map((far) => summary(judged.flat().filter((one) => one.far === far)));
      cells.push({ ...row, rates });
      console.log(JSON.stringify(row), ...rates.map((rate) => `\n  ${JSON.stringify(rate)}`));
    }
const spoiled = SPOILERS.map((spoiler) => {
  const ratios = populations.flatMap((population) =>
    Array.from({ length: albums }, (_, seed) => {
      const [with_, without] = [spoiler, "none" as const].map((kind) =>
        judge(population, LIKENESSES[1] as Likeness, 3000, seed, kind),
      );
      return (with_?.[1]?.ratio as number) / (without?.[1]?.ratio as number);
    }),
  );
  const sorted = ratios.filter(Number.isFinite).sort((a, b) => a - b);
  const row = {
    spoiler,
    far: FARS[1],
    albums: sorted.length,
    change: [0.05, 0.5, 0.95].map((share) => round(quantile(sorted, share))),
  };
  console.log(JSON.stringify(row));
  return row;
});
if (values.output)
  await writeFile(
    values.output,
    `${JSON.stringify({ hardware: cpus()[0]?.model, split: SPLIT, resamples: RESAMPLES, model, cells, spoiled }, null, 1)}\n`,
  );

/** Calibrates an album and measures what its thresholds do across its photographs, and without its spoiler. */
function judge(population: Population, likeness: Likeness, pairs: number, seed: number, spoiler: Spoiler = "none"): Judged[] {
  const random = seededRandom(1000 * seed + pairs + likeness.candidates);
  const people = Math.min(population.people.length, Math.round(20 * 40 ** random()));
  const album = simulateAlbum(population, { pairs, people, likeness, spoiler, random: seededRandom(seed) });
  const clean = spoiler === "none" ? album : simulateAlbum(population, { pairs, people, likeness, random: seededRandom(seed) });
  const groups = album.people.map((person, face) => (random() < SPLIT ? 1_000_000 + face : person));
  const figures: GalleryCalibrationFigures = calibrateGallery(
    {
      photographs: album.photographs,
      groups,
      distance: (a, b) => squared(album.vectors[a] as Float32Array, album.vectors[b] as Float32Array),
    },
    { ...model, fars: FARS, resamples: RESAMPLES, random },
  );
  const truth = acrossDistances(clean, TRUTH, "people", random);
  return figures.thresholds.map(({ far, distance, farInterval, basis }) => {
    const rate = shareWithin(truth, distance);
    return {
      far,
      ratio: rate / far,
      model: shareWithin(truth, model.thresholds.find((threshold) => threshold.far === far)?.distance as number) / far,
      covered: rate >= farInterval.low && rate <= farInterval.high,
      basis,
    };
  });
}

function summary(judged: readonly Judged[]) {
  const share = (is: (one: Judged) => boolean) => round(judged.filter(is).length / judged.length);
  const spread = (of: (one: Judged) => number) => {
    const sorted = judged.map(of).sort((a, b) => a - b);
    return [0.05, 0.5, 0.95].map((at) => round(quantile(sorted, at)));
  };
  return {
    far: judged[0]?.far,
    ratio: spread(({ ratio }) => ratio),
    modelsOwn: spread(({ model: own }) => own),
    withinTwo: share(({ ratio }) => ratio >= 0.5 && ratio <= 2),
    atMostTwo: share(({ ratio }) => ratio <= 2),
    covered: share(({ covered }) => covered),
    vouched: share(({ basis }) => basis === "gallery"),
  };
}

async function readFaces(file: string): Promise<TrainingFace[]> {
  const { faces } = await readExportedEmbeddings(file);
  return cleaned(
    faces.map(({ image, vector }) => ({ person: basename(dirname(image)), vector })),
    1.1,
    0.7,
  );
}

function populationOf(name: string, faces: readonly TrainingFace[]): Population {
  const people = [...Map.groupBy(faces, ({ person }) => person).values()].filter((own) => own.length > 1);
  return { name, people: people.map((own) => own.map(({ vector }) => vector)) };
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
