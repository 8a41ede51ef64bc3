/** Searching a gallery: how often the right person is found, and at which price in strangers. */
import { type LinePlotOptions, linePlot } from "./line-plot.ts";

type PlotHeading = Pick<LinePlotOptions, "title" | "subtitle" | "description">;

export type CmcPlotOptions = PlotHeading & {
  readonly curves: readonly {
    readonly label: string;
    /** By ascending rank, from 1: the share of probes whose person is among so many candidates, 0 to 1. */
    readonly points: readonly { readonly rank: number; readonly rate: number }[];
  }[];
};

/** Cumulative match characteristic: closed-set identification over rank. */
export function cmcPlot({ curves, ...heading }: CmcPlotOptions): string {
  const all = curves.flatMap(({ points }) => points);
  const ranks = all.reduce((most, { rank }) => Math.max(most, rank), 2);
  const lowest = all.reduce((low, { rate }) => Math.min(low, rate), 1);
  return linePlot({
    ...heading,
    x: { label: "rank: candidates looked at", whole: true, domain: [1, ranks] },
    y: { label: "probes identified", percent: true, domain: [[0.95, 0.9, 0.8, 0.5].find((floor) => floor < lowest) ?? 0, 1] },
    series: curves.map(({ label, points }) => ({ label, points: points.map(({ rank, rate }) => ({ x: rank, y: rate })) })),
  });
}

export type DirPlotOptions = PlotHeading & {
  readonly curves: readonly {
    readonly label: string;
    /** By ascending false positive identification rate; both 0 to 1. */
    readonly points: readonly { readonly fpir: number; readonly dir: number }[];
  }[];
};

/** Open-set identification: detection and identification rate over the rate of strangers taken for someone. */
export function dirPlot({ curves, ...heading }: DirPlotOptions): string {
  return linePlot({
    ...heading,
    x: { label: "FPIR: strangers taken for someone", scale: "log" },
    y: { label: "DIR: known people found and named", percent: true },
    series: curves.map(({ label, points }) => ({
      label,
      step: true,
      points: points.map(({ fpir, dir }) => ({ x: fpir, y: dir })),
    })),
  });
}
