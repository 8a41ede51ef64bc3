/** The figures of an evaluation as published ones are written: mean +- standard error over the folds. */
import type { Evaluation, Interval, Verification } from "../schemas/evaluation.ts";
import type { ModelComparison, PairedSignificance } from "../schemas/model-comparison.ts";
import type { PrintOption, PrintOptions } from "./command.ts";
import { evaluationCsv } from "./evaluation-csv.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { plainText } from "./plain-text.ts";
import { failureLines } from "./run-stream.ts";
import type { Style } from "./terminal.ts";

export const evaluateOptions: readonly PrintOption[] = [
  { flags: "--csv", description: "print the figures as comma-separated values, one row each" },
];

type Result = Evaluation | ModelComparison;

const evaluationsOf = (result: Result): readonly Evaluation[] =>
  result.protocol === "comparison" ? result.evaluations : [result];

export function evaluateText(result: Result, _: Style, { csv }: PrintOptions): string {
  if (csv === true) return evaluationCsv(evaluationsOf(result)).trimEnd();
  const texts = evaluationsOf(result).map(evaluationText);
  return [...texts, ...(result.protocol === "comparison" ? [significanceText(result.comparisons)] : [])].join("\n\n").trimEnd();
}

function evaluationText(result: Evaluation): string {
  if (result.protocol === "identification" || result.protocol === "clustering") return plainText(result);
  return verificationText(result);
}

function verificationText(result: Verification): string {
  const { accuracy, val, auc, aucInterval, eer, eerInterval, threshold, pairs, folds, images, imagesWithoutFace } = result;
  const lines = [
    `accuracy   ${spreadText(accuracy)} over ${folds.length} folds, ${pairs} pairs`,
    ...val.map((at) => `VAL        ${spreadText(at)} at FAR ${at.far} (measured ${at.measuredFar.toPrecision(2)})`),
    `AUC        ${auc.toFixed(4)}${intervalText(aucInterval)}`,
    `EER        ${eer.toFixed(4)}${intervalText(eerInterval)}`,
    `threshold  ${threshold.toFixed(3)} (squared L2, mean of the folds' best)`,
    `model      ${result.model}, compared as ${result.compared}${result.flip ? ", with flip" : ""}`,
    ...(result.detector === null ? [] : [`detector   ${result.detector}`]),
    `images     ${images} of ${result.people} people, no face in ${imagesWithoutFace.length}`,
    ...result.warnings.map((warning) => `Note: ${warning}.`),
  ];
  return [...lines, ...failureLines(result.failures, images)].join("\n");
}

/** 1 when pairs are missing because photographs failed: the figures do not stand for the whole list. */
export function evaluateExitCode(result: Result): ExitCode {
  return evaluationsOf(result).some(({ failures }) => failures.length > 0) ? exitCodes.someFailed : exitCodes.done;
}

function significanceText(comparisons: readonly PairedSignificance[]): string {
  const lines = comparisons.flatMap(({ a, b, pairs, accuracy, val }) => [
    `${a} against ${b}, ${pairs} pairs`,
    `accuracy   ${accuracy.onlyARight} pairs only the first judges rightly, ${accuracy.onlyBRight} only the second: p = ${pText(accuracy.pValue)} (exact McNemar test)`,
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
