/** Figures of an evaluation in the usual notation: mean +- standard error over the folds. */
import { type ExitCode, exitCodes } from "../errors.ts";
import { evaluate } from "../operations/evaluate.ts";
import type {
  ClusteringEvaluation,
  Evaluation,
  IdentificationEvaluation,
  Interval,
  ModelComparison,
  PairedSignificance,
  Verification,
} from "../schemas/evaluation.ts";
import { calibrationText } from "./calibration-text.ts";
import { answerCommand } from "./command.ts";
import { counted } from "./counted.ts";
import { discardLines } from "./discard-text.ts";
import { evaluationCsv } from "./evaluation-csv.ts";
import { labelComparisonLines } from "./label-comparison-text.ts";
import type { Outcome } from "./outcome.ts";
import type { PrintOptions } from "./print-options.ts";
import { tableLines } from "./tables.ts";
import type { Style } from "./terminal.ts";

export const evaluateCommand = answerCommand(evaluate, {
  text: evaluateText,
  outcome: evaluateOutcome,
  exitCode: evaluateExitCode,
  options: [{ flags: "--csv", description: "print the figures as CSV, one row per figure" }],
});

type Result = Evaluation | ModelComparison;

const evaluationsOf = (result: Result): readonly Evaluation[] =>
  result.protocol === "comparison" ? result.evaluations : [result];

export function evaluateText(result: Result, _: Style, { csv }: PrintOptions): string {
  if (csv === true) return evaluationCsv(evaluationsOf(result)).trimEnd();
  const texts = evaluationsOf(result).map(evaluationText);
  return [...texts, ...(result.protocol === "comparison" ? [significanceText(result.comparisons)] : [])].join("\n\n").trimEnd();
}

function evaluationText(result: Evaluation): string {
  if (result.protocol === "identification") return identificationText(result);
  if (result.protocol === "clustering") return clusteringText(result);
  return verificationText(result);
}

function verificationText(result: Verification): string {
  const { accuracy, val, auc, aucInterval, eer, eerInterval, threshold, pairs, folds, logLoss, logLossInterval, likelihood } =
    result;
  const lines = [
    `accuracy   ${spreadText(accuracy)} over ${folds.length} folds, ${pairs} pairs`,
    ...val.map((at) => `VAL        ${spreadText(at)} at FAR ${at.far} (measured ${at.measuredFar.toPrecision(2)})`),
    `AUC        ${auc.toFixed(4)}${intervalText(aucInterval)}`,
    `EER        ${eer.toFixed(4)}${intervalText(eerInterval)}`,
    `threshold  ${threshold.toFixed(3)} (squared L2, mean of the folds' best)`,
    ...(logLoss === null
      ? []
      : [`log loss   ${logLoss.toFixed(4)}${intervalText(logLossInterval)} of the model's probability (0.693: chance)`]),
    ...(likelihood === null
      ? []
      : [
          `Cllr       ${likelihood.cllr.toFixed(4)}, minimum ${likelihood.cllrMinimum.toFixed(4)}; expected calibration error ${likelihood.expectedCalibrationError.toFixed(4)}`,
        ]),
    ...sourceLines(result),
    ...(result.quality ? discardLines(result.quality) : []),
    ...result.groups.flatMap(labelComparisonLines),
  ];
  return lines.join("\n");
}

function identificationText(result: IdentificationEvaluation): string {
  const { enrolled, probes, strangers, rates, cmc } = result;
  const rows = rates.map((rate) => [
    String(rate.fpir),
    rate.threshold.toFixed(3),
    rate.thresholdFrom === "calibration" ? "other people" : "these strangers",
    `${rate.dir.toFixed(4)}${intervalText(rate.dirInterval)}`,
    `${rate.measuredFpir.toFixed(4)}${intervalText(rate.fpirInterval)}`,
    rate.wrongPerson.toFixed(4),
  ]);
  const titles = ["target FPIR", "threshold", "chosen on", "DIR", "measured FPIR", "misidentified"];
  const first = cmc.find(({ rank }) => rank === 1);
  const lines = [
    ...tableLines(titles, rows),
    "",
    ...(first ? [`rank 1     ${first.rate.toFixed(4)} of the probes, without threshold`] : []),
    `people     ${enrolled} enrolled with one image each, ${probes} probes, ${strangers} strangers`,
    ...sourceLines(result),
  ];
  return lines.join("\n");
}

function clusteringText(result: ClusteringEvaluation): string {
  const { pairwise, bCubed, normalizedMutualInformation, algorithm, threshold, faces, people, clusters, clustersOfOne } = result;
  const share = (value: number) => value.toFixed(4);
  const lines = [
    ...tableLines(
      ["", "precision", "recall", "F"],
      Object.entries({ pairwise, "B-cubed": bCubed }).map(([name, { precision, recall, f }]) => [
        name,
        ...[precision, recall, f].map(share),
      ]),
    ),
    "",
    `NMI        ${share(normalizedMutualInformation)}`,
    `clusters   ${clusters} of ${faces} faces, ${clustersOfOne} of one face; people ${people}`,
    `algorithm  ${algorithm}, threshold ${threshold.toFixed(3)} (squared L2)`,
    ...sourceLines(result),
  ];
  return lines.join("\n");
}

/** Model and data, and what makes the figures less reliable. */
function sourceLines(result: Evaluation): string[] {
  const { model, compared, flip, detector, calibration, images, people, imagesWithoutFace, warnings } = result;
  const decides = result.protocol === "identification" || result.protocol === "clustering"; // by the model's thresholds
  return [
    `model      ${model}, compared as ${compared}${flip ? ", with flip" : ""}`,
    ...(detector === null ? [] : [`detector   ${detector}`]),
    ...(decides ? [`calibration  ${calibrationText(calibration)}`] : []),
    `images     ${images} of ${counted(people, "person", "people")}, no face in ${imagesWithoutFace.length}`,
    ...warnings.map((warning) => `Note: ${warning}.`),
  ];
}

function evaluateOutcome(result: Result): Outcome {
  const evaluations = evaluationsOf(result);
  const failures = evaluations.flatMap((each) => each.failures);
  const without = evaluations.reduce((sum, { imagesWithoutFace }) => sum + imagesWithoutFace.length, 0);
  const images = evaluations.reduce((sum, each) => sum + each.images, 0);
  const done = images - without - failures.length;
  return { unit: ["image", "images"], done, skipped: { "without a face": without }, failures };
}

/** 1 if pairs are missing because photographs failed: the figures do not cover the whole list. */
export function evaluateExitCode(result: Result): ExitCode {
  return evaluationsOf(result).some(({ failures }) => failures.length > 0) ? exitCodes.someFailed : exitCodes.done;
}

function significanceText(comparisons: readonly PairedSignificance[]): string {
  const lines = comparisons.flatMap(({ a, b, pairs, accuracy, val }) => [
    `${a} against ${b}, ${pairs} pairs`,
    ...(accuracy === null
      ? []
      : [
          `accuracy   ${accuracy.onlyARight} pairs correct only by the first, ${accuracy.onlyBRight} only by the second: p = ${pText(accuracy.pValue)} (exact McNemar test)`,
        ]),
    ...val.map(
      ({ far, difference, interval, pValue }) =>
        `VAL        ${difference >= 0 ? "+" : ""}${difference.toFixed(4)}${intervalText(interval)} at FAR ${far}${pValue === null ? "" : `: p = ${pText(pValue)} (bootstrap by person)`}`,
    ),
  ]);
  return lines.join("\n");
}

const pText = (p: number): string => (p < 1e-4 ? "below 0.0001" : p.toPrecision(2));

function spreadText({ mean, standardError, interval }: Verification["accuracy"]): string {
  return `${mean.toFixed(4)} +- ${standardError.toFixed(4)}${intervalText(interval)}`;
}

function intervalText(interval: Interval | null): string {
  return interval ? ` [${interval.low.toFixed(4)}, ${interval.high.toFixed(4)}]` : "";
}
