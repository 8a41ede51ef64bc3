/** Effects of calibration on simulated albums, as rows of figures. */
import { quantile } from "../src/metric/statistics.ts";

export type AlbumJudgement = {
  readonly population: string;
  readonly likeness: string;
  readonly seed: number;
  readonly photographs: number;
  readonly people: number;
  readonly pairs: number;
  readonly distinctPairs: number;
  readonly goodnessOfFit: number;
  readonly rates: readonly {
    readonly far: number;
    /** False match rate across photographs at the calibrated threshold and at the model's own. */
    readonly measured: number;
    readonly modelsOwn: number;
    readonly low: number;
    readonly high: number;
    readonly basis: string;
  }[];
  /** the same with thresholds for normalised distances, and the share of genuine pairs that both accept */
  readonly cohort?: {
    readonly people: number;
    readonly rates: readonly {
      readonly far: number;
      readonly measured: number;
      readonly low: number;
      readonly high: number;
      readonly basis: string;
      readonly val: number;
      readonly plainVal: number;
    }[];
  };
};

/** Groups of albums by number of pairs, population and likeness. */
const SIZES = [
  [0, 300],
  [300, 1000],
  [1000, 3000],
  [3000, 10_000],
  [10_000, Number.POSITIVE_INFINITY],
] as const;

export function summaryRows(albums: readonly AlbumJudgement[], fars: readonly number[]): object[] {
  const populations = Map.groupBy(albums, ({ population, likeness }) => `${population}: ${likeness}`);
  return [
    ...SIZES.map(([from, to]) => ({
      pairs: to === Number.POSITIVE_INFINITY ? `${from} and more` : `${from} to ${to}`,
      ...summary(
        albums.filter(({ pairs }) => pairs >= from && pairs < to),
        fars,
      ),
    })),
    ...[...populations].map(([population, own]) => ({ population, ...summary(own, fars) })),
  ];
}

/** Measured rate with the spoiler divided by that without. */
export function spoilerRow(
  spoiler: string,
  pairs: readonly { readonly clean: AlbumJudgement; readonly spoiled: AlbumJudgement }[],
  fars: readonly number[],
): object {
  const changes = fars.map((far, i) => {
    const ratios = pairs
      .map(({ clean, spoiled }) => (spoiled.rates[i]?.measured as number) / (clean.rates[i]?.measured as number))
      .filter(Number.isFinite);
    const unchanged = ratios.filter((ratio) => ratio > 1 / 1.3 && ratio < 1.3).length / ratios.length;
    return { far, change: spread(ratios), within: round(unchanged) };
  });
  return { spoiler, albums: pairs.length, changes };
}

function summary(albums: readonly AlbumJudgement[], fars: readonly number[]) {
  const rates = fars.map((far, i) => {
    const own = albums.map(({ rates: all }) => all[i] as AlbumJudgement["rates"][number]);
    const share = (is: (one: (typeof own)[number]) => boolean) => round(own.filter(is).length / own.length);
    return {
      far,
      ratio: spread(own.map(({ measured }) => measured / far)),
      modelsOwn: spread(own.map(({ modelsOwn }) => modelsOwn / far)),
      withinTwo: share(({ measured }) => measured >= far / 2 && measured <= 2 * far),
      atMostTwo: share(({ measured }) => measured <= 2 * far),
      covered: share(({ measured, low, high }) => measured >= low && measured <= high),
      vouched: share(({ basis }) => basis === "gallery"),
    };
  });
  return { albums: albums.length, rates };
}

/** 5th, 50th and 95th percentile. */
function spread(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted.length === 0 ? [] : [0.05, 0.5, 0.95].map((share) => round(quantile(sorted, share)));
}

const round = (value: number): number => Number(value.toPrecision(3));
