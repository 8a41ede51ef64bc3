/** Plots of an evaluation, by name: embedded in the report, and written to files by `--plots`. */
import type { Measured } from "../../evaluation/protocols/calibration-place.ts";
import { encodeSvgAsPng } from "../../image/encode.ts";
import type {
  DistanceHistograms,
  ErrorVersusDiscard,
  Evaluation,
  IdentificationEvaluation,
  Verification,
} from "../../schemas/evaluation.ts";
import { type Content, html, Markup } from "../page/page.ts";
import { counted, scrolled } from "../page/table.ts";
import { distanceHistogram } from "../plot/distance-histogram.ts";
import { linePlot } from "../plot/line-plot.ts";
import { cmcPlot, detPlot, dirPlot, reliabilityDiagram, rocPlot } from "../plot/rate-plots.ts";
import { farText, runName } from "./report-table.ts";

export type NamedPlot = {
  readonly kind: "roc" | "det" | "distances" | "reliability" | "discard" | "open-set" | "cmc";
  /** File name: the kind of plot, and the model if each has its own plot. */
  readonly name: string;
  readonly svg: string;
};

/** Beside others on a page. */
export function plotFigure({ name, svg }: NamedPlot, caption?: Content): Content {
  return html`<figure class="plot">${scrolled(`Plot: ${name}`, new Markup(svg))}${caption}</figure>`;
}

/**
 * @param evaluations one per model, all with the same protocol and data
 * @param dataset origin of the data, for the subtitle
 */
export function evaluationPlots(evaluations: readonly Evaluation[], dataset: string): NamedPlot[] {
  const verifications = evaluations.filter(isVerification);
  const identifications = evaluations.filter((one) => one.protocol === "identification");
  return [
    ...(verifications.length > 0 ? verificationPlots(verifications, dataset) : []),
    ...(identifications.length > 0 ? identificationPlots(identifications, dataset) : []),
  ];
}

export function isVerification(evaluation: Evaluation): evaluation is Verification {
  return evaluation.protocol !== "identification" && evaluation.protocol !== "clustering";
}

/** False accept rates marked in the curves. */
const MARKED_FARS = [1e-3];

function verificationPlots(evaluations: readonly Verification[], dataset: string): NamedPlot[] {
  const [first] = evaluations;
  const subtitle = `${dataset}: ${counted(first?.pairs ?? 0, "pair")} of ${counted(first?.people ?? 0, "person", "people")}`;
  const only = evaluations.length === 1 && first ? `: ${runName(first)}` : "";
  const curves = evaluations.map((one) => ({ label: runName(one), points: one.roc, differentPairs: one.differentPairs }));
  const reliable = evaluations.filter((one) => steadyBins(one).length >= 3);
  return [
    { kind: "roc", name: "roc", svg: rocPlot({ title: `ROC${only}`, subtitle, curves, fars: MARKED_FARS }) },
    { kind: "det", name: "det", svg: detPlot({ title: `Both kinds of error${only}`, subtitle, curves, fars: MARKED_FARS }) },
    ...evaluations.map((one) => ({
      kind: "distances" as const,
      name: named("distances", one, evaluations),
      svg: histogramOf(one, subtitle),
    })),
    ...(reliable.length === 0
      ? []
      : [
          {
            kind: "reliability" as const,
            name: "reliability",
            svg: reliabilityDiagram({
              title: `Reliability of probabilities${only}`,
              subtitle: `${subtitle}${only === "" ? "" : lossText(first)}`,
              curves: reliable.map(reliabilityCurve),
            }),
          },
        ]),
    ...evaluations.flatMap((one) =>
      one.quality
        ? [{ kind: "discard" as const, name: named("discard", one, evaluations), svg: discardPlot(one, one.quality) }]
        : [],
    ),
  ];
}

function discardPlot(evaluation: Verification, { pairs, measures }: ErrorVersusDiscard): string {
  return linePlot({
    title: `Error versus discard: ${runName(evaluation)}`,
    subtitle: `${counted(pairs, "same-person pair")}`,
    x: { label: "share of pairs discarded, worst first" },
    y: { label: "FRR" },
    series: measures.map(({ measure, points }) => ({
      label: measure,
      points: points.flatMap(({ discarded, frr }) => (frr === null ? [] : [{ x: discarded, y: frr }])),
    })),
  });
}

function histogramOf(evaluation: Verification, subtitle: string): string {
  const { binWidth, same, different } = rebinned(evaluation.histograms);
  return distanceHistogram({
    title: `Distances: ${runName(evaluation)}`,
    subtitle,
    edges: Array.from({ length: same.length + 1 }, (_, i) => i * binWidth),
    same,
    different,
    thresholds: [
      ...evaluation.modelThresholds
        .filter(({ far }) => MARKED_FARS.includes(far))
        .map(({ far, threshold }) => ({ label: `the model's for FAR ${farText(far)}`, distance: threshold })),
      { label: "best accuracy", distance: evaluation.threshold },
    ],
  });
}

/** Leaves out bins of few pairs, which fluctuate too much. */
export const steadyBins = ({ reliability }: Pick<Verification, "reliability">) => reliability.filter(({ pairs }) => pairs >= 10);

/** Bins in the format of the reliability diagram. */
export const binsWithIntervals = (points: Verification["reliability"]) =>
  points.map(({ predicted, observed, interval }) => ({
    predicted,
    observed,
    ...(interval && { low: interval.low, high: interval.high }),
  }));

/** Four times the cube root of the number of pairs in bins, twice Rice's rule: fewer hide the shape, more show noise. */
function rebinned({ binWidth, same, different }: DistanceHistograms): DistanceHistograms {
  const used = (counts: readonly number[]) =>
    counts.findLastIndex((count) => count > 0) - counts.findIndex((count) => count > 0) + 1;
  const wanted = (counts: readonly number[]) => 4 * Math.cbrt(counts.reduce((sum, count) => sum + count, 0));
  if (binWidth >= 1 / 8 || (used(same) <= wanted(same) && used(different) <= wanted(different)))
    return { binWidth, same, different };
  const halved = (counts: readonly number[]) => counts.flatMap((count, i) => (i % 2 === 0 ? [count + (counts[i + 1] ?? 0)] : []));
  return rebinned({ binWidth: binWidth * 2, same: halved(same), different: halved(different) });
}

const lossText = (evaluation: Verification | undefined): string =>
  typeof evaluation?.logLoss === "number" ? `, log loss ${evaluation.logLoss.toFixed(3)}${likelihoodText(evaluation)}` : "";

const likelihoodText = ({ likelihood }: Verification): string =>
  likelihood
    ? `, Cllr ${likelihood.cllr.toFixed(3)} (minimum ${likelihood.cllrMinimum.toFixed(3)}), calibration error ${likelihood.expectedCalibrationError.toFixed(3)}`
    : "";

const reliabilityCurve = (evaluation: Verification) => ({
  label: `${runName(evaluation)}${lossText(evaluation)}`,
  bins: binsWithIntervals(steadyBins(evaluation)),
});

function identificationPlots(evaluations: readonly IdentificationEvaluation[], dataset: string): NamedPlot[] {
  const [first] = evaluations;
  const subtitle = `${dataset}: ${counted(first?.enrolled ?? 0, "person", "people")} enrolled, ${counted(first?.probes ?? 0, "probe")}, ${counted(first?.strangers ?? 0, "stranger")}`;
  const only = evaluations.length === 1 && first ? `: ${runName(first)}` : "";
  return [
    {
      kind: "open-set",
      name: "open-set",
      svg: dirPlot({
        title: `Open-set identification${only}`,
        subtitle,
        curves: evaluations.map((one) => ({ label: runName(one), points: one.curve })),
      }),
    },
    {
      kind: "cmc",
      name: "cmc",
      svg: cmcPlot({
        title: `Identification over rank${only}`,
        subtitle,
        curves: evaluations.map((one) => ({ label: runName(one), points: one.cmc })),
      }),
    },
  ];
}

/** "distances", with the model's name appended if there are several models. */
function named(name: string, one: Evaluation, all: readonly Evaluation[]): string {
  return all.length === 1 ? name : `${name}-${one.model}${one.flip ? "-flip" : ""}`.replace(/[^\w.-]+/g, "-");
}

/** @param file its extension selects the format: PNG, otherwise SVG */
export async function calibrationDiagram(calibration: Measured, file: string): Promise<string | Uint8Array> {
  const { probability, logLoss } = calibration;
  const kind = probability !== null && "slope" in probability ? "logistic" : "isotonic";
  const by = `the ${kind} curve of other people`;
  return probabilityDiagram({ ...calibration, label: kind, by, logLoss: logLoss[kind] ?? Number.NaN }, file);
}

export type JudgedProbability = Pick<Verification, "reliability"> & {
  readonly model: string;
  readonly people: number;
  readonly faces: number;
  readonly logLoss: number;
  readonly label: string;
  /** what predicted */
  readonly by: string;
};

/** @param file as for {@link calibrationDiagram} */
export async function probabilityDiagram(judged: JudgedProbability, file: string): Promise<string | Uint8Array> {
  const { model, people, faces, logLoss, label, by } = judged;
  const svg = reliabilityDiagram({
    title: `Reliability of probabilities: ${model}`,
    subtitle: `${faces.toLocaleString("en")} faces of ${people} people, by ${by}: log loss ${logLoss.toFixed(3)}`,
    curves: [{ label, bins: binsWithIntervals(steadyBins(judged)) }],
  });
  return /\.png$/i.test(file) ? encodeSvgAsPng(svg) : svg;
}
