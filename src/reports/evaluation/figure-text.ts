/** Figures as the report writes them: rates in percent, what is not sure about them beside. */
import type { Interval, Spread } from "../../schemas/evaluation.ts";

/** "99.40 %" */
export const percent = (rate: number, digits = 2): string => `${(rate * 100).toFixed(digits)} %`;

/** "99.40 ± 0.12 %": mean and standard error */
export const spreadText = ({ mean, standardError }: Pick<Spread, "mean" | "standardError">): string =>
  `${(mean * 100).toFixed(2)} ± ${(standardError * 100).toFixed(2)} %`;

/** "98.1 to 99.2", in percent; nothing without an interval */
export const intervalText = (interval: Interval | null, digits = 2): string =>
  interval === null ? "" : `${(interval.low * 100).toFixed(digits)} to ${(interval.high * 100).toFixed(digits)}`;

/** A rate that may be small, and its interval in the same unit: percent, or below one in 100,000 as a power of ten. */
export function rateTexts(rate: number, interval: Interval | null): [rate: string, interval: string] {
  if (rate >= 1e-5 || rate === 0) return [percent(rate, 3), intervalText(interval, 3)];
  const power = (value: number) => value.toExponential(1);
  return [power(rate), interval ? `${power(interval.low)} to ${power(interval.high)}` : ""];
}

/** "1e-3" */
export const farText = (far: number): string => (far > 0 && far <= 0.1 ? far.toExponential().replace("e+", "e") : String(far));

/** squared L2 */
export const distanceText = (distance: number): string => distance.toFixed(3);

/** "6,000" */
export const countText = (count: number): string => count.toLocaleString("en");

/** "1 pair", "6,000 pairs" */
export const counted = (count: number, noun: string): string => `${countText(count)} ${noun}${count === 1 ? "" : "s"}`;

/** A p-value to two figures; below one in ten thousand only that it is. */
export const pValueText = (p: number | null): string =>
  p === null ? "not tested" : p < 1e-4 ? "below 0.0001" : p >= 0.1 ? p.toFixed(2) : p.toPrecision(2);
