/**
 * Every pair of a set of faces, however many: counted, not kept. People are dealt out over folds; a fold is tested on
 * the pairs among its own people, with thresholds from the pairs among all others. Different pairs outnumber same pairs
 * by far here, so accuracy weighs both kinds alike: (VAL + 1 - FAR) / 2.
 */
import { rowDistance, selectRows } from "../metric/embedding-matrix.ts";
import { bootstrapByPerson, type PeoplePairs, type Resample } from "./bootstrap.ts";
import { BINS, BINS_A_UNIT, binOf, histogramsOfRoc, rocOfHistograms } from "./distance-histogram.ts";
import { type ClosePair, DistanceStream, type StreamOptions } from "./distance-stream.ts";
import { comparedFace, type FaceSet } from "./face-set.ts";
import { figuresOverFolds, type Round } from "./lfw-protocol.ts";
import { operatingFigures, operatingPoints, roundThresholds } from "./operating-points.ts";
import { dealPeople, facesByPerson } from "./people-folds.ts";
import { reliabilityOf } from "./reliability.ts";
import { equalErrorRate, farAtThreshold, type Roc, thresholdAtFar, valAtFar, valAtThreshold } from "./roc.ts";
import { rocPoints } from "./roc-points.ts";
import { type VerificationFigures, type VerificationOptions, WORST } from "./verification.ts";

export type AllPairsOptions = Omit<VerificationOptions, "definitions"> & {
  /** at most; see `dealPeople` */
  readonly folds: number;
  readonly random: () => number;
  readonly stream: StreamOptions;
};

/** Close different pairs that are kept for intervals and for showing; more are only counted. */
const MOST_CLOSE = 300_000;

/** Distances of both kinds, counted. */
export type Counts = { readonly same: Float64Array; readonly different: Float64Array };

/**
 * @returns figures whose intervals are null where they would need more of the farther pairs than are kept
 * @throws RangeError for fewer than two people and where nobody has two faces; the signal's reason
 */
export async function verifyAllPairs(faces: FaceSet, options: AllPairsOptions): Promise<VerificationFigures> {
  const facesOf = facesByPerson(faces.person, faces.people.length);
  const folds = dealPeople(
    facesOf.map((own) => own.length),
    options.folds,
    options.random,
  );
  const stream = await DistanceStream.create(faces.embeddings, options.stream);
  try {
    const { rounds, total, together } = await countRounds(faces, folds, facesOf, stream);
    const { pairs, limit } = await closestPairs(faces, facesOf, total.different, stream);
    const balancedRounds = rounds.map(({ fold, test, train }) => ({
      fold,
      test: balanced(test),
      train: balanced(train),
      tested: test,
    }));
    return describe(faces, options, { rounds: balancedRounds, together, pairs, limit, facesOf });
  } finally {
    await stream.dispose();
  }
}

/** The curves of each fold's own pairs and of the pairs among all others, and of every pair. */
export async function countRounds(
  faces: FaceSet,
  folds: readonly (readonly number[])[],
  facesOf: readonly (readonly number[])[],
  stream: DistanceStream,
): Promise<{ rounds: Round[]; total: Counts; together: Roc }> {
  const between = await countBetweenFolds(faces, folds, facesOf, stream);
  const total = sumOf(between.flat());
  const rounds = folds.map((_, fold): Round => {
    const test = rocOf(between[fold]?.[fold] as Counts);
    const touching = between.flatMap((row, g) => row.filter((_counts, h) => g === fold || h === fold));
    const train = folds.length === 1 ? test : rocOf(difference(total, sumOf(touching)));
    return { fold: fold + 1, test, train };
  });
  return { rounds, total, together: rocOf(total) };
}

/** All pairs of one person, and the closest of two people with the distance up to which they are complete. */
export async function closestPairs(
  faces: FaceSet,
  facesOf: readonly (readonly number[])[],
  different: Float64Array,
  stream: DistanceStream,
): Promise<{ pairs: ClosePair[]; limit: number }> {
  const limit = distanceOfClosest(different, MOST_CLOSE);
  const close = await stream.closePairs(faces.embeddings, limit, (a, b) => faces.person[a] !== faces.person[b]);
  return { pairs: [...samePairs(faces, facesOf), ...close], limit };
}

/** Pairs as a bootstrap sees them. */
export function peoplePairsOf({ person, people }: FaceSet, pairs: readonly ClosePair[]): PeoplePairs {
  const who = (face: number): number => person[face] as number;
  return {
    distances: Float64Array.from(pairs, ({ distance }) => distance),
    left: Uint32Array.from(pairs, ({ left }) => who(left)),
    right: Uint32Array.from(pairs, ({ right }) => who(right)),
    people: people.length,
  };
}

/** A round on curves that weigh both kinds alike, and the curve of the tested pairs as they are. */
type CountedRound = Round & { readonly tested: Roc };

type Measured = {
  readonly rounds: readonly CountedRound[];
  readonly together: Roc;
  /** all of one person, and the close ones of two */
  readonly pairs: readonly ClosePair[];
  /** squared L2 up to which those of two people are complete */
  readonly limit: number;
  readonly facesOf: readonly (readonly number[])[];
};

function describe(faces: FaceSet, options: AllPairsOptions, measured: Measured): VerificationFigures {
  const { rounds, together } = measured;
  const testedDifferent = rounds.reduce((sum, { tested }) => sum + tested.differentPairs, 0);
  const { threshold, folds, accuracy, val, auc, eer } = figuresOverFolds(rounds, together, options.fars, testedDifferent);
  const thresholds = roundThresholds(together);
  const intervals = intervalsOf(faces, options, measured, threshold, thresholds);
  return {
    pairs: pairsOf(together),
    samePairs: together.samePairs,
    differentPairs: together.differentPairs,
    accuracy: { ...accuracy, interval: intervals.accuracy ?? null },
    val: val.map((at) => ({ ...at, interval: intervals[`val ${at.far}`] ?? null })),
    auc,
    aucInterval: null,
    eer,
    eerInterval: intervals.eer ?? null,
    threshold,
    folds: folds.map((fold, i) => ({ ...fold, pairs: pairsOf(rounds[i]?.tested as Roc) })),
    inSample: rounds.length === 1,
    thresholds: operatingPoints(together, thresholds, "round", intervals),
    modelThresholds: operatingPoints(together, options.modelThresholds, "model", intervals),
    roc: rocPoints(together),
    histograms: histogramsOfRoc(together),
    worst: worstOf(faces, measured, threshold),
    reliability: options.probability ? reliabilityOf(together, options.probability) : [],
  };
}

export const rocOf = ({ same, different }: Counts): Roc => rocOfHistograms(same, different);
const pairsOf = ({ samePairs, differentPairs }: Roc): number => samePairs + differentPairs;

/** [folds][folds - fold] counts of the pairs between two folds, each two folds once. */
async function countBetweenFolds(
  faces: FaceSet,
  folds: readonly (readonly number[])[],
  facesOf: readonly (readonly number[])[],
  stream: DistanceStream,
): Promise<Counts[][]> {
  const parts = folds.map((people) =>
    selectRows(
      faces.embeddings,
      people.flatMap((person) => facesOf[person] as number[]),
    ),
  );
  const between: Counts[][] = [];
  for (const [g, left] of parts.entries()) {
    const row: Counts[] = [];
    for (const [h, right] of parts.entries()) {
      if (h < g)
        row.push(empty()); // counted as (h, g)
      else if (h > g) row.push({ same: new Float64Array(BINS), different: await stream.count(left, right) });
      else {
        const same = new Float64Array(BINS);
        for (const person of folds[g] ?? []) addSamePairs(faces, facesOf[person] as number[], same);
        const all = await stream.countPairs(left);
        row.push({ same, different: all.map((count, bin) => count - (same[bin] as number)) });
      }
    }
    between.push(row);
  }
  return between;
}

function addSamePairs({ embeddings }: FaceSet, own: readonly number[], counts: Float64Array): void {
  for (const [i, a] of own.entries())
    for (let j = 0; j < i; j++) {
      const bin = binOf(rowDistance(embeddings, a, own[j] as number));
      counts[bin] = (counts[bin] as number) + 1;
    }
}

const empty = (): Counts => ({ same: new Float64Array(0), different: new Float64Array(0) });

export function sumOf(all: readonly Counts[]): Counts {
  const sum = { same: new Float64Array(BINS), different: new Float64Array(BINS) };
  for (const kind of ["same", "different"] as const)
    for (const counts of all)
      for (let bin = 0; bin < counts[kind].length; bin++)
        sum[kind][bin] = (sum[kind][bin] as number) + (counts[kind][bin] as number);
  return sum;
}

function difference(a: Counts, b: Counts): Counts {
  return {
    same: a.same.map((count, bin) => count - (b.same[bin] as number)),
    different: a.different.map((count, bin) => count - (b.different[bin] as number)),
  };
}

/** The same curve, each kind with a weight of 1 in all: its accuracy is (VAL + 1 - FAR) / 2. */
export function balanced({ distances, trueAccepts, falseAccepts, samePairs, differentPairs }: Roc): Roc {
  return {
    distances,
    trueAccepts: Float64Array.from(trueAccepts, (count) => count / samePairs),
    falseAccepts: Float64Array.from(falseAccepts, (count) => count / differentPairs),
    samePairs: 1,
    differentPairs: 1,
  };
}

/** The largest edge up to which there are at most `most` pairs. */
function distanceOfClosest(different: Float64Array, most: number): number {
  let [bin, pairs] = [0, 0];
  while (bin < BINS && pairs + (different[bin] as number) <= most) pairs += different[bin++] as number;
  return (bin - 1) / BINS_A_UNIT;
}

function samePairs({ embeddings }: FaceSet, facesOf: readonly (readonly number[])[]): ClosePair[] {
  return facesOf.flatMap((own) =>
    own.flatMap((left, i) => own.slice(0, i).map((right) => ({ left, right, distance: rowDistance(embeddings, left, right) }))),
  );
}

/** Resampled from all same pairs and the close different ones; a figure that needs farther ones has no interval. */
function intervalsOf(
  faces: FaceSet,
  { fars, modelThresholds, bootstrap }: AllPairsOptions,
  { pairs, limit, facesOf }: Measured,
  threshold: number,
  thresholds: readonly { readonly far: number; readonly distance: number }[],
) {
  const within = (distance: number, value: () => number): number => (distance <= limit ? value() : Number.NaN);
  const figures: Record<string, (resample: Resample) => number> = {
    accuracy: ({ roc }) => within(threshold, () => (valAtThreshold(roc, threshold) + 1 - farAtThreshold(roc, threshold)) / 2),
    eer: ({ roc }) => (valAtThreshold(roc, limit) + farAtThreshold(roc, limit) < 1 ? Number.NaN : equalErrorRate(roc)),
  };
  for (const far of fars) {
    figures[`val ${far}`] = ({ roc }) =>
      farAtThreshold(roc, limit) <= far ? Number.NaN : within(thresholdAtFar(roc, far), () => valAtFar(roc, far));
  }
  for (const [name, list] of [
    ["round", thresholds],
    ["model", modelThresholds],
  ] as const)
    for (const [key, figure] of Object.entries(operatingFigures(list, name))) {
      const { distance } = list[Number(key.split(" ")[1])] as { distance: number };
      figures[key] = (resample) => (key.endsWith("far") ? within(distance, () => figure(resample)) : figure(resample));
    }
  return bootstrapByPerson<string>(peoplePairsOf(faces, pairs), figures, bootstrap, (times) => differentPairsOf(times, facesOf));
}

/** Pairs of two people where person p counts `times[p]` times: all pairs of faces less those of one person. */
export function differentPairsOf(times: Float64Array, facesOf: readonly (readonly number[])[]): number {
  let [sum, squares] = [0, 0];
  for (const [person, own] of facesOf.entries()) {
    const weight = (times[person] as number) * own.length;
    sum += weight;
    squares += weight * weight;
  }
  return (sum * sum - squares) / 2;
}

function worstOf(faces: FaceSet, { pairs }: Measured, threshold: number): VerificationFigures["worst"] {
  const shown = ({ left, right, distance }: ClosePair) => ({
    left: comparedFace(faces, left),
    right: comparedFace(faces, right),
    distance,
  });
  const isSame = ({ left, right }: ClosePair): boolean => faces.person[left] === faces.person[right];
  const accepted = pairs.filter((pair) => !isSame(pair) && pair.distance <= threshold).sort((a, b) => a.distance - b.distance);
  const refused = pairs.filter((pair) => isSame(pair) && pair.distance > threshold).sort((a, b) => b.distance - a.distance);
  return { falseAccepts: accepted.slice(0, WORST).map(shown), falseRejects: refused.slice(0, WORST).map(shown) };
}
