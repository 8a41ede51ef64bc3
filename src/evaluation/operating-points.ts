/** What thresholds do: picked on these pairs for round rates, or brought along by a model. */
import type { OperatingPoint } from "../schemas/evaluation.ts";
import type { Threshold } from "../schemas/threshold.ts";
import type { BootstrapInterval, Resample } from "./bootstrap.ts";
import { acceptsAt, farAtThreshold, type Roc, thresholdAtFar, valAtThreshold } from "./roc.ts";

/** False accept rates that a table shows, as far down as the pairs reach. */
const ROUND_FARS = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6];

/** Round rates of which one false accept at least is expected, with the largest threshold that keeps each. */
export function roundThresholds(roc: Roc): Threshold[] {
  return ROUND_FARS.filter((far) => far * roc.differentPairs >= 1).map((far) => ({
    far,
    distance: Math.max(0, thresholdAtFar(roc, far)),
  }));
}

/** Figures for the bootstrap: VAL and FAR at each threshold, held fixed. */
export function operatingFigures(thresholds: readonly Threshold[], name: string): Record<string, (resample: Resample) => number> {
  return Object.fromEntries(
    thresholds.flatMap(({ distance }, i) => [
      [`${name} ${i} val`, ({ roc }: Resample) => valAtThreshold(roc, distance)],
      [`${name} ${i} far`, ({ roc }: Resample) => farAtThreshold(roc, distance)],
    ]),
  );
}

/** @param intervals of {@link operatingFigures} with the same thresholds and name */
export function operatingPoints(
  roc: Roc,
  thresholds: readonly Threshold[],
  name: string,
  intervals: Readonly<Record<string, BootstrapInterval | null>>,
): OperatingPoint[] {
  return thresholds.map(({ far, distance }, i) => {
    const { trueAccepts, falseAccepts } = acceptsAt(roc, distance);
    return {
      far,
      threshold: distance,
      val: valAtThreshold(roc, distance),
      valInterval: intervals[`${name} ${i} val`] ?? null,
      measuredFar: farAtThreshold(roc, distance),
      farInterval: intervals[`${name} ${i} far`] ?? null,
      falseAccepts,
      falseRejects: roc.samePairs - trueAccepts,
    };
  });
}
