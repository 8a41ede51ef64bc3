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

/** A small rate with its leading figures: "1.2e-4", "0.10 %" */
export const rateText = (rate: number): string =>
  rate === 0 || rate >= 1e-3 ? percent(rate, rate >= 0.1 ? 1 : 2) : rate.toExponential(1);

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
