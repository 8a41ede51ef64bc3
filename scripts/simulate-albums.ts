/**
 * Evaluates calibration without labels on simulated albums with known ground truth: measured over target false match rate across
 * photographs, coverage of the stated interval, and the effect of spoilers.
 *
 *     facenet embed --flip --faces central --recursive people/ --output people.jsonl
 *     node scripts/simulate-albums.ts --reference celeba.jsonl --set lfw.jsonl --set other.jsonl [--albums 8] [--most 20000] [--cohort] [--output figures.json]
 *
 * Thresholds and probability of the model are measured on half of the people of --reference; the other half is the first
 * population, and every --set is another (FILE#0 and FILE#1 are the halves of its people). Faces are labelled by folder name;
 * doubtful labels are left out first. Faces are grouped by the same clustering as in `facenet calibrate`.
 */
import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { codeDistance } from "../src/metric/distance.ts";
import { seededRandom } from "../src/metric/seeded-random.ts";
import type { CohortCalibration } from "../src/schemas/calibration.ts";
import type { Threshold } from "../src/schemas/threshold.ts";
import { LEAST_PAIRS } from "../src/search/gallery-calibration.ts";
import { calibrateAlbum, codesOf, FARS, modelOf, offsetsOf, populationOf, RESAMPLES, readFaces } from "./album-calibration.ts";
import { type AlbumJudgement, spoilerRow, summaryRows } from "./album-judgement.ts";
import { type Album, LIKENESSES, type Likeness, type Population, simulateAlbum } from "./album-simulation.ts";
import { SPOILERS, type Spoiler, spoiled } from "./album-spoilers.ts";

const LEAST_PHOTOGRAPHS = 200;
const PEOPLE = [20, 800] as const;
/** Clustering of large albums takes longest, so those with spoilers are smaller. */
const MOST_SPOILED = 1000;
const TRUTH = 600_000;

const { values } = parseArgs({
  options: {
    reference: { type: "string" },
    set: { type: "string", multiple: true, default: [] },
    albums: { type: "string", default: "8" },
    first: { type: "string", default: "0" },
    most: { type: "string", default: "20000" },
    spoiled: { type: "string", default: "2" },
    cohort: { type: "boolean", default: false },
    output: { type: "string" },
  },
});
if (!values.reference) throw new Error("usage: node scripts/simulate-albums.ts --reference FILE [--set FILE ...] [--albums N]");
const { model, others } = modelOf(await readFaces(values.reference));
const populations = [populationOf(`${basename(values.reference, ".jsonl")}, other people`, others)];
for (const set of values.set) {
  const [file, half] = set.split("#") as [string, string?];
  populations.push(populationOf(`${basename(file, ".jsonl")}${half ? `, half ${half}` : ""}`, await readFaces(file), half));
}

const judged: AlbumJudgement[] = [];
const first = Number(values.first);
const most = Number(values.most);
for (let seed = first; seed < first + Number(values.albums); seed++)
  for (const population of populations) for (const likeness of LIKENESSES) await judgeAndTell(population, likeness, seed, most);
const pairs: { readonly spoiler: Spoiler; readonly clean: AlbumJudgement; readonly spoiled: AlbumJudgement }[] = [];
for (let seed = 0; seed < Number(values.spoiled); seed++)
  for (const population of populations)
    for (const likeness of LIKENESSES) {
      const clean = await judgeAndTell(population, likeness, 1000 + seed, MOST_SPOILED, undefined, false);
      for (const spoiler of SPOILERS) {
        const with_ = await judgeAndTell(population, likeness, 1000 + seed, MOST_SPOILED, spoiler, false);
        if (clean && with_) pairs.push({ spoiler, clean, spoiled: with_ });
      }
    }
const rows = summaryRows(judged, FARS);
const spoilers = SPOILERS.map((spoiler) =>
  spoilerRow(
    spoiler,
    pairs.filter((pair) => pair.spoiler === spoiler),
    FARS,
  ),
);
for (const row of [...rows, ...spoilers]) console.log(JSON.stringify(row));
if (values.output) {
  const people = populations.map(({ name, people: all }) => ({ name, people: all.length }));
  const about = { hardware: cpus()[0]?.model, resamples: RESAMPLES, albums: judged.length, populations: people, model };
  await writeFile(values.output, `${JSON.stringify({ ...about, rows, spoilers, each: judged }, null, 1)}\n`);
}

async function judgeAndTell(
  ...[population, likeness, seed, mostPhotographs, spoiler, counts = true]: [
    Population,
    Likeness,
    number,
    number,
    Spoiler?,
    boolean?,
  ]
): Promise<AlbumJudgement | undefined> {
  const one = await judge(population, likeness, seed, mostPhotographs, spoiler);
  if (one && counts) judged.push(one);
  console.error(JSON.stringify(one ?? `${population.name}: fewer than ${LEAST_PAIRS} pairs`));
  return one;
}

/** Calibrates an album, and measures its thresholds across its photographs, with and without its spoiler. */
async function judge(
  population: Population,
  likeness: Likeness,
  seed: number,
  mostPhotographs: number,
  spoiler?: Spoiler,
): Promise<AlbumJudgement | undefined> {
  const random = seededRandom(7919 * seed + likeness.candidates);
  const photographs = Math.round(LEAST_PHOTOGRAPHS * (mostPhotographs / LEAST_PHOTOGRAPHS) ** random());
  const people = Math.min(population.people.length, Math.round(PEOPLE[0] * (PEOPLE[1] / PEOPLE[0]) ** random()));
  const clean = simulateAlbum(population, { photographs, people, likeness, random });
  const album = spoiler ? spoiled(clean, spoiler, seededRandom(31 * seed + 5)) : clean;
  const figures = await calibrateAlbum(album, model, seed, { withCohort: values.cohort && !spoiler });
  if (!figures) return undefined;
  const truth = acrossDistances(clean, codesOf(clean), seededRandom(seed + 99));
  const { cohort } = figures;
  return {
    population: population.name,
    likeness: likeness.name,
    seed,
    photographs: 1 + (album.photographs.at(-1) ?? 0),
    people,
    pairs: figures.pairs,
    distinctPairs: figures.distinctPairs,
    goodnessOfFit: figures.goodnessOfFit,
    rates: figures.thresholds.map(({ far, distance: threshold, modelDistance, farInterval, basis }) => ({
      far,
      measured: shareWithin(truth, threshold),
      modelsOwn: shareWithin(truth, modelDistance),
      low: farInterval.low,
      high: farInterval.high,
      basis,
    })),
    ...(cohort && { cohort: judgedCohort(clean, cohort, figures.thresholds, seed) }),
  };
}

/** What thresholds for normalised distances do, on the same pairs as the plain ones. */
function judgedCohort(
  album: Album,
  cohort: CohortCalibration,
  plain: readonly Threshold[],
  seed: number,
): NonNullable<AlbumJudgement["cohort"]> {
  const codes = codesOf(album);
  const offsets = offsetsOf(codes, cohort);
  const truth = acrossDistances(album, codes, seededRandom(seed + 99), { offsets });
  const same = acrossDistances(album, codes, seededRandom(seed + 98), { offsets, ofOne: true });
  const plainSame = acrossDistances(album, codes, seededRandom(seed + 98), { ofOne: true });
  return {
    people: cohort.faces.length,
    rates: cohort.thresholds.map(({ far, distance, farInterval: { low, high }, basis }, i) => ({
      ...{ far, measured: shareWithin(truth, distance), low, high, basis },
      val: shareWithin(same, distance),
      plainVal: shareWithin(plainSame, plain[i]?.distance as number),
    })),
  };
}

/** Sorted distances of random faces of two people (`ofOne`: of one) in two photographs; each two people are as likely. */
function acrossDistances(
  { photographs, people }: Album,
  codes: readonly Int8Array[],
  random: () => number,
  { offsets, ofOne = false }: { readonly offsets?: readonly number[]; readonly ofOne?: boolean } = {},
): Float64Array {
  const facesOf = [...Map.groupBy(people.keys(), (face) => people[face]).values()];
  const someone = (): number[] => facesOf[Math.floor(random() * facesOf.length)] as number[];
  const faceOf = (own: readonly number[]): number => own[Math.floor(random() * own.length)] as number;
  const distances: number[] = [];
  for (let i = 0; i < TRUTH; i++) {
    const one = someone();
    const [a, b] = [faceOf(one), faceOf(ofOne ? one : someone())];
    if (photographs[a] === photographs[b] || (people[a] === people[b]) !== ofOne) continue;
    distances.push(codeDistance(codes[a] as Int8Array, codes[b] as Int8Array) + (offsets?.[a] ?? 0) + (offsets?.[b] ?? 0));
  }
  return Float64Array.from(distances).sort();
}

function shareWithin(sorted: Float64Array, distance: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) <= distance) low = middle + 1;
    else high = middle;
  }
  return low / sorted.length;
}
