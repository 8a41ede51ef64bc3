/**
 * What tells series apart: colour, dash and symbol at once, so that a reader who is colour-blind or holds a grey
 * print loses nothing. Hues after Okabe and Ito ("Color Universal Design"), each with a darker and a lighter shade
 * so that lines keep a contrast of 3 to 1 on either paper.
 */

export type Colour = { readonly light: string; readonly dark: string };

export type SeriesStyle = {
  /** As drawn on light paper; the style sheet of the plot gives the dark one. */
  readonly colour: string;
  /** SVG stroke-dasharray; none for the first series. */
  readonly dash: string | undefined;
  readonly symbol: "circle" | "square" | "triangle" | "diamond" | "cross" | "star";
};

/** Behind everything; as the cards of the pages. */
export const paper: Colour = { light: "#ffffff", dark: "#1e2125" };
/** Text, axes, thresholds. */
export const ink: Colour = { light: "#1d1f21", dark: "#e9e7e3" };
/** What explains: subtitles, the names of axes. */
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

/** Every colour a plot may use, for the style sheet that turns the light ones dark. */
export const colours: readonly Colour[] = [paper, ink, soft, line, ...seriesColours];

/** The style of the series at a place, from 0; after six series colours return with the next dash and symbol. */
export function seriesStyle(index: number): SeriesStyle {
  const round = Math.floor(index / seriesColours.length);
  const colour = seriesColours[index % seriesColours.length] as Colour;
  const shifted = (index + round) % dashes.length;
  return { colour: colour.light, dash: dashes[shifted], symbol: symbols[shifted] as SeriesStyle["symbol"] };
}
