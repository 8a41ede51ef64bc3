/**
 * Calibration of the probability of a gallery's own calibration, on people it was not fitted on.
 *
 *     facenet embed --flip --faces central --recursive people/ --output people.jsonl
 *     node scripts/measure-likelihood.ts --reference celeba.jsonl --set population.jsonl [--albums 8] [--output docs/results/likelihood.json]
 *
 * Thresholds and probability of the model are measured on half of the people of --reference. An album is made of half of a
 * population's people (scripts/album-simulation.ts) and calibrated as by `facenet calibrate`, without labels; its probability is
 * evaluated on the faces of the other half: all same pairs and random different pairs. Cllr, its minimum, expected calibration
 * error at equal priors, and the reliability diagram of all albums of a population. The same for the model's own probability.
 */
import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { likelihoodFigures } from "../src/evaluation/likelihood.ts";
import { pooledReliability } from "../src/evaluation/reliability.ts";
import { computeRoc, type Roc } from "../src/evaluation/roc.ts";
import { codeDistance, probabilityAt } from "../src/metric/distance.ts";
import { seededRandom } from "../src/metric/seeded-random.ts";
import { quantile } from "../src/metric/statistics.ts";
import type { ProbabilityCurve } from "../src/schemas/threshold.ts";
import { calibrateAlbum, codesOf, modelOf, populationOf, readFaces } from "./album-calibration.ts";
import { LIKENESSES, type Population, simulateAlbum } from "./album-simulation.ts";

const STRANGERS = 200_000;
const PHOTOGRAPHS = [300, 1500] as const;

const { values } = parseArgs({
  options: {
    reference: { type: "string" },
    set: { type: "string", multiple: true, default: [] },
    albums: { type: "string", default: "8" },
    output: { type: "string" },
  },
});
if (!values.reference)
  throw new Error("usage: node scripts/measure-likelihood.ts --reference FILE [--set FILE ...] [--albums N]");
const { model, others } = modelOf(await readFaces(values.reference));
const populations = [populationOf(`${basename(values.reference, ".jsonl")}, other people`, others)];
for (const file of values.set) populations.push(populationOf(basename(file, ".jsonl"), await readFaces(file)));

type Judged = { readonly roc: Roc; readonly probability: (distance: number) => number };
const rows: object[] = [];
for (const population of populations) {
  const judged: { gallery: Judged[]; model: Judged[] } = { gallery: [], model: [] };
  for (let seed = 0; seed < Number(values.albums); seed++)
    for (const likeness of LIKENESSES) {
      const random = seededRandom(7919 * seed + likeness.candidates);
      const photographs = Math.round(PHOTOGRAPHS[0] * (PHOTOGRAPHS[1] / PHOTOGRAPHS[0]) ** random());
      const halfOf = (half: number) => population.people.filter((_, i) => i % 2 === (half + seed) % 2);
      const [people, heldOut] = [halfOf(0), halfOf(1)];
      const album = simulateAlbum({ ...population, people }, { photographs, people: people.length, likeness, random });
      const figures = await calibrateAlbum(album, model, seed);
      if (!figures?.probability) continue;
      const roc = pairsOf(heldOut, random);
      judged.gallery.push({ roc, probability: said(figures.probability) });
      judged.model.push({ roc, probability: said(model.probability) });
    }
  for (const [by, all] of Object.entries(judged)) rows.push(summary(population, by, all));
}
for (const row of rows) console.log(JSON.stringify(row));
if (values.output) {
  const about = { hardware: cpus()[0]?.model, likenesses: LIKENESSES.map(({ name }) => name) };
  await writeFile(values.output, `${JSON.stringify({ ...about, rows }, null, 1)}\n`);
}

function said(curve: ProbabilityCurve): (distance: number) => number {
  return (distance) => probabilityAt(curve, distance);
}

/** All same pairs, and random different pairs, each combination of people equally likely. */
function pairsOf(people: Population["people"], random: () => number): Roc {
  const codes = people.map((faces) => codesOf({ vectors: faces }));
  const [distances, same]: [number[], boolean[]] = [[], []];
  const add = (a: Int8Array, b: Int8Array, isSame: boolean): void => {
    distances.push(codeDistance(a, b));
    same.push(isSame);
  };
  for (const own of codes) for (const [i, a] of own.entries()) for (const b of own.slice(0, i)) add(a, b, true);
  const oneOf = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  for (let i = 0; i < STRANGERS; i++) {
    const [one, other] = [oneOf(codes), oneOf(codes)];
    if (one !== other) add(oneOf(one), oneOf(other), false);
  }
  return computeRoc(distances, same);
}

function summary({ name }: Population, by: string, all: readonly Judged[]): object {
  const figures = all.map(({ roc, probability }) => likelihoodFigures(roc, probability));
  const spread = (values: readonly number[]) => {
    const sorted = values.toSorted((a, b) => a - b);
    return [0.05, 0.5, 0.95].map((share) => round(quantile(sorted, share)));
  };
  return {
    population: name,
    probability: by,
    albums: all.length,
    cllr: spread(figures.map(({ cllr }) => cllr)),
    cllrMinimum: spread(figures.map(({ cllrMinimum }) => cllrMinimum)),
    expectedCalibrationError: spread(figures.map(({ expectedCalibrationError }) => expectedCalibrationError)),
    within3Percent: round(figures.filter((each) => each.expectedCalibrationError <= 0.03).length / figures.length),
    reliability: pooledReliability(all).map(({ predicted, observed, pairs }) => [round(predicted), round(observed), pairs]),
  };
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
