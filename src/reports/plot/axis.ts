/** Axis of a plot: quantity, unit and range, and their translation to Observable Plot. */
import type { ScaleOptions } from "@observablehq/plot";

export type Axis = {
  /** Quantity, without the unit. */
  readonly label: string;
  /** Shown in brackets after the label. */
  readonly unit?: string;
  /** Values are shares from 0 to 1, shown as percent. */
  readonly percent?: boolean;
  /** Default linear. A logarithmic axis leaves out values of 0 and below. */
  readonly scale?: "linear" | "log";
  /** Only whole numbers are meaningful: ranks, epochs. */
  readonly whole?: boolean;
  /** [from, to], which must contain the data. Default: the range of the data, rounded outwards. */
  readonly domain?: readonly [number, number];
};

/** "accuracy (%)" */
export function axisLabel({ label, unit, percent }: Axis): string {
  const shown = percent ? "%" : unit;
  return shown === undefined ? label : `${label} (${shown})`;
}

/** Whether the axis can show a value. */
export function hasPlace({ scale }: Axis, value: number): boolean {
  return Number.isFinite(value) && (scale !== "log" || value > 0);
}

/** Value in the notation of the axis: "99.4" for 0.994 in percent, "10⁻³" on a logarithmic axis of rates. */
export function axisText({ scale, percent }: Axis, value: number): string {
  const exponent = Math.round(Math.log10(value));
  const isPower = scale === "log" && Math.abs(value / 10 ** exponent - 1) < 1e-9;
  if (isPower && !percent && (exponent <= -2 || exponent >= 7)) return `10${[...String(exponent)].map(superscript).join("")}`;
  return Number((percent ? value * 100 : value).toPrecision(6)).toLocaleString("en", { maximumFractionDigits: 6 });
}

/** Axis options of Observable Plot. */
export type PlotScale = {
  readonly scale: ScaleOptions;
  /** Positions of grid lines; default: Plot's choice. */
  readonly grid: { readonly ticks?: number | number[] };
};

/** Axis options for Plot; a linear axis without a domain gets the range of the data, rounded outwards. */
export function plotScale(axis: Axis, values: readonly number[]): PlotScale {
  const label = axisLabel(axis);
  const tickFormat = (tick: number) => axisText(axis, tick);
  const common = { label, labelAnchor: "center", labelArrow: "none", tickFormat } as const;
  if (axis.scale !== "log") {
    const range = axis.domain ? { domain: [...axis.domain] } : { nice: true };
    const ticks = axis.whole ? wholeTicks(axis.domain ?? rangeOf(values)) : {};
    return { scale: { ...common, type: "linear", ...range, ...ticks }, grid: ticks };
  }
  const domain = axis.domain ?? powersAround(values.filter((value) => hasPlace(axis, value)));
  const ticks = logTicks(domain);
  return { scale: { ...common, type: "log", domain: [...domain], ticks }, grid: { ticks } };
}

/** Number of ticks for which all of them fall on whole numbers. */
function wholeTicks([from, to]: readonly [number, number]): { ticks?: number } {
  const steps = Math.ceil(to) - Math.floor(from);
  return steps < 10 ? { ticks: Math.max(1, steps) } : {};
}

function rangeOf(values: readonly number[]): [number, number] {
  return [
    values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  ];
}

/** Powers of ten that enclose all values; at least two. */
function powersAround(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0.1, 1];
  const [low, high] = rangeOf(values);
  const [from, to] = [Math.floor(Math.log10(low) + 1e-9), Math.ceil(Math.log10(high) - 1e-9)];
  return [10 ** from, 10 ** Math.max(to, from + 1)];
}

/** Powers of ten; over a short range also 2 and 5 times each. */
function logTicks([from, to]: readonly [number, number]): number[] {
  const [first, last] = [Math.floor(Math.log10(from)), Math.ceil(Math.log10(to))];
  const exponents = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const times = (digits: readonly number[]) =>
    exponents
      .flatMap((exponent) => digits.map((digit) => Number(`${digit}e${exponent}`)))
      .filter((value) => value >= from * (1 - 1e-9) && value <= to * (1 + 1e-9));
  const powers = times([1]);
  return powers.length >= 3 ? powers : times([1, 2, 5]);
}

const superscript = (character: string): string => (character === "-" ? "⁻" : ("⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(character)] ?? ""));
