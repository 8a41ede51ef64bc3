/**
 * FAR and FRR per label (age band, sex, camera …) and between labels at one threshold, as NIST FRTE part 8 reports demographics:
 * a pair belongs to the cell of its two faces' labels, and the worst rate is compared with the geometric mean (NIST IR 8429).
 */
import type { LabelComparison, WorstLabel } from "../schemas/evaluation.ts";
import { type BootstrapOptions, bootstrapPeople } from "./bootstrap.ts";
import type { StreamOptions } from "./distance-stream.ts";
import type { FaceSet } from "./face-set.ts";
import {
  type ComparisonOptions,
  cellOf,
  countEveryPair,
  countListedPairs,
  type FaceLabels,
  type LabelledPairs,
} from "./labelled-pairs.ts";
import type { PairList } from "./verification.ts";

type Compared = Pick<LabelComparison, "labels" | "between" | "worstFar" | "worstFrr">;

/** Compares labels on a list of pairs. */
export function compareLabels(faces: FaceSet, list: PairList, labels: FaceLabels, options: ComparisonOptions): Compared {
  return compare(faces, labels, countListedPairs(faces, list, labels, options), options.bootstrap);
}

/**
 * Compares labels on all pairs of a set.
 *
 * @throws the signal's reason
 */
export async function compareLabelsOfEveryPair(
  faces: FaceSet,
  labels: FaceLabels,
  { threshold, bootstrap, stream }: ComparisonOptions & { readonly stream: StreamOptions },
): Promise<Compared> {
  return compare(faces, labels, await countEveryPair(faces, labels, threshold, stream), bootstrap);
}

function compare(faces: FaceSet, { labels, of }: FaceLabels, pairs: LabelledPairs, bootstrap: BootstrapOptions): Compared {
  const own = labels.map((_, label) => cellOf(label, label, labels.length));
  const { cells } = pairs;
  const figures = (times: Float64Array): Float64Array => {
    const { samePairs, differentPairs, trueAccepts, falseAccepts } = pairs.counts(times);
    const rates = new Float64Array(2 * cells + 2);
    for (let cell = 0; cell < cells; cell++) {
      rates[cell] = (falseAccepts[cell] as number) / (differentPairs[cell] as number);
      rates[cells + cell] = 1 - (trueAccepts[cell] as number) / (samePairs[cell] as number);
    }
    rates[2 * cells] = overGeometricMean(own.map((cell) => rates[cell] as number)) ?? Number.NaN;
    rates[2 * cells + 1] = overGeometricMean(own.map((cell) => rates[cells + cell] as number)) ?? Number.NaN;
    return rates;
  };
  const once = new Float64Array(faces.people.length).fill(1);
  const { samePairs, differentPairs } = pairs.counts(once);
  const measured = figures(once);
  const intervals = bootstrapPeople(faces.people.length, measured.length, figures, bootstrap);
  const rate = (place: number) => (Number.isNaN(measured[place]) ? null : (measured[place] as number));
  const interval = (place: number, needsFalseAccepts: boolean) =>
    rate(place) === null || (needsFalseAccepts && !pairs.complete) ? null : (intervals[place] ?? null);
  const ratesOf = (cell: number) => ({
    samePairs: samePairs[cell] as number,
    differentPairs: differentPairs[cell] as number,
    frr: rate(cells + cell),
    frrInterval: interval(cells + cell, false),
    measuredFar: rate(cell),
    farInterval: interval(cell, true),
  });
  const worst = (first: number, ratio: number, ofFar: boolean): WorstLabel | null => {
    const rates = own.map((cell) => rate(first + cell));
    const highest = Math.max(...rates.map((each) => each ?? -1));
    const value = rate(ratio);
    if (value === null) return null;
    return { label: labels[rates.indexOf(highest)] as string, ratio: value, interval: interval(ratio, ofFar) };
  };
  return {
    labels: labels.map((label, i) => {
      const places = faces.images.flatMap((_, face) => (of[face] === i ? [face] : []));
      const people = new Set(places.map((face) => faces.person[face])).size;
      return { label, people, images: places.length, ...ratesOf(own[i] as number) };
    }),
    between: labels.flatMap((a, i) =>
      labels
        .slice(i + 1)
        .map((b, j) => ({ labels: [a, b] as [string, string], ...ratesOf(cellOf(i, i + 1 + j, labels.length)) })),
    ),
    worstFar: worst(0, 2 * cells, true),
    worstFrr: worst(cells, 2 * cells + 1, false),
  };
}

/** Highest rate over the geometric mean of the measured rates; undefined with fewer than two, or if one is 0. */
export function overGeometricMean(rates: readonly number[]): number | undefined {
  const measured = rates.filter((rate) => !Number.isNaN(rate));
  if (measured.length < 2 || measured.some((rate) => rate === 0)) return undefined;
  const mean = Math.exp(measured.reduce((sum, rate) => sum + Math.log(rate), 0) / measured.length);
  return Math.max(...measured) / mean;
}
