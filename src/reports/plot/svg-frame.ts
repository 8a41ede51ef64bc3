/**
 * SVG frame of a plot: title, legend, palette and error bars around marks drawn by Observable Plot. Self-contained;
 * follows the reader's light or dark setting and prints light.
 */
import { type Markish, type PlotOptions, plot, ruleX, vector } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { type Content, html, Markup } from "../page/page.ts";

export type Colour = { readonly light: string; readonly dark: string };

export type SeriesStyle = {
  /** Colour on light paper; the style sheet of the plot maps it to the dark one. */
  readonly colour: string;
  /** SVG stroke-dasharray; none for the first series. */
  readonly dash: string | undefined;
  readonly symbol: "circle" | "square" | "triangle" | "diamond" | "cross" | "star";
};

/** Background, as on the cards of the pages. */
export const paper: Colour = { light: "#ffffff", dark: "#1e2125" };
/** Text, axes, thresholds. */
export const ink: Colour = { light: "#1d1f21", dark: "#e9e7e3" };
/** Secondary text: subtitles, axis labels. */
export const soft: Colour = { light: "#5f6368", dark: "#a2a6ab" };
/** Grid lines. */
export const line: Colour = { light: "#dedbd5", dark: "#3c4147" };

export const blue: Colour = { light: "#0072b2", dark: "#56b4e9" };
export const vermilion: Colour = { light: "#d55e00", dark: "#ff9142" };
const green: Colour = { light: "#00815e", dark: "#3ecf9f" };
const purple: Colour = { light: "#a0478e", dark: "#e59ccf" };
const ochre: Colour = { light: "#8f6b00", dark: "#e6c229" };
const slate: Colour = { light: "#52606d", dark: "#b4bec8" };

const seriesColours = [blue, vermilion, green, purple, ochre, slate] as const;
const dashes = [undefined, "7 3", "2 3", "9 3 2 3", "12 4", "5 2 1 2 1 2"] as const;
const symbols = ["circle", "square", "triangle", "diamond", "cross", "star"] as const;

/** All colours of a plot, for the style sheet of dark mode. */
export const colours: readonly Colour[] = [paper, ink, soft, line, ...seriesColours];

/** Style of the series at an index; after six series colours repeat with the next dash and symbol. */
export function seriesStyle(index: number): SeriesStyle {
  const round = Math.floor(index / seriesColours.length);
  const colour = seriesColours[index % seriesColours.length] as Colour;
  const shifted = (index + round) % dashes.length;
  return { colour: colour.light, dash: dashes[shifted], symbol: symbols[shifted] as SeriesStyle["symbol"] };
}

/** Half the width of a cap, px. */
const CAP = 4;

const cap = {
  draw(context: { moveTo: (x: number, y: number) => void; lineTo: (x: number, y: number) => void }) {
    context.moveTo(-CAP, 0);
    context.lineTo(CAP, 0);
  },
};

/**
 * @param data objects with the fields `low` and `high`
 * @param x field of the horizontal position
 */
export function intervalMarks(data: readonly object[], x: string, stroke: string): Markish[] {
  const line = { stroke, strokeWidth: 1.5 };
  return [
    ruleX(data, { x, y1: "low", y2: "high", ...line }),
    ...["low", "high"].map((end) => vector(data, { x, y: end, shape: cap, length: 1, anchor: "start", ...line })),
  ];
}

export type Heading = {
  readonly title: string;
  /** What was measured, in one line. */
  readonly subtitle?: string;
};

/** Entry of the legend; areas are half transparent, bars opaque. */
export type LegendEntry = {
  readonly label: string;
  readonly colour: string;
  readonly dash?: string | undefined;
  readonly symbol?: SeriesStyle["symbol"] | undefined;
  readonly kind: "line" | "area" | "bar";
};

export type FrameOptions = Heading & {
  /** Text alternative: a summary written by the kind of plot. */
  readonly description: string;
  /** Not drawn with fewer than two entries. */
  readonly legend: readonly LegendEntry[];
  /** Scales and marks; the frame sets size, margins and fonts. */
  readonly plot: Pick<PlotOptions, "x" | "y"> & { readonly marks: readonly Markish[] };
  readonly marginBottom?: number;
  readonly marginTop?: number;
};

export const WIDTH = 640;
const PLOT_HEIGHT = 360;
const SIDE = 16;
const FONT = 13;
/** Mean width of a character relative to the font size; about 0.52 for system fonts. */
const CHARACTER = 0.56;

export function svgFrame({ title, subtitle, description, legend, plot: options, ...margins }: FrameOptions): string {
  const titleLines = wrapped(title, (WIDTH - 2 * SIDE) / (16 * CHARACTER));
  const subtitleLines = subtitle === undefined ? [] : wrapped(subtitle, (WIDTH - 2 * SIDE) / (FONT * CHARACTER));
  const titleY = (row: number) => 28 + row * 20;
  const subtitleY = (row: number) => titleY(titleLines.length - 1) + 20 + row * 17;
  const headEnd = subtitleLines.length > 0 ? subtitleY(subtitleLines.length - 1) : titleY(titleLines.length - 1);
  const rows = legend.length < 2 ? [] : legendRows(legend);
  const legendY = (row: number) => headEnd + 26 + row * 20;
  const plotY = (rows.length > 0 ? legendY(rows.length - 1) : headEnd) + 12;
  const height = plotY + PLOT_HEIGHT + 4;
  return html`<svg xmlns="http://www.w3.org/2000/svg" class="facenet-plot" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif" font-size="${FONT}" color="${ink.light}" fill="currentColor">
<title>${title}</title>
<desc>${description}</desc>
<style>${new Markup(style)}</style>
<rect width="100%" height="100%" rx="6" fill="${paper.light}"/>
${titleLines.map((text, row) => html`<text x="${SIDE}" y="${titleY(row)}" font-size="16" font-weight="650">${text}</text>`)}
${subtitleLines.map((text, row) => html`<text x="${SIDE}" y="${subtitleY(row)}" fill="${soft.light}">${text}</text>`)}
${rows.map((entries, row) => entries.map(({ entry, x }) => legendEntry(entry, x, legendY(row))))}
<g transform="translate(0,${plotY})" text-anchor="middle">
${new Markup(drawn(options, margins))}
</g>
</svg>
`.source;
}

/** Output of Plot without its outer element. */
function drawn(
  options: FrameOptions["plot"],
  { marginBottom = 48, marginTop = 16 }: Pick<FrameOptions, "marginBottom" | "marginTop">,
): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const { marks, ...scales } = options;
  const element = plot({
    document,
    width: WIDTH,
    height: PLOT_HEIGHT,
    marginLeft: 78,
    marginRight: 24,
    marginTop,
    marginBottom,
    ...scales,
    x: { labelOffset: 40, tickPadding: 6, ...scales.x },
    y: { labelOffset: 64, ...scales.y },
    marks: [...marks],
  }) as unknown as { readonly children: Iterable<{ readonly localName: string; readonly outerHTML: string }> };
  const parts = [...element.children].filter(({ localName }) => localName !== "style");
  return parts.map(({ outerHTML }) => tidied(outerHTML)).join("\n");
}

/** Keeps the labels of mark groups for style sheets and tests only: screen readers ignore them on groups without a role. */
const tidied = (svg: string): string =>
  svg
    .replaceAll(" aria-label=", " data-mark=")
    .replace(/="[^"<>]*"/g, (attribute) => attribute.replace(/\d+\.\d{3,}/g, shortened));

/** Rounds to a hundredth of a pixel. */
const shortened = (digits: string): string => String(Number(Number(digits).toFixed(2)));

type PlacedEntry = { readonly entry: LegendEntry; readonly x: number };

const SWATCH = 28;

function legendRows(legend: readonly LegendEntry[]): PlacedEntry[][] {
  const rows: PlacedEntry[][] = [[]];
  let x = SIDE;
  for (const entry of legend) {
    const width = SWATCH + 8 + entry.label.length * FONT * CHARACTER + 20;
    if (x > SIDE && x + width > WIDTH - SIDE) {
      rows.push([]);
      x = SIDE;
    }
    rows.at(-1)?.push({ entry, x });
    x += width;
  }
  return rows;
}

function legendEntry({ label, colour, dash, symbol, kind }: LegendEntry, x: number, y: number): Content {
  const middle = y - 4.5;
  const swatch =
    kind !== "line"
      ? html`<rect x="${x}" y="${middle - 6}" width="${SWATCH}" height="12" fill="${colour}" fill-opacity="${kind === "bar" ? 1 : 0.35}" stroke="${colour}" stroke-width="1.5" stroke-dasharray="${dash ?? "none"}"/>`
      : html`<path d="M${x} ${middle}h${SWATCH}" fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash ?? "none"}"/>`;
  const mark =
    symbol === undefined
      ? undefined
      : html`<path transform="translate(${x + SWATCH / 2},${middle})" d="${symbolPaths[symbol]}" fill="${colour}" stroke="${colour}"/>`;
  return html`<g>${swatch}${mark}<text x="${x + SWATCH + 8}" y="${y}">${label}</text></g>\n`;
}

/** About the size that Plot uses at a radius of 4. */
const symbolPaths = {
  circle: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
  square: "M-3.5-3.5h7v7h-7z",
  triangle: "M0-4.6L4.4 3h-8.8z",
  diamond: "M0-5L3.2 0L0 5L-3.2 0z",
  cross: "M-1.4-4.2h2.8v2.8h2.8v2.8h-2.8v2.8h-2.8v-2.8h-2.8v-2.8h2.8z",
  star: "M0-5.3L1.2-1.6H5L1.9.6L3.1 4.3L0 2L-3.1 4.3L-1.9.6L-5-1.6H-1.2z",
} satisfies Record<SeriesStyle["symbol"], string>;

/** Wraps words into lines; a longer word gets a line of its own. */
function wrapped(text: string, characters: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= characters) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Colours are attributes, so that renderers without style sheets, such as rasterisers, show the light plot. */
const style = [
  ".facenet-plot{max-width:100%;height:auto}",
  "@media screen and (prefers-color-scheme:dark){",
  `.facenet-plot{color:${ink.dark}}`,
  ...colours.flatMap(({ light, dark }) => [
    `.facenet-plot [fill="${light}"]{fill:${dark}}`,
    `.facenet-plot [stroke="${light}"]{stroke:${dark}}`,
  ]),
  "}",
].join("");

/** Colour of grid lines and other background marks. */
export const GRID = line.light;
