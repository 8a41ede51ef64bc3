/** Line plot of several series: learning curves, and the base of ROC, CMC and other rate plots. */
import { areaY, dot, gridX, gridY, line as lineMark, type Markish, ruleX, ruleY, text } from "@observablehq/plot";
import { type Axis, axisLabel, axisText, hasPlace, plotScale } from "./axis.ts";
import { GRID, type Heading, ink, intervalMarks, paper, seriesStyle, soft, svgFrame } from "./svg-frame.ts";

export type LinePoint = {
  readonly x: number;
  readonly y: number;
  /** Interval around y, such as one standard error to each side. */
  readonly low?: number;
  readonly high?: number;
};

export type LineSeries = {
  readonly label: string;
  /** In ascending order of x. */
  readonly points: readonly LinePoint[];
  /** Step function: a value holds until the next point. */
  readonly step?: boolean;
  /** Draws a symbol at every point. Default: for at most 24 points without steps. */
  readonly dots?: boolean;
};

/** Labelled line across the plot: a threshold, a target rate. */
export type Rule = {
  readonly axis: "x" | "y";
  readonly at: number;
  readonly label: string;
  /** Position of the label of a vertical line, where the curves leave room. Default top. */
  readonly end?: "top" | "bottom";
};

export type LinePlotOptions = Heading & {
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly LineSeries[];
  readonly rules?: readonly Rule[];
  /** Draws the line y = x with this label: perfect calibration, or chance. */
  readonly diagonal?: string;
};

/** Vertical distance between the labels of vertical lines. */
export const RULE_ROW_PX = 15;

/** Intervals of at most this many points are drawn as bars, of more as a band. */
const POINTS_WITH_BARS = 24;

/**
 * Renders the plot as self-contained SVG text. Points that the axes cannot show (not finite, or 0 on a logarithmic axis) are left
 * out.
 *
 * @example
 * linePlot({
 *   title: "Loss",
 *   x: { label: "step" },
 *   y: { label: "loss" },
 *   series: [{ label: "training", points: [{ x: 0, y: 0.2 }, { x: 100, y: 0.1 }] }],
 * });
 */
export function linePlot({ x, y, series, rules = [], diagonal, ...heading }: LinePlotOptions): string {
  const placed = series.map((one) => ({ ...one, points: one.points.filter((p) => hasPlace(x, p.x) && hasPlace(y, p.y)) }));
  const points = placed.flatMap((one) => one.points);
  const ys = points.flatMap((point) => [point.y, point.low ?? point.y, point.high ?? point.y]);
  const scales = {
    x: plotScale(x, [...points.map((point) => point.x), ...placesOf(rules, "x")]),
    y: plotScale(y, [...ys, ...placesOf(rules, "y")]),
  };
  const dotted = (one: LineSeries) => one.dots ?? (!one.step && one.points.length <= POINTS_WITH_BARS);
  return svgFrame({
    ...heading,
    description: descriptionOf(x, y, placed),
    legend: placed.map((one, index) => {
      const { colour, dash, symbol } = seriesStyle(index);
      return { label: one.label, colour, dash, symbol: dotted(one) ? symbol : undefined, kind: "line" };
    }),
    plot: {
      x: scales.x.scale,
      y: scales.y.scale,
      marks: [
        gridX({ stroke: GRID, strokeOpacity: 1, ...scales.x.grid }),
        gridY({ stroke: GRID, strokeOpacity: 1, ...scales.y.grid }),
        ...(diagonal === undefined ? [] : diagonalMarks(x, y, diagonal)),
        ...rules.flatMap((rule, index) => ruleMarks(rule, index)),
        ...placed.flatMap((one, index) => seriesMarks(one, index, dotted(one), { x, y })),
      ],
    },
  });
}

function seriesMarks({ points, step, label }: LineSeries, index: number, dotted: boolean, axes: { x: Axis; y: Axis }): Markish[] {
  const { colour, dash, symbol } = seriesStyle(index);
  const spread = points.filter((point) => point.low !== undefined && point.high !== undefined);
  const asBars = points.length <= POINTS_WITH_BARS;
  const curve = step ? ("step-after" as const) : ("linear" as const);
  const marks: Markish[] = [];
  if (spread.length > 0 && !asBars) {
    marks.push(areaY(spread, { x: "x", y1: "low", y2: "high", fill: colour, fillOpacity: 0.15, curve }));
  }
  marks.push(
    lineMark(points, {
      x: "x",
      y: "y",
      stroke: colour,
      strokeWidth: 2,
      curve,
      ...(dash && { strokeDasharray: dash }),
    }),
  );
  if (spread.length > 0 && asBars) {
    marks.push(...intervalMarks(spread, "x", colour));
  }
  if (dotted) {
    const says = (point: LinePoint) => `${label}: ${axisText(axes.y, point.y)} at ${axisText(axes.x, point.x)}`;
    marks.push(dot(points, { x: "x", y: "y", symbol, r: 4, fill: colour, stroke: colour, title: says }));
  }
  return marks;
}

/**
 * Labels of vertical lines are stacked, so that close ones stay legible.
 *
 * @param row from 0, downwards from the top of the frame; negative rows lie above it, in the margin
 */
export function ruleMarks({ axis, at, label, end = "top" }: Rule, row: number): Markish[] {
  const stroke = { stroke: ink.light, strokeDasharray: "3 3" };
  const name = { fill: ink.light, stroke: paper.light, strokeWidth: 4, fontSize: 12 };
  if (axis === "y") {
    return [ruleY([at], stroke), text([label], { ...name, y: at, frameAnchor: "right", textAnchor: "end", dx: -4, dy: -8 })];
  }
  const dy = end === "top" ? 4 + RULE_ROW_PX * row : -4 - RULE_ROW_PX * row;
  return [ruleX([at], stroke), text([label], { ...name, x: at, frameAnchor: end, textAnchor: "start", dx: 5, dy })];
}

function diagonalMarks(x: Axis, y: Axis, label: string): Markish[] {
  const low = Math.max(x.domain?.[0] ?? 0, y.domain?.[0] ?? 0);
  const high = Math.min(x.domain?.[1] ?? 1, y.domain?.[1] ?? 1);
  const ends = [low, high].map((at) => ({ at }));
  const middle = low + (high - low) * 0.6;
  return [
    lineMark(ends, { x: "at", y: "at", stroke: soft.light, strokeDasharray: "3 3" }),
    text([label], {
      x: middle,
      y: middle,
      fill: soft.light,
      stroke: paper.light,
      strokeWidth: 4,
      textAnchor: "start",
      dx: 8,
      dy: 36,
    }),
  ];
}

const placesOf = (rules: readonly Rule[], axis: Rule["axis"]): number[] =>
  rules.flatMap((rule) => (rule.axis === axis ? [rule.at] : []));

function descriptionOf(x: Axis, y: Axis, series: readonly LineSeries[]): string {
  const each = series.map(({ label, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    if (!first || !last) return `${label}: no points.`;
    const end = (point: LinePoint) => `${axisText(y, point.y)} at ${axisText(x, point.x)}`;
    return points.length === 1 ? `${label}: ${end(first)}.` : `${label}: from ${end(first)} to ${end(last)}.`;
  });
  return [`Lines of ${axisLabel(y)} over ${axisLabel(x)}.`, ...each].join(" ");
}
