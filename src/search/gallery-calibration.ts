/**
 * Thresholds for a gallery's own people, without labels: from its pairs of strangers, with intervals, and only as far down as
 * these can vouch.
 *
 * Below that, the model's own threshold stays, unless the gallery says that it lets too many through: then the gallery's, on the
 * safe side, is taken.
 */
import { probabilityAt } from "../metric/distance.ts";
import { quantile } from "../metric/statistics.ts";
import type { GalleryCalibrationFigures, GalleryThreshold } from "../schemas/calibration.ts";
import type { IsotonicCurve, ProbabilityCurve, Threshold } from "../schemas/threshold.ts";
import { exceedanceAt, fitGeneralisedPareto, type ParetoPrior, survivalAt } from "./generalised-pareto.ts";
import { findStrangerPairs, type PairSample, type PhotographedFaces } from "./stranger-pairs.ts";
import { createStrangerRuler, type StrangerRuler } from "./stranger-ruler.ts";
import { fitStrangerTail, type StrangerTail, tailDensityAt, tailDistanceAt, tailRateAt, type Weighted } from "./stranger-tail.ts";

export type GalleryCalibrationOptions = {
  /** the model's own, measured on strangers */
  readonly thresholds: readonly Threshold[];
  /** the model's own; without it, no pair is recognised as one person twice */
  readonly probability?: ProbabilityCurve | undefined;
  /** wanted false match rates */
  readonly fars: readonly number[];
  /** drawings of photographs, for intervals; 100 at least */
  readonly resamples: number;
  readonly random: () => number;
};

/** How far the tail of a gallery's strangers may be from the model's, before any of it is seen. */
export const STRANGER_PRIOR: ParetoPrior = { scale: 1, logScaleDeviation: 0.2, shape: 0, shapeDeviation: 0.1 };
/** Random pairs across photographs, and what one person counts for at most. */
const [ACROSS, MOST_OF_ONE] = [20_000, 10];
/** Faces of one photograph that are closer than all but so many of the model's strangers may be one person. */
const SUSPECTED = 1e-6;
/** Pairs that a rate must amount to: the tail is a fit, so one is enough (docs/decisions/0019-calibration-without-labels.md). */
const PAIRS_OF_A_RATE = 1;
/** Fewer pairs say nothing that the model does not. */
export const LEAST_PAIRS = 100;
const LEVEL = 0.95;
/** Of the drawings, those that the safe side leaves behind. */
const SAFE = 0.1;
/** Draws of the fitted distribution for the goodness of fit; a fit worse than all but this share of them is rejected. */
const [FIT_DRAWS, WORST_FIT] = [100, 0.01];
const PROBABILITY_STEPS = 60;
const BINS = 80;

/**
 * @throws RangeError for fewer than `LEAST_PAIRS` pairs of different people; what `createStrangerRuler` throws
 */
export function calibrateGallery(faces: PhotographedFaces, options: GalleryCalibrationOptions): GalleryCalibrationFigures {
  const { fars, resamples, random, probability } = options;
  const ruler = createStrangerRuler(options.thresholds);
  const sameOverDifferent = (distance: number): number => (probability ? oddsOf(probabilityAt(probability, distance)) : 0);
  const pairs = findStrangerPairs(faces, { suspectedUpTo: ruler.distanceAt(-Math.log(SUSPECTED)), random });
  if (pairs.distinct < LEAST_PAIRS)
    throw new RangeError(
      `${Math.floor(pairs.distinct)} pairs of two people in one photograph are too few: it takes ${LEAST_PAIRS}`,
    );
  const { tail, drawings } = drawTails(faces, pairs, { ruler, sameOverDifferent, resamples, random });
  const fit = goodnessOfFit(tail, random);
  const vouchesDownTo = fit < WORST_FIT ? null : PAIRS_OF_A_RATE / pairs.distinct;
  const thresholds = fars.map((far) => thresholdOf(far, { tail, drawings, ruler, vouchesDownTo, own: options.thresholds }));
  for (const [i, threshold] of thresholds.entries()) {
    const before = thresholds[i - 1];
    if (before && before.far > threshold.far && threshold.distance > before.distance)
      thresholds[i] = { ...threshold, distance: before.distance };
  }
  return {
    thresholds,
    vouchesDownTo,
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

/** The tail, and those of drawings of photographs (a Bayesian bootstrap, Rubin 1981), each with a prior drawn from its own. */
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
  const tailOf = (prior: ParetoPrior, times?: (photograph: number) => number): StrangerTail => {
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
    const drawn = new Map<number, number>();
    const times = (photograph: number): number => {
      const time = drawn.get(photograph) ?? -Math.log(1 - random());
      drawn.set(photograph, time);
      return time;
    };
    const prior = {
      ...STRANGER_PRIOR,
      scale: scale * Math.exp(logScaleDeviation * normal(random)),
      shape: shape + shapeDeviation * normal(random),
    };
    return tailOf(prior, times);
  });
  return { tail: tailOf(STRANGER_PRIOR), drawings };
}

function thresholdOf(
  far: number,
  {
    tail,
    drawings,
    ruler,
    vouchesDownTo,
    own,
  }: Drawn & {
    readonly vouchesDownTo: number | null;
    readonly own: readonly Threshold[];
  },
): GalleryThreshold {
  const distances = drawings.map((drawing) => tailDistanceAt(drawing, far, ruler)).sort((a, b) => a - b);
  const vouched = vouchesDownTo !== null && far >= vouchesDownTo * (1 - 1e-9);
  const model = own.find((threshold) => Math.abs(threshold.far / far - 1) < 1e-9)?.distance ?? ruler.distanceAt(-Math.log(far));
  const safe = quantile(distances, SAFE);
  const distance = vouched ? tailDistanceAt(tail, far, ruler) : Math.min(model, safe);
  const rates = drawings.map((drawing) => tailRateAt(drawing, distance, ruler)).sort((a, b) => a - b);
  const interval = (sorted: readonly number[]) => ({
    level: LEVEL,
    low: quantile(sorted, (1 - LEVEL) / 2),
    high: quantile(sorted, (1 + LEVEL) / 2),
  });
  return {
    far,
    distance,
    basis: vouched ? "gallery" : distance < model ? "safe side" : "model",
    interval: interval(distances),
    farInterval: interval(rates),
    modelDistance: model,
    modelFar: tailRateAt(tail, model, ruler),
  };
}

/** A Bayesian bootstrap's weights: photographs weigh more or less, a pair of two as both together. */
function reweighted({ distances, weights, left, right }: PairSample, times: (photograph: number) => number): Weighted {
  return {
    distances,
    weights: weights.map((weight, i) => {
      const first = times(left[i] as number);
      return weight * (left[i] === right[i] ? first : first * times(right[i] as number));
    }),
  };
}

/**
 * Random pairs of two people in two photographs. A person counts with their faces, up to `MOST_OF_ONE`: nobody outweighs the rest,
 * nor do faces that clustering has left alone, which may be anybody's.
 */
function acrossPhotographs({ photographs, groups, distance }: PhotographedFaces, random: () => number): PairSample {
  const people = [
    ...Map.groupBy(
      Array.from({ length: groups.length }, (_, face) => face),
      (face) => ((groups[face] as number) < 0 ? -1 - face : (groups[face] as number)),
    ).values(),
  ];
  const entries = people.flatMap((own, person) => Array.from({ length: Math.min(own.length, MOST_OF_ONE) }, () => person));
  const draw = (): { person: number; face: number } => {
    const person = entries[Math.floor(random() * entries.length)] as number;
    const own = people[person] as number[];
    return { person, face: own[Math.floor(random() * own.length)] as number };
  };
  const found: { distance: number; left: number; right: number }[] = [];
  for (let attempt = 0; attempt < 2 * ACROSS && found.length < ACROSS; attempt++) {
    const [a, b] = [draw(), draw()];
    const [left, right] = [photographs[a.face] as number, photographs[b.face] as number];
    if (a.person !== b.person && left !== right) found.push({ distance: distance(a.face, b.face), left, right });
  }
  if (found.length === 0) throw new RangeError("no two photographs show two people");
  found.sort((x, y) => x.distance - y.distance);
  return {
    distances: Float64Array.from(found, (pair) => pair.distance),
    weights: new Float64Array(found.length).fill(1),
    left: Float64Array.from(found, (pair) => pair.left),
    right: Float64Array.from(found, (pair) => pair.right),
  };
}

/**
 * How often draws of the fitted tail are as far from their own fit as the exceedances are from it: the Kolmogorov distance by
 * parametric bootstrap, since a fit to the same data is closer than a distribution given beforehand (Lilliefors 1967).
 */
function goodnessOfFit({ pareto, exceedances, exceedanceWeights }: StrangerTail, random: () => number): number {
  const size = Math.round(exceedanceWeights.reduce((sum, weight) => sum + weight, 0));
  if (size < 5) return 1;
  const observed = kolmogorov(exceedances, exceedanceWeights, (x) => survivalAt(pareto, x));
  const ones = new Float64Array(size).fill(1);
  let asFar = 0;
  for (let i = 0; i < FIT_DRAWS; i++) {
    const drawn = Float64Array.from({ length: size }, () => exceedanceAt(pareto, 1 - random()));
    const own = fitGeneralisedPareto(drawn, ones, STRANGER_PRIOR);
    if (kolmogorov(drawn, ones, (x) => survivalAt(own, x)) >= observed) asFar++;
  }
  return (asFar + 1) / (FIT_DRAWS + 1);
}

function kolmogorov(values: Float64Array, weights: Float64Array, survival: (x: number) => number): number {
  const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let [before, largest] = [0, 0];
  for (const i of order) {
    const fitted = 1 - survival(values[i] as number);
    const after = before + (weights[i] as number) / total;
    largest = Math.max(largest, Math.abs(fitted - before), Math.abs(fitted - after));
    before = after;
  }
  return largest;
}

/** P(same person) with the model's distances of one person, and the gallery's of strangers; never rising. */
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

function histogramOf({ distances, weights }: PairSample): GalleryCalibrationFigures["histogram"] {
  const counts = new Array<number>(BINS).fill(0);
  for (const [i, distance] of distances.entries()) {
    const bin = Math.min(BINS - 1, Math.floor((distance / 4) * BINS));
    counts[bin] = (counts[bin] as number) + (weights[i] as number);
  }
  return { binWidth: 4 / BINS, counts };
}

/** The fitted rate at distances down to a rate of 1e-5, with its interval. */
function curveOfRates(
  tail: StrangerTail,
  drawings: readonly StrangerTail[],
  ruler: StrangerRuler,
): GalleryCalibrationFigures["curve"] {
  return Array.from({ length: 41 }, (_, i) => 10 ** (-i / 8)).map((rate) => {
    const distance = tailDistanceAt(tail, Math.min(0.999, rate), ruler);
    const rates = drawings.map((drawing) => tailRateAt(drawing, distance, ruler)).sort((a, b) => a - b);
    return {
      distance,
      far: tailRateAt(tail, distance, ruler),
      low: quantile(rates, (1 - LEVEL) / 2),
      high: quantile(rates, (1 + LEVEL) / 2),
    };
  });
}

const oddsOf = (probability: number): number => probability / Math.max(1e-12, 1 - probability);

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
