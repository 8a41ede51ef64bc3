/** An axis: what is measured, in which unit, over which range; and the scale and texts that Plot makes of it. */
import type { ScaleOptions } from "@observablehq/plot";

export type Axis = {
  /** What it measures, without the unit. */
  readonly label: string;
  /** Stands in brackets after the label. */
  readonly unit?: string;
  /** Values are shares from 0 to 1 and are shown as percent. */
  readonly percent?: boolean;
  /** Default linear. On a logarithmic axis values of 0 and below have no place and are left out. */
  readonly scale?: "linear" | "log";
  /** Only whole numbers have a meaning: ranks, epochs. */
  readonly whole?: boolean;
  /** From, to; must hold the data. Default: what does, rounded outwards. */
  readonly domain?: readonly [number, number];
};

/** "accuracy (%)" */
export function axisLabel({ label, unit, percent }: Axis): string {
  const shown = percent ? "%" : unit;
  return shown === undefined ? label : `${label} (${shown})`;
}

/** Can a value be placed on the axis? */
export function hasPlace({ scale }: Axis, value: number): boolean {
  return Number.isFinite(value) && (scale !== "log" || value > 0);
}

/** A value as the axis writes it: "99.4" for 0.994 in percent, "10⁻³" on a logarithmic axis of rates. */
export function axisText({ scale, percent }: Axis, value: number): string {
  const exponent = Math.round(Math.log10(value));
  const isPower = scale === "log" && Math.abs(value / 10 ** exponent - 1) < 1e-9;
  if (isPower && !percent && (exponent <= -2 || exponent >= 7)) return `10${[...String(exponent)].map(superscript).join("")}`;
  return Number((percent ? value * 100 : value).toPrecision(6)).toLocaleString("en", { maximumFractionDigits: 6 });
}

/** Axis options of Observable Plot. */
export type PlotScale = {
  readonly scale: ScaleOptions;
  /** Where grid lines are; Plot's choice where none are given. */
  readonly grid: { readonly ticks?: number | number[] };
};

/** The axis as Plot takes it; a linear one without a domain gets it from the data, rounded outwards. */
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

/** How many ticks a range of whole numbers may have without one falling between two of them. */
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

/** The powers of ten that hold all values; two of them at least. */
function powersAround(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0.1, 1];
  const [low, high] = rangeOf(values);
  const [from, to] = [Math.floor(Math.log10(low) + 1e-9), Math.ceil(Math.log10(high) - 1e-9)];
  return [10 ** from, 10 ** Math.max(to, from + 1)];
}

/** Powers of ten; where those are few, also 2 and 5 times as much. */
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
