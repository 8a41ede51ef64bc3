/**
 * Scale defined by the impostor distances of a reference population: the height of a distance is -log of the share of pairs at
 * least as close, so that heights of the reference itself are exponential with mean 1. For a population whose distances
 * are shifted
 * and scaled, heights are exponential after the same shift and scale; the remaining difference is the shape of the tail.
 *
 * Impostor distances are close to normally distributed (SFace on CelebA, 3.7 million pairs: a normal distribution through
 * the quantiles of 1e-2 and 1e-4 gives those of 0.5, 1e-3 and 1e-5 to 0.003), so the few thresholds of a model's manifest
 * describe the whole distribution: linear interpolation between them on the scale of normal quantiles.
 */

import { logNormalCdf, logNormalCdfSlope, normalQuantileOfLog } from "../metric/statistics.ts";
import type { Threshold } from "../schemas/threshold.ts";

export type StrangerRuler = {
  /** -log share of the reference's pairs within this distance */
  readonly heightAt: (distance: number) => number;
  /** Distance of a height above 0. */
  readonly distanceAt: (height: number) => number;
  /** Decrease of the height per unit of distance; positive. */
  readonly slopeAt: (distance: number) => number;
  readonly body: Body;
};

/** Location and width of a distribution's body, hardly affected by a few genuine pairs. */
export type Body = { readonly middle: number; readonly spread: number };

/** Shares whose quantiles describe the body. */
export const BODY = [0.25, 0.5, 0.75] as const;

export function bodyFrom([low, median, high]: readonly [number, number, number]): Body {
  return { middle: (low + median + high) / 3, spread: high - low };
}

/** Rarer rates depend on a few pairs of the reference, and on its label errors. */
const RAREST = 5e-5;

/**
 * @param thresholds a model's own, measured on impostor pairs: at least two, of different rates
 * @throws RangeError for fewer, or if a smaller rate does not have a smaller distance
 */
export function createStrangerRuler(thresholds: readonly Threshold[]): StrangerRuler {
  const falling = [...thresholds].sort((a, b) => b.far - a.far);
  const frequent = falling.filter(({ far }) => far >= RAREST);
  const sorted = frequent.length >= 2 ? frequent : falling;
  const points = sorted.map(({ far, distance }) => ({ z: normalQuantileOfLog(Math.log(far)), distance }));
  if (points.length < 2) throw new RangeError(`the model needs at least two thresholds, got ${points.length}`);
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
