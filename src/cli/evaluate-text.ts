/** The figures of an evaluation as published ones are written: mean +- standard error over the folds. */
import type { Evaluation } from "../schemas/evaluation.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { failureLines } from "./run-stream.ts";

export function evaluateText(result: Evaluation): string {
  const { accuracy, val, auc, eer, threshold, pairs, skipped, folds, images, imagesWithoutFace, failures, inSample } = result;
  const lines = [
    `accuracy   ${spreadText(accuracy)} over ${folds.length} folds, ${pairs} pairs`,
    ...val.map(
      (at) =>
        `VAL        ${spreadText(at)} at FAR ${at.far} (measured ${at.measuredFar.toPrecision(2)})${tooFew(at.expectedFalseAccepts)}`,
    ),
    `AUC        ${auc.toFixed(4)}`,
    `EER        ${eer.toFixed(4)}`,
    `threshold  ${threshold.toFixed(3)} (squared L2, mean of the folds' best)`,
    `model      ${result.model}, compared as ${result.compared}${result.flip ? ", with flip" : ""}`,
    `detector   ${result.detector}`,
    `images     ${images}, no face in ${imagesWithoutFace.length}`,
  ];
  if (inSample) lines.push("One fold only: the threshold was picked on the pairs it was tested on.");
  if (skipped > 0) lines.push(`${skipped} pairs were left out; --json lists them with the reason.`);
  return [...lines, ...failureLines(failures, images)].join("\n");
}

/** 1 when pairs are missing because photographs failed: the figures do not stand for the whole list. */
export function evaluateExitCode({ failures }: Evaluation): ExitCode {
  return failures.length > 0 ? exitCodes.someFailed : exitCodes.done;
}

function spreadText({ mean, standardError }: { mean: number; standardError: number }): string {
  return `${mean.toFixed(4)} +- ${standardError.toFixed(4)}`;
}

function tooFew(expectedFalseAccepts: number): string {
  return expectedFalseAccepts < 10 ? `, rests on ${expectedFalseAccepts.toFixed(1)} pairs only` : "";
}
