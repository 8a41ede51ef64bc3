/** Histograms of same-person and different-person distances, with thresholds. */
import { areaY, gridY, line as lineMark, ruleY } from "@observablehq/plot";
import { type Axis, axisText, plotScale } from "./axis.ts";
import { RULE_ROW_PX, ruleMarks } from "./line-plot.ts";
import { blue, GRID, type Heading, svgFrame, vermilion } from "./svg-frame.ts";

export type DistanceHistogramOptions = Heading & {
  /** [k + 1] ascending bin edges, squared L2. */
  readonly edges: ArrayLike<number>;
  /** [k] same-person pairs per bin. */
  readonly same: ArrayLike<number>;
  /** [k] different-person pairs per bin. */
  readonly different: ArrayLike<number>;
  readonly thresholds?: readonly { readonly label: string; readonly distance: number }[];
};

/**
 * Heights are shares within each kind, so that the many pairs of strangers do not hide the few of the same person. The axis ends
 * at the last bin that contains a pair.
 *
 * @throws RangeError if the lengths of edges and counts do not match
 */
export function distanceHistogram({ edges, same, different, thresholds = [], ...heading }: DistanceHistogramOptions): string {
  const bins = same.length;
  if (edges.length !== bins + 1 || different.length !== bins) {
    throw new RangeError(`histogram: ${edges.length} edges for ${bins} and ${different.length} bins`);
  }
  const used = Array.from({ length: bins }, (_, bin) => bin).filter((bin) => same[bin] || different[bin]);
  const [first, last] = [used[0] ?? 0, used.at(-1) ?? bins - 1];
  const kinds = [
    { label: `same person, ${counted(same)}`, colour: blue.light, dash: undefined, counts: same },
    { label: `different people, ${counted(different)}`, colour: vermilion.light, dash: "7 3", counts: different },
  ].map(({ counts, ...kind }) => ({ ...kind, outline: outlineOf(edges, counts, first, last) }));
  const x: Axis = { label: "distance, squared L2" };
  const y: Axis = { label: "share of pairs in each bin", percent: true };
  return svgFrame({
    ...heading,
    description: descriptionOf(edges, same, different, thresholds),
    legend: kinds.map(({ label, colour, dash }) => ({ label, colour, dash, kind: "area" })),
    marginTop: 16 + RULE_ROW_PX * thresholds.length,
    plot: {
      x: plotScale(x, []).scale,
      y: plotScale(y, []).scale,
      marks: [
        gridY({ stroke: GRID, strokeOpacity: 1 }),
        ...kinds.flatMap(({ colour, dash, outline }) => [
          areaY(outline, { x: "distance", y: "share", curve: "step-after", fill: colour, fillOpacity: 0.35 }),
          lineMark(outline, {
            x: "distance",
            y: "share",
            curve: "step-after",
            stroke: colour,
            strokeWidth: 1.5,
            ...(dash && { strokeDasharray: dash }),
          }),
        ]),
        ruleY([0]),
        ...thresholds.flatMap(({ label, distance }, row) =>
          ruleMarks({ axis: "x", at: distance, label: `${label}: ${axisText(x, round(distance))}` }, row - thresholds.length),
        ),
      ],
    },
  });
}

/** Outline from the first to the last non-empty bin, down to 0 at both ends. */
function outlineOf(edges: ArrayLike<number>, counts: ArrayLike<number>, first: number, last: number) {
  const all = sum(counts);
  const at = (bin: number, share: number) => ({ distance: edges[bin] as number, share });
  const steps = Array.from({ length: last - first + 1 }, (_, i) =>
    at(first + i, all === 0 ? 0 : (counts[first + i] as number) / all),
  );
  return [at(first, 0), ...steps, at(last + 1, 0)];
}

function descriptionOf(
  edges: ArrayLike<number>,
  same: ArrayLike<number>,
  different: ArrayLike<number>,
  thresholds: NonNullable<DistanceHistogramOptions["thresholds"]>,
): string {
  const limits = thresholds.map(({ label, distance }) => `${label} at ${round(distance)}`);
  return [
    `Histograms of distances: ${counted(same)} of the same person, median ${median(edges, same)};`,
    `${counted(different)} of different people, median ${median(edges, different)}.`,
    ...(limits.length > 0 ? [`Marked: ${limits.join(", ")}.`] : []),
  ].join(" ");
}

/** Upper edge of the bin that contains the median pair. */
function median(edges: ArrayLike<number>, counts: ArrayLike<number>): number {
  const half = sum(counts) / 2;
  let below = 0;
  let bin = 0;
  while (bin < counts.length && below + (counts[bin] as number) < half) below += counts[bin++] as number;
  return round(edges[Math.min(bin + 1, edges.length - 1)] as number);
}

const sum = (counts: ArrayLike<number>): number => Array.from(counts).reduce((total, count) => total + count, 0);
const counted = (counts: ArrayLike<number>): string => `${sum(counts).toLocaleString("en")} pairs`;
const round = (distance: number): number => Math.round(distance * 1000) / 1000;
