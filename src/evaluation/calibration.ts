/**
 * Calibration from labelled faces: thresholds for target false accept rates, and a probability of "same person". All pairs count;
 * intervals come from a bootstrap over people; the kind of probability curve is selected by cross-validation over people.
 */
import { probabilityAt } from "../metric/distance.ts";
import type { CalibratedThreshold, LabelledCalibration } from "../schemas/calibration.ts";
import type { ProbabilityCurve, Threshold } from "../schemas/threshold.ts";
import { type BootstrapInterval, type BootstrapOptions, bootstrapByPerson, type Resample } from "./bootstrap.ts";
import { closestPairs, countRounds, differentPairsOf, peoplePairsOf } from "./counted-pairs.ts";
import { DistanceStream, type StreamOptions } from "./distance-stream.ts";
import type { FaceSet } from "./face-set.ts";
import { dealPeople, facesByPerson } from "./people-folds.ts";
import { fitIsotonicCurve, fitProbabilityCurve } from "./probability-curve.ts";
import { keptReliabilityIntervals, logLoss, pooledReliability } from "./reliability.ts";
import { farAtThreshold, type Roc, thresholdAtFar, valAtThreshold } from "./roc.ts";
import { operatingPoints } from "./verification.ts";

export type CalibrationOptions = {
  /** Target false accept rates; those with less than one expected pair are left out. */
  readonly fars: readonly number[];
  readonly modelThresholds: readonly Threshold[];
  readonly random: () => number;
  readonly bootstrap: BootstrapOptions;
  readonly stream: StreamOptions;
};

export type CalibrationFigures = Pick<
  LabelledCalibration,
  "samePairs" | "differentPairs" | "logLoss" | "reliability" | "modelThresholds" | "probability" | "thresholds"
>;

/** Folds of people for cross-validation of probabilities. */
const FOLDS = 5;

/**
 * @throws RangeError for fewer than two people, nobody with two faces, or too few pairs for every rate; the signal's reason
 */
export async function calibrateFaces(faces: FaceSet, options: CalibrationOptions): Promise<CalibrationFigures> {
  const facesOf = facesByPerson(faces.person, faces.people.length);
  const folds = dealPeople(
    facesOf.map((own) => own.length),
    FOLDS,
    options.random,
  );
  const stream = await DistanceStream.create(faces.embeddings, options.stream);
  try {
    const { rounds, total, together } = await countRounds(faces, folds, facesOf, stream);
    const reachable = options.fars.filter((far) => far * together.differentPairs >= 1);
    if (reachable.length === 0)
      throw new RangeError(
        `${together.differentPairs} pairs of different people are too few for a false accept rate of ${Math.max(...options.fars)}, which requires ${Math.ceil(1 / Math.max(...options.fars))}`,
      );
    const close = await closestPairs(faces, facesOf, total.different, stream);
    const intervals = bootstrapByPerson<string>(
      peoplePairsOf(faces, close.pairs),
      intervalFigures(together, reachable, close.limit),
      options.bootstrap,
      (times) => differentPairsOf(times, facesOf),
    );
    return {
      samePairs: together.samePairs,
      differentPairs: together.differentPairs,
      thresholds: reachable.map((far) => thresholdOf(together, far, intervals)),
      modelThresholds: operatingPoints(together, options.modelThresholds, "model", {}),
      ...probabilityOf(rounds, together, (probability) =>
        keptReliabilityIntervals(
          { faces, ...close, groups: folds, facesOf, probability, random: options.random },
          options.bootstrap,
        ),
      ),
    };
  } finally {
    await stream.dispose();
  }
}

function thresholdOf(roc: Roc, far: number, intervals: Readonly<Record<string, BootstrapInterval | null>>): CalibratedThreshold {
  const distance = Math.max(0, thresholdAtFar(roc, far));
  return {
    far,
    distance,
    interval: intervals[`distance ${far}`] ?? null,
    farInterval: intervals[`far ${far}`] ?? null,
    val: valAtThreshold(roc, distance),
    expectedFalseAccepts: far * roc.differentPairs,
  };
}

/** Threshold in each resample, and its rate there; NaN if pairs beyond those kept would matter. */
function intervalFigures(together: Roc, fars: readonly number[], limit: number) {
  const figures: Record<string, (resample: Resample) => number> = {};
  for (const far of fars) {
    const found = thresholdAtFar(together, far);
    figures[`distance ${far}`] = ({ roc }) => (farAtThreshold(roc, limit) <= far ? Number.NaN : thresholdAtFar(roc, far));
    figures[`far ${far}`] = ({ roc }) => (found > limit ? Number.NaN : farAtThreshold(roc, found));
  }
  return figures;
}

/** Logistic or isotonic curve, whichever has the lower log loss in cross-validation; the final curve is fitted on all people. */
function probabilityOf(
  rounds: readonly { readonly train: Roc; readonly test: Roc }[],
  together: Roc,
  intervalsOf: (probability: (distance: number, fold: number) => number) => readonly (BootstrapInterval | null)[],
): Pick<LabelledCalibration, "probability" | "logLoss" | "reliability"> {
  const kinds = { logistic: fitProbabilityCurve, isotonic: fitIsotonicCurve };
  const lossOf = (fitCurve: (roc: Roc) => ProbabilityCurve | undefined): number | null => {
    const losses = rounds.map(({ train, test }) => {
      const curve = fitCurve(train);
      return curve ? logLoss(test, (distance) => probabilityAt(curve, distance)) : Number.NaN;
    });
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    return Number.isNaN(mean) ? null : mean;
  };
  const losses = { logistic: lossOf(kinds.logistic), isotonic: lossOf(kinds.isotonic) as number };
  const isLogistic = losses.logistic !== null && losses.logistic <= losses.isotonic;
  const fitCurve: (roc: Roc) => ProbabilityCurve | undefined = isLogistic ? kinds.logistic : kinds.isotonic;
  // A selected curve exists in every fold: otherwise the logistic loss is null, and isotonic curves always fit.
  const curves = rounds.map(({ train }) => fitCurve(train) as ProbabilityCurve);
  const probability = (distance: number, fold: number) => probabilityAt(curves[fold] as ProbabilityCurve, distance);
  const judged = rounds.map(({ test }, fold) => ({ roc: test, probability: (distance: number) => probability(distance, fold) }));
  return {
    probability: fitCurve(together) ?? null,
    logLoss: losses,
    reliability: pooledReliability(judged, intervalsOf(probability)),
  };
}
