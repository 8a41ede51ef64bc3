/**
 * Calibrates thresholds for a gallery's own population without labels: from its impostor pairs, with confidence
 * intervals, and only
 * for rates that the number of pairs supports.
 *
 * For smaller rates the model's threshold is kept, unless the gallery shows that it accepts too many impostors: then the
 * conservative end of the gallery's interval is used.
 */
import { probabilityAt } from "../metric/distance.ts";
import { percentileInterval, quantile } from "../metric/statistics.ts";
import type { GalleryCalibrationFigures, GalleryThreshold } from "../schemas/calibration.ts";
import type { IsotonicCurve, ProbabilityCurve, Threshold } from "../schemas/threshold.ts";
import { acrossPhotographs } from "./across-photographs.ts";
import { effectivePairsOfPeople, realisedRate } from "./few-people.ts";
import type { ParetoPrior } from "./generalised-pareto.ts";
import { goodnessOfFit } from "./goodness-of-fit.ts";
import { findStrangerPairs, type PairSample, type PhotographedFaces } from "./stranger-pairs.ts";
import { createStrangerRuler, type StrangerRuler } from "./stranger-ruler.ts";
import { fitStrangerTail, type StrangerTail, tailDensityAt, tailDistanceAt, tailRateAt, type Weighted } from "./stranger-tail.ts";

export type GalleryCalibrationOptions = {
  /** the model's own, measured on impostor pairs */
  readonly thresholds: readonly Threshold[];
  /** the model's own; without it, duplicates of one person in a photograph are not recognised */
  readonly probability?: ProbabilityCurve | undefined;
  /** target false match rates */
  readonly fars: readonly number[];
  /** bootstrap samples of photographs, for intervals; at least 100 */
  readonly resamples: number;
  readonly random: () => number;
  /** Fewer impostor pairs are an error. Default and minimum: 100. */
  readonly leastPairs?: number | undefined;
  /** Distances were normalised: the model's thresholds give the shape of the tail, and decide nothing. Default false. */
  readonly normalised?: boolean;
};

/**
 * Prior on the deviation of a gallery's impostor tail from the model's. With quartiles alone and the model's
 * tail, rates were 0.7 to 1.3 times the target at 1e-2, 0.4 to 2.4 at 1e-3 and 0.2 to 6.8 at 1e-4, mostly above 1 (21
 * simulated albums).
 */
export const STRANGER_PRIOR: ParetoPrior = { scale: 1, logScaleDeviation: 0.08, shape: 0.02, shapeDeviation: 0.03 };
/** Faces of one photograph closer than the model's threshold at this rate may be the same person. */
const SUSPECTED = 1e-6;
/** Share of bootstrap samples that must agree with a rate; and step size in the search for the smallest such rate. */
const [MOST, RATE_STEP] = [0.9, 10 ** (-1 / 20)];
/** Fewer pairs add nothing to the model's calibration. */
export const LEAST_PAIRS = 100;
/** Draws of a gallery's rate for each bootstrap sample. */
const REALISATIONS = 20;
/** Quantile of the bootstrap samples for the conservative threshold. */
const SAFE = 0.25;
/** A fit worse than all but this share of its own simulations is rejected. */
const WORST_FIT = 0.01;
const PROBABILITY_STEPS = 60;
const BINS = 80;

/**
 * @throws RangeError for fewer than `LEAST_PAIRS` impostor pairs; errors of `createStrangerRuler`
 */
export function calibrateGallery(given: PhotographedFaces, options: GalleryCalibrationOptions): GalleryCalibrationFigures {
  const faces = { ...given, photographs: numbered(given.photographs) };
  const { fars, resamples, random, probability } = options;
  const ruler = createStrangerRuler(options.thresholds);
  const sameOverDifferent = (distance: number): number => (probability ? oddsOf(probabilityAt(probability, distance)) : 0);
  const pairs = findStrangerPairs(faces, { suspectedUpTo: ruler.distanceAt(-Math.log(SUSPECTED)), random });
  const least = Math.max(LEAST_PAIRS, options.leastPairs ?? 0);
  if (pairs.distinct < least)
    throw new RangeError(`${Math.floor(pairs.distinct)} pairs of two people in one photograph are too few: it takes ${least}`);
  const { tail, drawings } = drawTails(faces, pairs, { ruler, sameOverDifferent, resamples, random });
  const fit = goodnessOfFit(tail, STRANGER_PRIOR, random);
  const lowestFar = fit < WORST_FIT ? null : reachOf(tail, drawings, ruler, pairs.within.distances.length);
  const thresholds = fars.map((far) =>
    thresholdOf(far, { tail, drawings, ruler, lowestFar, own: options.normalised ? null : options.thresholds }),
  );
  for (const [i, threshold] of thresholds.entries()) {
    const before = thresholds[i - 1];
    if (before && before.far > threshold.far && threshold.distance > before.distance)
      thresholds[i] = { ...threshold, distance: before.distance };
  }
  const photographs = 1 + faces.photographs.reduce((most, photograph) => Math.max(most, photograph), 0);
  return {
    thresholds: withRealised(withMeasured(thresholds, pairs.within, photographs, resamples, random), faces.groups, {
      drawings,
      ruler,
      random,
    }),
    lowestFar,
    probability: probability ? curveOf(tail, ruler, sameOverDifferent) : null,
    photographs: pairs.photographs,
    pairs: pairs.within.distances.length,
    distinctPairs: Math.round(pairs.distinct),
    leftOut: { ...pairs.leftOut, samePersonTwice: Math.round(tail.samePersonShare * pairs.distinct) },
    goodnessOfFit: fit,
    tail: { ...tail.pareto, share: tail.limitShare },
    histogram: histogramOf(pairs.within),
    curve: curveOfRates(tail, drawings, ruler),
  };
}

type Drawn = { readonly tail: StrangerTail; readonly drawings: readonly StrangerTail[]; readonly ruler: StrangerRuler };

/**
 * The tail, and tails of bootstrap samples of photographs (Bayesian bootstrap, Rubin 1981), each with a prior drawn
 * from its own distribution.
 */
function drawTails(
  faces: PhotographedFaces,
  { within, apart, onlyWithin }: ReturnType<typeof findStrangerPairs>,
  {
    ruler,
    sameOverDifferent,
    resamples,
    random,
  }: Omit<Drawn, "tail" | "drawings"> & {
    readonly sameOverDifferent: (distance: number) => number;
    readonly resamples: number;
    readonly random: () => number;
  },
): Pick<Drawn, "tail" | "drawings"> {
  const across = acrossPhotographs(faces, random);
  const photographs = 1 + (faces.photographs as Int32Array).reduce((most, photograph) => Math.max(most, photograph), 0);
  const tailOf = (prior: ParetoPrior, times?: Float64Array): StrangerTail => {
    const of = (sample: PairSample): Weighted => (times ? reweighted(sample, times) : sample);
    const outside = of(apart);
    return fitStrangerTail(
      {
        across: of(across),
        strangers: [
          { body: of(within), tail: of(onlyWithin) },
          { body: outside, tail: outside },
        ],
      },
      { ruler, prior, sameOverDifferent },
    );
  };
  const { scale, shape, logScaleDeviation, shapeDeviation } = STRANGER_PRIOR;
  const drawings = Array.from({ length: resamples }, () => {
    const times = Float64Array.from({ length: photographs }, () => -Math.log(1 - random()));
    const prior = {
      ...STRANGER_PRIOR,
      scale: scale * Math.exp(logScaleDeviation * normal(random)),
      shape: shape + shapeDeviation * normal(random),
    };
    return tailOf(prior, times);
  });
  return { tail: tailOf(STRANGER_PRIOR), drawings };
}

/**
 * The smallest rate that the pairs support: down to it, `MOST` of the bootstrap samples are within a factor of two, and
 * it corresponds to
 * at least one pair.
 */
function reachOf(tail: StrangerTail, drawings: readonly StrangerTail[], ruler: StrangerRuler, pairs: number): number | null {
  let reach: number | null = null;
  for (let rate = RATE_STEP; rate * pairs >= 1; rate *= RATE_STEP) {
    const distance = tailDistanceAt(tail, rate, ruler);
    const within = drawings.filter((drawing) => Math.abs(Math.log(tailRateAt(drawing, distance, ruler) / rate)) <= Math.LN2);
    if (within.length < MOST * drawings.length) break;
    reach = rate;
  }
  return reach;
}

function thresholdOf(
  far: number,
  {
    tail,
    drawings,
    ruler,
    lowestFar,
    own,
  }: Drawn & {
    readonly lowestFar: number | null;
    /** null: on another scale */
    readonly own: readonly Threshold[] | null;
  },
): Omit<GalleryThreshold, "farInterval"> {
  const distances = drawings.map((drawing) => tailDistanceAt(drawing, far, ruler)).sort((a, b) => a - b);
  const isSupported = lowestFar !== null && far >= lowestFar * (1 - 1e-9);
  const model = own
    ? (own.find((threshold) => Math.abs(threshold.far / far - 1) < 1e-9)?.distance ?? ruler.distanceAt(-Math.log(far)))
    : 4;
  const safe = quantile(distances, SAFE);
  const distance = isSupported ? tailDistanceAt(tail, far, ruler) : Math.min(model, safe);
  return {
    far,
    distance,
    basis: isSupported ? "gallery" : distance < model ? "safe side" : "model",
    interval: percentileInterval(distances),
    modelDistance: model,
    modelFar: tailRateAt(tail, model, ruler),
  };
}

/** Adds the share of pairs within photographs that each distance accepts, with its bootstrap interval. */
function withMeasured(
  thresholds: readonly Omit<GalleryThreshold, "farInterval">[],
  within: PairSample,
  photographs: number,
  resamples: number,
  random: () => number,
): Omit<GalleryThreshold, "farInterval">[] {
  const shares = (weights: ArrayLike<number>): number[] => {
    let all = 0;
    const accepted = thresholds.map(() => 0);
    for (let i = 0; i < within.distances.length; i++) {
      const weight = weights[i] as number;
      all += weight;
      for (const [t, { distance }] of thresholds.entries())
        if ((within.distances[i] as number) <= distance) accepted[t] = (accepted[t] as number) + weight;
    }
    return accepted.map((sum) => sum / all);
  };
  const drawn = Array.from({ length: resamples }, () => {
    const times = Float64Array.from({ length: photographs }, () => -Math.log(1 - random()));
    return shares(reweighted(within, times).weights);
  });
  const measured = shares(within.weights);
  return thresholds.map((threshold, t) => {
    const sorted = drawn.map((each) => each[t] as number).sort((a, b) => a - b);
    return { ...threshold, measuredFar: measured[t] as number, measuredInterval: percentileInterval(sorted) };
  });
}

/** Rates in this gallery, whose people are a sample: the smaller a rate and the fewer the people, the more they vary. */
function withRealised(
  thresholds: readonly Omit<GalleryThreshold, "farInterval">[],
  groups: ArrayLike<number>,
  { drawings, ruler, random }: Pick<Drawn, "drawings" | "ruler"> & { readonly random: () => number },
): GalleryThreshold[] {
  const pairs = effectivePairsOfPeople(groups);
  return thresholds.map((threshold) => {
    const rates = drawings.flatMap((drawing) => {
      const rate = tailRateAt(drawing, threshold.distance, ruler);
      return Array.from({ length: REALISATIONS }, () => realisedRate(rate, pairs, random));
    });
    return { ...threshold, farInterval: percentileInterval(rates.sort((a, b) => a - b)) };
  });
}

/** Weights of a Bayesian bootstrap: one per photograph; a pair across two photographs gets the product of both. */
function reweighted({ distances, weights, left, right }: PairSample, times: Float64Array): Weighted {
  return {
    distances,
    weights: weights.map((weight, i) => {
      const first = times[left[i] as number] as number;
      return weight * (left[i] === right[i] ? first : first * (times[right[i] as number] as number));
    }),
  };
}

/** P(same person) from the model's genuine distances and the gallery's impostor distances; non-increasing. */
function curveOf(tail: StrangerTail, ruler: StrangerRuler, sameOverDifferent: (distance: number) => number): IsotonicCurve {
  const [from, to] = [tailDistanceAt(tail, 1e-6, ruler), tailDistanceAt(tail, 0.5, ruler)];
  let least = 1;
  const points = Array.from({ length: PROBABILITY_STEPS + 1 }, (_, i) => {
    const distance = Math.min(4, Math.max(0, from + ((to - from) * i) / PROBABILITY_STEPS));
    const ofSame = sameOverDifferent(distance) * Math.exp(-ruler.heightAt(distance)) * ruler.slopeAt(distance);
    const ofStrangers = tailDensityAt(tail, distance, ruler);
    least = Math.min(least, ofStrangers > 0 ? ofSame / (ofSame + ofStrangers) : 1);
    return { distance, probability: least };
  });
  return { points: points.filter(({ distance }, i) => i === 0 || distance > (points[i - 1]?.distance as number)) };
}

/** Renumbers photographs from 0. */
function numbered(photographs: ArrayLike<number>): Int32Array {
  const numbers = new Map<number, number>();
  return Int32Array.from(photographs, (photograph) => {
    const number = numbers.get(photograph) ?? numbers.size;
    numbers.set(photograph, number);
    return number;
  });
}

function histogramOf({ distances, weights }: PairSample): GalleryCalibrationFigures["histogram"] {
  const counts = new Array<number>(BINS).fill(0);
  for (const [i, distance] of distances.entries()) {
    const bin = Math.min(BINS - 1, Math.floor((distance / 4) * BINS));
    counts[bin] = (counts[bin] as number) + (weights[i] as number);
  }
  return { binWidth: 4 / BINS, counts };
}

/** Fitted rate at distances down to a rate of 1e-5, with its interval. */
function curveOfRates(
  tail: StrangerTail,
  drawings: readonly StrangerTail[],
  ruler: StrangerRuler,
): GalleryCalibrationFigures["curve"] {
  return Array.from({ length: 41 }, (_, i) => 10 ** (-i / 8)).map((rate) => {
    const distance = tailDistanceAt(tail, Math.min(0.999, rate), ruler);
    const rates = drawings.map((drawing) => tailRateAt(drawing, distance, ruler)).sort((a, b) => a - b);
    const { low, high } = percentileInterval(rates);
    return { distance, far: tailRateAt(tail, distance, ruler), low, high };
  });
}

const oddsOf = (probability: number): number => probability / Math.max(1e-12, 1 - probability);

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
