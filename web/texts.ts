/** Formats values in the page's language: figures, dates, errors, likelihoods. */

import { ServiceError } from "../src/client/create-client.ts";
import type { ReportFigure } from "../src/schemas/report.ts";
import type { Strings } from "./strings/strings.ts";

const rates: ReadonlySet<ReportFigure["name"]> = new Set([
  "accuracy",
  "val",
  "eer",
  "known-named",
  "strangers-named",
  "b-cubed-f",
  "pairwise-f",
]);

export function figureName({ name, at }: ReportFigure, t: Strings): string {
  return name === "val" && at !== null ? t.valAt(farText(at)) : t.figureNames[name];
}

export function figureText({ name, value, at }: ReportFigure, t: Strings): string {
  if (rates.has(name)) return percentText(value, t);
  if (name === "step" && at !== null) return t.ofSteps(countText(value, t), countText(at, t));
  return Number.isInteger(value) ? countText(value, t) : value.toLocaleString(t.code, { maximumSignificantDigits: 4 });
}

export function percentText(rate: number, t: Strings): string {
  return rate.toLocaleString(t.code, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 2 });
}

export function countText(count: number, t: Strings): string {
  return count.toLocaleString(t.code);
}

export function timeText(at: string, t: Strings): string {
  return new Date(at).toLocaleString(t.code, { dateStyle: "medium", timeStyle: "short" });
}

/** Power of ten in scientific notation, such as 1e-3. */
export function farText(far: number): string {
  return far >= 0.1 ? String(far) : far.toExponential().replace("e-0", "e-");
}

/** EXIF date, which has no time zone: 2019-07-14T12:33:05 */
export function dateText(takenAt: string, t: Strings): string {
  const date = new Date(takenAt);
  return Number.isNaN(date.getTime()) ? takenAt : date.toLocaleString(t.code, { dateStyle: "long", timeStyle: "short" });
}

export function dayText(takenAt: string, t: Strings): string {
  const date = new Date(takenAt);
  return Number.isNaN(date.getTime()) ? takenAt : date.toLocaleDateString(t.code, { dateStyle: "medium" });
}

export function fileName({ paths }: { readonly paths: readonly string[] }, t: Strings): string {
  return paths[0]?.split(/[\\/]/).at(-1) || t.photograph;
}

/** `fetch` rejects with a TypeError when the service is unreachable. */
export const isOffline = (error: unknown): boolean => error instanceof TypeError;

export function errorText(error: unknown, t: Strings): string {
  if (error instanceof ServiceError) {
    const text = (t.errors as Readonly<Record<string, string>>)[error.code];
    return text ?? t.otherError(error.code, error.message);
  }
  if (isOffline(error)) return t.offline;
  return error instanceof Error ? error.message : String(error);
}

/** Upper bounds of `strangersAsClose`, most certain first. */
const levels = [
  [1e-5, "almostCertainly"],
  [1e-4, "veryLikely"],
  [1e-3, "probably"],
] as const;
export type Likelihood = (typeof levels)[number][1] | "perhaps";

/** @param strangersAsClose share of pairs of different people at most as far apart */
export function likelihoodOf(strangersAsClose: number): Likelihood {
  return levels.find(([rate]) => strangersAsClose <= rate)?.[1] ?? "perhaps";
}

export function likelihoodText(strangersAsClose: number, t: Strings): string {
  return t.likelihoods[likelihoodOf(strangersAsClose)];
}
