/** The plots of an evaluation, by name: the report holds them, and `--plots` writes them to files. */

import type { Measured } from "../../evaluation/protocols/calibration-place.ts";
import { encodeSvgAsPng } from "../../image/encode.ts";
import type {
  DistanceHistograms,
  ErrorVersusDiscard,
  Evaluation,
  IdentificationEvaluation,
  Verification,
} from "../../schemas/evaluation.ts";
import { distanceHistogram } from "../plot/distance-histogram.ts";
import { linePlot } from "../plot/line-plot.ts";
import { cmcPlot, detPlot, dirPlot, reliabilityDiagram, rocPlot } from "../plot/rate-plots.ts";
import { counted, farText, runName } from "./report-table.ts";

export type NamedPlot = {
  readonly kind: "roc" | "det" | "distances" | "reliability" | "discard" | "open-set" | "cmc";
  /** As a file is named: the kind, and the model where each has a plot of its own. */
  readonly name: string;
  readonly svg: string;
};

/**
 * @param evaluations one a model, all by one protocol on the same data
 * @param dataset where the data came from, for the subtitle
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

/** Rates worth a line in the curve. */
const MARKED_FARS = [1e-3];

function verificationPlots(evaluations: readonly Verification[], dataset: string): NamedPlot[] {
  const [first] = evaluations;
  const subtitle = `${dataset}: ${counted(first?.pairs ?? 0, "pair")} of ${counted(first?.people ?? 0, "person").replace("persons", "people")}`;
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
              title: `Do probabilities hold?${only.replace(":", "")}`,
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
    subtitle: `${counted(pairs, "pair")} of one person`,
    x: { label: "share of pairs left out, the worst first" },
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
      { label: "best accuracy here", distance: evaluation.threshold },
    ],
  });
}

/** Bins of a handful of pairs jump up and down and mean nothing. */
export const steadyBins = ({ reliability }: Pick<Verification, "reliability">) => reliability.filter(({ pairs }) => pairs >= 10);

/** As the diagram takes them. */
export const binsWithIntervals = (points: Verification["reliability"]) =>
  points.map(({ predicted, observed, interval }) => ({
    predicted,
    observed,
    ...(interval && { low: interval.low, high: interval.high }),
  }));

/** Four times the cube root of the pairs in bins, twice Rice's rule: fewer hide the shape, more show luck. */
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
    ? `, Cllr ${likelihood.cllr.toFixed(3)} (at best ${likelihood.cllrMinimum.toFixed(3)}), calibration error ${likelihood.expectedCalibrationError.toFixed(3)}`
    : "";

const reliabilityCurve = (evaluation: Verification) => ({
  label: `${runName(evaluation)}${lossText(evaluation)}`,
  bins: binsWithIntervals(steadyBins(evaluation)),
});

function identificationPlots(evaluations: readonly IdentificationEvaluation[], dataset: string): NamedPlot[] {
  const [first] = evaluations;
  const subtitle = `${dataset}: ${counted(first?.enrolled ?? 0, "person").replace("persons", "people")} enrolled, ${counted(first?.probes ?? 0, "probe")}, ${counted(first?.strangers ?? 0, "stranger")}`;
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

/** "distances", or with the model's name where there are several. */
function named(name: string, one: Evaluation, all: readonly Evaluation[]): string {
  return all.length === 1 ? name : `${name}-${one.model}${one.flip ? "-flip" : ""}`.replace(/[^\w.-]+/g, "-");
}

/** @param file decides by its ending: PNG, else SVG */
export async function calibrationDiagram(calibration: Measured, file: string): Promise<string | Uint8Array> {
  const { model, people, faces, logLoss, probability } = calibration;
  const kind = probability !== null && "slope" in probability ? "logistic" : "isotonic";
  const svg = reliabilityDiagram({
    title: `Do probabilities hold? ${model}`,
    subtitle: `${faces.toLocaleString("en")} faces of ${people} people, by the ${kind} curve of other people: log loss ${logLoss[kind]?.toFixed(3)}`,
    curves: [{ label: kind, bins: binsWithIntervals(steadyBins(calibration)) }],
  });
  return /\.png$/i.test(file) ? encodeSvgAsPng(svg) : svg;
}
