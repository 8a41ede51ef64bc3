/**
 * False match rate of one gallery as a function of distance, estimated from its impostor pairs.
 *
 * People in one photograph share lighting, camera and often resemblance, so their distances differ from those of two people in
 * two photographs, which real decisions compare. So the body of the distribution (its quartiles) comes from random pairs across
 * photographs, where a few unrecognised genuine pairs do no harm. The tail, where they would, comes from certain impostor
 * pairs, shifted and scaled to that body. The tail is a generalised Pareto distribution on the scale of the
 * model's impostor distances, with the model's tail as prior. Remaining genuine pairs (a mirror, a poster) are the second
 * component of a mixture, with the model's density.
 */
import {
  exceedanceAt,
  fitGeneralisedPareto,
  type GeneralisedPareto,
  logDensityAt,
  type ParetoPrior,
  survivalAt,
} from "./generalised-pareto.ts";
import { BODY, type Body, bodyFrom, type StrangerRuler } from "./stranger-ruler.ts";

/** Distances, ascending, with weights. */
export type Weighted = { readonly distances: Float64Array; readonly weights: Float64Array };

export type TailOptions = {
  readonly ruler: StrangerRuler;
  readonly prior: ParetoPrior;
  /** ratio of genuine to impostor density in the reference, at a distance */
  readonly sameOverDifferent: (distance: number) => number;
};

/** Fitted distribution of impostor distances across photographs. */
export type StrangerTail = {
  /** of the distances across photographs */
  readonly middle: number;
  readonly spread: number;
  /** share of pairs beyond the limit where the tail begins */
  readonly limitShare: number;
  readonly pareto: GeneralisedPareto;
  /** share of the pairs within photographs classified as the same person twice */
  readonly samePersonShare: number;
  /** heights over the limit, [n], and each pair's weight as an impostor pair: the data of the tail's fit */
  readonly exceedances: Float64Array;
  readonly exceedanceWeights: Float64Array;
};

/** The tail begins at the closest tenth of the pairs. */
export const TAIL_SHARE = 0.1;
const LIMIT = -Math.log(TAIL_SHARE);
/** Prior share of genuine pairs within photographs, and its maximum. */
const [SAME_SHARE, MOST_SAME_SHARE] = [1e-3, 0.3];
const ROUNDS = 6;
const BODY_BINS = 400;
const BIN = 4 / BODY_BINS;
/** Prior weight, in pairs, of the scale of pairs within photographs. */
const SCALE_PAIRS = 300;
/** The same for its location. */
const MIDDLE_PAIRS = 20;
/** Prior weight, in pairs, of the reference's share beyond the limit. */
const LIMIT_PAIRS = 200;

export type TailSamples = {
  /** random pairs of two people in two photographs: they give the body */
  readonly across: Weighted;
  /** each with its own body, and the pairs that contribute to the tail */
  readonly strangers: readonly { readonly body: Weighted; readonly tail: Weighted }[];
};

/** @throws RangeError without pairs */
export function fitStrangerTail({ across, strangers: samples }: TailSamples, options: TailOptions): StrangerTail {
  const { ruler, prior } = options;
  const ofSameAt = sameDensities(options);
  const place = strangersBody(across, ofSameAt, ruler);
  const beyond: { height: number; weight: number; ofSame: number; slope: number }[] = [];
  let total = 0;
  for (const { body, tail } of samples) {
    if (tail.distances.length === 0) continue;
    total += sum(tail.weights);
    const own = bodyOf(body);
    const pairs = sum(body.weights);
    const ratio = Math.exp((pairs / (pairs + SCALE_PAIRS)) * Math.log(place.spread / own.spread));
    const from = place.middle + (pairs / (pairs + MIDDLE_PAIRS)) * (own.middle - place.middle);
    for (let i = 0; i < tail.distances.length; i++) {
      const distance = tail.distances[i] as number;
      const moved = place.middle + (distance - from) * ratio;
      const height = heightOf(place, moved, ruler) - LIMIT;
      if (height < 0) break; // the remaining pairs are farther apart
      const ofSame = ofSameAt[binOf(distance)] as number;
      beyond.push({ height, weight: tail.weights[i] as number, ofSame, slope: slopeOf(place, moved, ruler) * ratio });
    }
  }
  const heights = beyond.map(({ height }) => height);
  let strangers = beyond.map(({ weight }) => weight);
  // Starts from the model's tail: one fitted to all pairs would treat the closest as impostors and keep them.
  let pareto: GeneralisedPareto = { scale: prior.scale, shape: prior.shape };
  let samePersonShare = SAME_SHARE;
  for (let round = 0; round < ROUNDS; round++) {
    let same = 0;
    strangers = beyond.map(({ height, weight, ofSame, slope }) => {
      const ofStrangers = TAIL_SHARE * Math.exp(logDensityAt(pareto, height)) * slope;
      const stranger = 1 / (1 + ((samePersonShare / (1 - samePersonShare)) * ofSame) / Math.max(ofStrangers, 1e-300));
      same += weight * (1 - stranger);
      return weight * stranger;
    });
    samePersonShare = Math.min(MOST_SAME_SHARE, Math.max(1e-6, same / total));
    pareto = fitGeneralisedPareto(heights, strangers, prior, pareto);
  }
  return {
    ...place,
    limitShare: (sum(strangers) + TAIL_SHARE * LIMIT_PAIRS) / (total * (1 - samePersonShare) + LIMIT_PAIRS),
    pareto,
    samePersonShare,
    exceedances: Float64Array.from(heights),
    exceedanceWeights: Float64Array.from(strangers),
  };
}

/** Share of impostor pairs within a distance. */
export function tailRateAt(tail: StrangerTail, distance: number, ruler: StrangerRuler): number {
  const height = heightOf(tail, distance, ruler);
  if (height >= LIMIT) return tail.limitShare * survivalAt(tail.pareto, height - LIMIT);
  // from the limit's share up to all pairs
  return Math.exp((height / LIMIT) * Math.log(tail.limitShare));
}

/** Density of impostor distances. */
export function tailDensityAt(tail: StrangerTail, distance: number, ruler: StrangerRuler): number {
  const height = heightOf(tail, distance, ruler);
  const slope = slopeOf(tail, distance, ruler);
  if (height >= LIMIT) return tail.limitShare * Math.exp(logDensityAt(tail.pareto, height - LIMIT)) * slope;
  return ((tailRateAt(tail, distance, ruler) * -Math.log(tail.limitShare)) / LIMIT) * slope;
}

/** Distance within which a share of impostor pairs lies. */
export function tailDistanceAt(tail: StrangerTail, rate: number, ruler: StrangerRuler): number {
  const { limitShare, pareto } = tail;
  const height =
    rate >= limitShare ? (LIMIT * Math.log(rate)) / Math.log(limitShare) : LIMIT + exceedanceAt(pareto, rate / limitShare);
  return Math.max(0, tail.middle + ((ruler.distanceAt(height) - ruler.body.middle) * tail.spread) / ruler.body.spread);
}

/**
 * Body of pairs that may include unrecognised genuine ones: these are down-weighted as the second component
 * of a mixture.
 */
function strangersBody({ distances, weights }: Weighted, ofSameAt: Float64Array, ruler: StrangerRuler): Body {
  const bins = new Float64Array(BODY_BINS);
  for (const [i, distance] of distances.entries()) {
    const bin = binOf(distance);
    bins[bin] = (bins[bin] as number) + (weights[i] as number);
  }
  const all = sum(weights);
  let strangers = bins;
  let share = SAME_SHARE;
  let body = binnedBody(bins);
  for (let round = 0; round < ROUNDS; round++) {
    const place = body;
    strangers = bins.map((weight, bin) => {
      if (weight === 0) return 0;
      const distance = (bin + 0.5) * BIN;
      const ofStrangers = Math.exp(-heightOf(place, distance, ruler)) * slopeOf(place, distance, ruler);
      return weight / (1 + ((share / (1 - share)) * (ofSameAt[bin] as number)) / Math.max(ofStrangers, 1e-300));
    });
    share = Math.min(MOST_SAME_SHARE, Math.max(1e-6, 1 - sum(strangers) / all));
    body = binnedBody(strangers);
  }
  return body;
}

/** Quartiles of a histogram, interpolated linearly within a bin. */
function binnedBody(bins: Float64Array): Body {
  const total = sum(bins);
  const at = (share: number): number => {
    let before = 0;
    for (const [bin, weight] of bins.entries()) {
      if (before + weight >= share * total && weight > 0) return (bin + (share * total - before) / weight) * BIN;
      before += weight;
    }
    return 4;
  };
  return bodyFrom(BODY.map(at) as [number, number, number]);
}

/**
 * Density of genuine distances in the reference, at the middle of each bin. Where the probability curve is close to
 * 1 it gives little information; there, closer pairs are assumed no less likely genuine, down to duplicates of one image.
 */
function sameDensities({ ruler, sameOverDifferent }: TailOptions): Float64Array {
  const densities = new Float64Array(BODY_BINS);
  let most = 0;
  for (let bin = BODY_BINS - 1; bin >= 0; bin--) {
    const distance = (bin + 0.5) * BIN;
    most = Math.max(most, sameOverDifferent(distance) * Math.exp(-ruler.heightAt(distance)) * ruler.slopeAt(distance));
    densities[bin] = most;
  }
  return densities;
}

const binOf = (distance: number): number => Math.max(0, Math.min(BODY_BINS - 1, Math.floor(distance / BIN)));

const bodyOf = (pairs: Weighted): Body => bodyFrom(weightedQuantiles(pairs, BODY) as [number, number, number]);
function referenceOf({ middle, spread }: Body, distance: number, ruler: StrangerRuler): number {
  return ruler.body.middle + ((distance - middle) * ruler.body.spread) / spread;
}

const heightOf = (place: Body, distance: number, ruler: StrangerRuler): number =>
  ruler.heightAt(referenceOf(place, distance, ruler));

const slopeOf = (place: Body, distance: number, ruler: StrangerRuler): number =>
  (ruler.slopeAt(referenceOf(place, distance, ruler)) * ruler.body.spread) / place.spread;

/** @param shares from 0 to 1 */
export function weightedQuantiles({ distances, weights }: Weighted, shares: readonly number[]): number[] {
  if (distances.length === 0) throw new RangeError("quantiles of no distances");
  const total = sum(weights);
  return shares.map((share) => {
    let before = 0;
    for (let i = 0; i < distances.length; i++) {
      before += weights[i] as number;
      if (before >= share * total) return distances[i] as number;
    }
    return distances.at(-1) as number;
  });
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
