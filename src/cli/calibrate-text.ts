/** A calibration as a table: what distance keeps which rate here, and what the model's own thresholds do. */
import { type ExitCode, exitCodes } from "../errors.ts";
import type { Calibration, ForgottenCalibration } from "../schemas/calibration.ts";
import type { Interval } from "../schemas/evaluation.ts";
import { failureLines } from "./run-stream.ts";
import { tableLines } from "./tables.ts";

export function calibrateText(result: Calibration | ForgottenCalibration): string {
  if ("forgotten" in result)
    return result.forgotten
      ? `Commands decide by the own thresholds of ${result.model} again.`
      : `Nothing was stored for ${result.model}: commands decide by its own thresholds.`;
  const { thresholds, modelThresholds, people, faces, samePairs, differentPairs, logLoss, probability } = result;
  const ownOf = (far: number) => modelThresholds.find((own) => own.far === far);
  const rows = thresholds.map(({ far, distance, interval, farInterval, val }) => [
    String(far),
    distance.toFixed(4),
    intervalText(interval, (value) => value.toFixed(3)),
    intervalText(farInterval, (value) => value.toPrecision(2)),
    val.toFixed(4),
    ownOf(far)?.threshold.toFixed(4) ?? "",
    ownOf(far)?.measuredFar.toPrecision(2) ?? "",
  ]);
  const right = "right" as const;
  const columns = ["FAR", "distance", "95 % interval", "FAR, 95 %", "VAL", "model's own", "its FAR here"];
  const losses = `held-out log loss ${logLoss.logistic?.toFixed(4) ?? "(no fit)"} logistic, ${logLoss.isotonic.toFixed(4)} isotonic`;
  return [
    `${faces} faces of ${people} people: ${samePairs} pairs of one person, ${differentPairs} of two`,
    ...tableLines(
      columns.map((title) => ({ title, align: right })),
      rows,
    ),
    `probability  ${probability === null ? "none" : "slope" in probability ? "logistic" : "isotonic"}; ${losses}`,
    ...result.warnings.map((warning) => `Note: ${warning}.`),
    ...placeLines(result),
    ...failureLines(result.failures, faces),
  ].join("\n");
}

function placeLines({ stored, file, model }: Calibration): string[] {
  if (!stored) return [`Written to ${file}: use it with --calibration ${file}, or set FACENET_CALIBRATION.`];
  return [
    `Stored in ${file}: every command that uses ${model} decides by it from now on.`,
    "`--calibration own` decides by the model's own thresholds once, `facenet calibrate --forget` for good.",
  ];
}

export function calibrateExitCode(result: Calibration | ForgottenCalibration): ExitCode {
  return "failures" in result && result.failures.length > 0 ? exitCodes.someFailed : exitCodes.done;
}

function intervalText(interval: Interval | null, text: (value: number) => string): string {
  return interval ? `${text(interval.low)} to ${text(interval.high)}` : "";
}
