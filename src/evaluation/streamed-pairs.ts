/**
 * All pairs of a large set of faces, counted instead of kept. People are dealt to folds; a fold is tested on the pairs among its
 * own people, with thresholds from the pairs among all others. Different pairs far outnumber same pairs, so accuracy weighs both
 * kinds equally: (VAL + 1 - FAR) / 2.
 */
import { bootstrapByPerson, type Resample } from "./bootstrap.ts";
import { balanced, closestPairs, countRounds, differentPairsOf, peoplePairsOf } from "./counted-pairs.ts";
import { histogramsOfRoc } from "./distance-histogram.ts";
import { type ClosePair, DistanceStream, type StreamOptions } from "./distance-stream.ts";
import { comparedFace, type FaceSet } from "./face-set.ts";
import { figuresOverFolds, type Round } from "./lfw-protocol.ts";
import { likelihoodFigures } from "./likelihood.ts";
import { dealPeople, facesByPerson } from "./people-folds.ts";
import { keptReliabilityIntervals, logLoss, reliabilityOf } from "./reliability.ts";
import { equalErrorRate, farAtThreshold, type Roc, rocPoints, thresholdAtFar, valAtFar, valAtThreshold } from "./roc.ts";
import {
  operatingFigures,
  operatingPoints,
  roundThresholds,
  type VerificationFigures,
  type VerificationOptions,
  WORST,
} from "./verification.ts";

export type AllPairsOptions = Omit<VerificationOptions, "definitions"> & {
  /** Maximum number of folds; see `dealPeople`. */
  readonly folds: number;
  readonly random: () => number;
  readonly stream: StreamOptions;
};

/**
 * @returns figures; an interval is null if it would require different pairs beyond those kept
 * @throws RangeError for fewer than two people, or if no person has two faces; the signal's reason
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

/** A round on curves with both kinds weighted equally, and the unweighted curve of the tested pairs. */
type CountedRound = Round & { readonly tested: Roc };

type Measured = {
  readonly rounds: readonly CountedRound[];
  readonly together: Roc;
  /** All same pairs, and close different pairs. */
  readonly pairs: readonly ClosePair[];
  /** Squared L2 up to which different pairs are complete. */
  readonly limit: number;
  readonly facesOf: readonly (readonly number[])[];
};

function describe(faces: FaceSet, options: AllPairsOptions, measured: Measured): VerificationFigures {
  const { rounds, together } = measured;
  const testedDifferent = rounds.reduce((sum, { tested }) => sum + tested.differentPairs, 0);
  const { threshold, folds, accuracy, val, auc, eer } = figuresOverFolds(rounds, together, options.fars, testedDifferent);
  const thresholds = roundThresholds(together);
  const intervals = intervalsOf(faces, options, measured, threshold, thresholds);
  const { probability } = options;
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
    reliability: probability ? reliabilityOf(together, probability, reliabilityIntervalsOf(faces, options, measured)) : [],
    logLoss: probability ? logLoss(together, probability) : null,
    logLossInterval: null, // dominated by the far pairs, which are not kept
    likelihood: probability ? likelihoodFigures(together, probability) : null,
  };
}

const pairsOf = ({ samePairs, differentPairs }: Roc): number => samePairs + differentPairs;

/** Resampled from all same pairs and the close different ones; a figure that needs farther pairs has no interval. */
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

function reliabilityIntervalsOf(
  faces: FaceSet,
  { probability, bootstrap }: AllPairsOptions,
  { pairs, limit, facesOf }: Measured,
) {
  if (!probability) return [];
  const groups = [[...faces.people.keys()]];
  return keptReliabilityIntervals({ faces, pairs, limit, groups, facesOf, probability, random: bootstrap.random }, bootstrap);
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
