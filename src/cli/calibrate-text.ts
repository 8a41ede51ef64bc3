/** A calibration as a table: what distance keeps which rate here, and what the model's own thresholds do. */
import type { Calibration } from "../schemas/calibration.ts";
import type { Interval } from "../schemas/evaluation.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { failureLines } from "./run-stream.ts";
import { tableLines } from "./tables.ts";

export function calibrateText(result: Calibration): string {
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
    `Written to ${result.file}: use it with --calibration ${result.file}, or set FACENET_CALIBRATION.`,
    ...failureLines(result.failures, faces),
  ].join("\n");
}

export function calibrateExitCode({ failures }: Calibration): ExitCode {
  return failures.length > 0 ? exitCodes.someFailed : exitCodes.done;
}

function intervalText(interval: Interval | null, text: (value: number) => string): string {
  return interval ? `${text(interval.low)} to ${text(interval.high)}` : "";
}
