/** Input of an evaluation report, and its number formats. */
import type { ComparedFace, Evaluation, Interval, PairedSignificance, Spread } from "../../schemas/evaluation.ts";
import type { EmbeddingManifest } from "../../schemas/model-manifest.ts";
import { type Content, html } from "../page/page.ts";

export type ReportInput = {
  /** One per model, all with the same protocol and data. */
  readonly evaluations: readonly Evaluation[];
  /** Origin of the data, as readers know it. */
  readonly dataset: string;
  readonly comparisons: readonly PairedSignificance[];
  /** Manifests of the models that have one. */
  readonly cards: readonly EmbeddingManifest[];
  /** Folder of the images, which are named relative to it; images elsewhere by their file name. */
  readonly folder?: string | undefined;
  /** Data URIs of faces by {@link faceKey}; faces without one are only named. */
  readonly thumbnails: ReadonlyMap<string, string>;
};

/** Identifies a face, also among several of one image. */
export function faceKey({ image, box }: Pick<ComparedFace, "image" | "box">): string {
  return JSON.stringify(box ? [image, box.x, box.y, box.width, box.height] : [image]);
}

/** Name of a model in the report, with the variant of this run. */
export function runName({ model, flip }: Pick<Evaluation, "model" | "flip">): string {
  return flip ? `${model}, mirrored face added` : model;
}

/** Model name that a narrow column breaks at its separators. */
export function breakable(name: string): Content {
  return name.split(/(?<=[.-])/).map((part, i) => (i === 0 ? part : html`<wbr>${part}`));
}

/** Value with its interval in small print below. */
export function withInterval(figure: string, interval: string): Content {
  return interval === "" ? figure : html`${figure}<br><small class="soft">${interval}</small>`;
}

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

/** Content for each model, below its name if there are several. */
export function perRun<E extends Pick<Evaluation, "model" | "flip">>(
  evaluations: readonly E[],
  contentOf: (evaluation: E) => Content,
): Content {
  return evaluations.map((one) => {
    const content = contentOf(one);
    return evaluations.length > 1 && content !== undefined ? [html`<h3>${runName(one)}</h3>`, content] : content;
  });
}

/** p-value to two digits, or "below 0.0001". */
export const pValueText = (p: number | null): string =>
  p === null ? "not tested" : p < 1e-4 ? "below 0.0001" : p >= 0.1 ? p.toFixed(2) : p.toPrecision(2);
