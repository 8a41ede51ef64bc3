/** The figures of an evaluation as published ones are written: mean +- standard error over the folds. */
import type { Evaluation, Interval, Verification } from "../schemas/evaluation.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { plainText } from "./plain-text.ts";
import { failureLines } from "./run-stream.ts";

export function evaluateText(result: Evaluation): string {
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
export function evaluateExitCode({ failures }: Evaluation): ExitCode {
  return failures.length > 0 ? exitCodes.someFailed : exitCodes.done;
}

function spreadText({ mean, standardError, interval }: Verification["accuracy"]): string {
  return `${mean.toFixed(4)} +- ${standardError.toFixed(4)}${intervalText(interval)}`;
}

function intervalText(interval: Interval | null): string {
  return interval ? ` [${interval.low.toFixed(4)}, ${interval.high.toFixed(4)}]` : "";
}
