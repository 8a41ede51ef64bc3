/**
 * The distances of strangers in a reference population as a ruler: the height of a distance is -log of the share of pairs at
 * least as close, so that heights of the reference itself are exponential with mean 1. A population whose distances are moved
 * and scaled has exponential heights on the ruler moved and scaled with it, and what is left over is the shape of its tail.
 *
 * Distances of strangers are close to normally distributed (SFace on CelebA, 3.7 million pairs: a normal distribution through
 * the quantiles of 1e-2 and 1e-4 gives those of 0.5, 1e-3 and 1e-5 to 0.003), so the few thresholds of a model's manifest
 * describe them all: straight lines between these on the scale of normal quantiles.
 */

import { logNormalCdf, logNormalCdfSlope, normalQuantileOfLog } from "../metric/statistics.ts";
import type { Threshold } from "../schemas/threshold.ts";

export type StrangerRuler = {
  /** -log share of the reference's pairs at most this far apart */
  readonly heightAt: (distance: number) => number;
  /** The distance of a height, above 0. */
  readonly distanceAt: (height: number) => number;
  /** By how much the height falls with a unit of distance; positive. */
  readonly slopeAt: (distance: number) => number;
  readonly body: Body;
};

/** Where the body of a distribution is and how wide: what a few same-person pairs hardly change. */
export type Body = { readonly middle: number; readonly spread: number };

/** The shares whose quantiles describe a body. */
export const BODY = [0.25, 0.5, 0.75] as const;

export function bodyFrom([low, median, high]: readonly [number, number, number]): Body {
  return { middle: (low + median + high) / 3, spread: high - low };
}

/** Rarer rates are a few pairs of the reference, and its wrong labels. */
const RAREST = 5e-5;

/**
 * @param thresholds a model's own, measured on strangers: two at least, of different rates
 * @throws RangeError for fewer, or where a smaller rate has no smaller distance
 */
export function createStrangerRuler(thresholds: readonly Threshold[]): StrangerRuler {
  const falling = [...thresholds].sort((a, b) => b.far - a.far);
  const frequent = falling.filter(({ far }) => far >= RAREST);
  const sorted = frequent.length >= 2 ? frequent : falling;
  const points = sorted.map(({ far, distance }) => ({ z: normalQuantileOfLog(Math.log(far)), distance }));
  if (points.length < 2)
    throw new RangeError(`strangers of the model are described by two thresholds at least, got ${points.length}`);
  for (const [i, { z, distance }] of points.slice(1).entries())
    if (!((points[i]?.z as number) > z && (points[i]?.distance as number) > distance))
      throw new RangeError(`thresholds must fall with their rates, got ${distance} after ${points[i]?.distance}`);
  const lines = points.slice(1).map(({ z, distance }, i) => {
    const before = points[i] as { z: number; distance: number };
    return { ...before, until: distance, untilZ: z, perDistance: (before.z - z) / (before.distance - distance) };
  });
  const last = lines.at(-1) as (typeof lines)[number];
  const lineAt = (distance: number) => lines.find(({ until }) => distance >= until) ?? last;
  const zAt = (distance: number): number => {
    const line = lineAt(distance);
    return line.z + (distance - line.distance) * line.perDistance;
  };
  const distanceAt = (height: number): number => {
    const z = normalQuantileOfLog(-height);
    const line = lines.find(({ untilZ }) => z >= untilZ) ?? last;
    return line.distance + (z - line.z) / line.perDistance;
  };
  return {
    heightAt: (distance) => -logNormalCdf(zAt(distance)),
    distanceAt,
    body: bodyFrom(BODY.map((share) => distanceAt(-Math.log(share))) as [number, number, number]),
    slopeAt: (distance) => logNormalCdfSlope(zAt(distance)) * lineAt(distance).perDistance,
  };
}
