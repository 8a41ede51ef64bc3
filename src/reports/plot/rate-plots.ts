/** Plots of rates: ROC and DET of verification, CMC and DIR of identification, reliability diagram. */
import { type Axis, axisText } from "./axis.ts";
import { linePlot, type Rule } from "./line-plot.ts";
import type { Heading } from "./svg-frame.ts";

export type RocCurve = {
  readonly label: string;
  /** By ascending FAR, from the lowest measured: 0, or one false accept. Rates are 0 to 1. */
  readonly points: readonly { readonly far: number; readonly val: number }[];
  /** Number of pairs of different people; a FAR below one in that many cannot be measured. */
  readonly differentPairs: number;
};

type RocPlotOptions = Heading & {
  readonly curves: readonly RocCurve[];
  /** False accept rates to mark, such as the paper's 1e-3. */
  readonly fars?: readonly number[];
};

/** Candidates for the lower end of the VAL axis. */
const VAL_FLOORS = [0.99, 0.98, 0.95, 0.9, 0.8, 0.5];

/**
 * ROC with a logarithmic FAR axis, which starts at the power of ten below one false accept of the largest curve. Curves are step
 * functions: between two measured rates nothing more is accepted. VAL at FAR 0 is drawn at the left edge. With marked rates, the
 * VAL axis starts below the curves there, so that good models can be told apart; a curve that is lower further left enters the
 * plot where it reaches the axis.
 */
export function rocPlot({ curves, fars = [], ...heading }: RocPlotOptions): string {
  const from = lowestFar(curves);
  const stairs = curves.map(({ label, points }) => ({ label, points: stair(points, from) }));
  const wanted = fars.filter((far) => far >= from).reduce((low, far) => Math.min(low, far), 1);
  const counts = stairs.flatMap(({ points }) => (wanted < 1 ? [valueAt(points, wanted)] : points.map(({ y }) => y)));
  const lowest = counts.reduce((low, y) => Math.min(low, y), 1);
  const floor = VAL_FLOORS.find((candidate) => candidate < lowest) ?? 0;
  const series = stairs.map(({ label, points }) => ({ label, step: true, points: points.filter(({ y }) => y >= floor) }));
  return linePlot({
    ...heading,
    x: farAxis(from),
    y: { label: "VAL: same people accepted", percent: true, domain: [floor, 1] },
    series,
    rules: farRules(fars, from, "bottom"),
  });
}

/** DET: share of same-person pairs rejected over FAR, both axes logarithmic, which cannot show a rate of 0. */
export function detPlot({ curves, fars = [], ...heading }: RocPlotOptions): string {
  const from = lowestFar(curves);
  return linePlot({
    ...heading,
    x: farAxis(from),
    y: { label: "same people rejected (1 - VAL)", scale: "log" },
    series: curves.map(({ label, points }) => ({
      label,
      step: true,
      points: stair(points, from).map(({ x, y }) => ({ x, y: 1 - y })),
    })),
    rules: farRules(fars, from, "top"),
  });
}

const farAxis = (from: number): Axis => ({ label: "FAR: different people accepted", scale: "log", domain: [from, 1] });

function lowestFar(curves: readonly RocCurve[]): number {
  const pairs = curves.reduce((most, { differentPairs }) => Math.max(most, differentPairs), 10);
  return 10 ** Math.ceil(-Math.log10(pairs) - 1);
}

/** VAL of a step function at a rate. */
function valueAt(points: readonly { readonly x: number; readonly y: number }[], x: number): number {
  return points.findLast((point) => point.x <= x)?.y ?? 0;
}

/** Smallest visible distance on an axis of length 1. */
const RESOLUTION = 1 / 2000;

/** Visible corners: the highest VAL of each FAR; points left of the edge are moved onto it. */
function stair(points: RocCurve["points"], from: number): { x: number; y: number }[] {
  const decades = -Math.log10(from);
  const corners: { x: number; y: number }[] = [];
  for (const { far, val } of points) {
    const x = Math.max(far, from);
    const last = corners.at(-1);
    if (last && Math.log10(x / last.x) / decades < RESOLUTION) last.y = Math.max(last.y, val);
    else if (!last || val > last.y) corners.push({ x, y: val });
  }
  const last = corners.at(-1);
  if (last && last.x < 1) corners.push({ x: 1, y: last.y });
  return corners;
}

function farRules(fars: readonly number[], from: number, end: "top" | "bottom"): Rule[] {
  const label = (far: number) => `FAR ${axisText(farAxis(from), far)}`;
  return fars.filter((far) => far >= from).map((far) => ({ axis: "x", at: far, label: label(far), end }));
}

export type CmcPlotOptions = Heading & {
  readonly curves: readonly {
    readonly label: string;
    /** By ascending rank, from 1: share of probes whose person is among that many candidates, 0 to 1. */
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

export type DirPlotOptions = Heading & {
  readonly curves: readonly {
    readonly label: string;
    /** By ascending false positive identification rate; both 0 to 1. */
    readonly points: readonly { readonly fpir: number; readonly dir: number }[];
  }[];
};

/** Open-set identification: detection and identification rate (DIR) over false positive identification rate (FPIR). */
export function dirPlot({ curves, ...heading }: DirPlotOptions): string {
  return linePlot({
    ...heading,
    x: { label: "FPIR: strangers misidentified", scale: "log" },
    y: { label: "DIR: known people identified", percent: true },
    series: curves.map(({ label, points }) => ({
      label,
      step: true,
      points: points.map(({ fpir, dir }) => ({ x: fpir, y: dir })),
    })),
  });
}

type ReliabilityDiagramOptions = Heading & {
  readonly curves: readonly {
    readonly label: string;
    /**
     * By ascending probability, without empty bins: mean predicted probability, share of pairs that show the same person, and the
     * confidence interval of that share; all 0 to 1.
     */
    readonly bins: readonly {
      readonly predicted: number;
      readonly observed: number;
      readonly low?: number;
      readonly high?: number;
    }[];
  }[];
};

export function reliabilityDiagram({ curves, ...heading }: ReliabilityDiagramOptions): string {
  return linePlot({
    ...heading,
    x: { label: "predicted probability", percent: true, domain: [0, 1] },
    y: { label: "share of same-person pairs", percent: true, domain: [0, 1] },
    diagonal: "perfect calibration",
    series: curves.map(({ label, bins }) => ({
      label,
      dots: true,
      points: bins.map(({ predicted, observed, ...interval }) => ({ x: predicted, y: observed, ...interval })),
    })),
  });
}
