/** Grouped bar plot with error bars, such as measured figures beside those of a paper. */
import { axisX, gridY, rectY, ruleY, text } from "@observablehq/plot";
import { type Axis, axisLabel, axisText, plotScale } from "./axis.ts";
import { GRID, type Heading, ink, intervalMarks, seriesStyle, svgFrame } from "./svg-frame.ts";

export type Bar = {
  readonly category: string;
  readonly value: number;
  /** Error bar to each side of the value, such as one standard error. */
  readonly error?: number | undefined;
};

export type BarSeries = {
  readonly label: string;
  /** A category without a bar, which nobody measured, stays empty. */
  readonly bars: readonly Bar[];
};

export type BarPlotOptions = Heading & {
  /** Label and unit of the categories, which are ordered by first appearance. */
  readonly category: Pick<Axis, "label" | "unit">;
  /** Starts at 0, because bar lengths are compared. */
  readonly y: Axis;
  readonly series: readonly BarSeries[];
};

/** Up to this many bars have their value printed above them. */
const BARS_WITH_FIGURES = 14;
/** Share of a category's width that its bars take. */
const FILLED = 0.76;
/** Characters along the category axis; longer names are wrapped. */
const CHARACTERS = 72;
const LINE_PX = 13;

export function barPlot({ category, y, series, ...heading }: BarPlotOptions): string {
  const categories = [...new Set(series.flatMap(({ bars }) => bars.map((bar) => bar.category)))];
  const names = categories.map((name) => broken(name, CHARACTERS / categories.length));
  const lines = Math.max(1, ...names.map((name) => name.split("\n").length));
  const width = FILLED / Math.max(1, series.length);
  const bars = series.flatMap(({ label, bars: own }, index) =>
    own.map((bar) => {
      const left = categories.indexOf(bar.category) - FILLED / 2 + index * width;
      const error = bar.error ?? 0;
      return {
        ...bar,
        colour: seriesStyle(index).colour,
        left: left + width * 0.05,
        right: left + width * 0.95,
        middle: left + width / 2,
        low: bar.value - error,
        high: bar.value + error,
        says: sayingOf(y, label, bar),
      };
    }),
  );
  const figure = (bar: Bar) => axisText(y, Number(bar.value.toPrecision(3)));
  const uncertain = bars.filter(({ error }) => error !== undefined);
  return svgFrame({
    ...heading,
    description: [`Bars of ${axisLabel(y)} over ${axisLabel(category)}.`, ...bars.map(({ says }) => `${says}.`)].join(" "),
    legend: series.map(({ label }, index) => ({ label, colour: seriesStyle(index).colour, kind: "bar" })),
    marginTop: 24,
    marginBottom: 34 + LINE_PX * lines,
    plot: {
      x: {
        type: "linear",
        domain: [-0.5, categories.length - 0.5],
      },
      y: plotScale(y, []).scale,
      marks: [
        gridY({ stroke: GRID, strokeOpacity: 1 }),
        axisX(categories.keys().toArray(), {
          label: axisLabel(category),
          labelAnchor: "center",
          labelArrow: "none",
          tickSize: 0,
          tickFormat: (place: number) => names[place] ?? "",
          labelOffset: 26 + LINE_PX * lines,
        }),
        rectY(bars, { x1: "left", x2: "right", y: "value", fill: "colour", title: "says" }),
        ...intervalMarks(uncertain, "middle", ink.light),
        ruleY([0]),
        ...(bars.length <= BARS_WITH_FIGURES
          ? [text(bars, { x: "middle", y: "high", text: figure, dy: -10, fontSize: 12 })]
          : []),
      ],
    },
  });
}

/** Wraps text at spaces and after hyphens. */
function broken(text: string, characters: number): string {
  const lines = [""];
  for (const piece of text.split(/(?<=[ -])/)) {
    const longer = lines.at(-1) + piece;
    if (lines.at(-1) === "" || longer.trimEnd().length <= characters) lines[lines.length - 1] = longer;
    else lines.push(piece);
  }
  return lines.map((line) => line.trimEnd()).join("\n");
}

function sayingOf(y: Axis, label: string, { category, value, error }: Bar): string {
  const spread = error === undefined ? "" : ` ± ${axisText(y, error)}`;
  return `${label}, ${category}: ${axisText(y, value)}${spread}`;
}
