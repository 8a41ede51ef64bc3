/** A calibration as a table: distance for each rate, and the rates of the model's own thresholds. */
import { calibrate } from "../operations/calibrate.ts";
import type { ForgottenCalibration, GalleryCalibration, LabelledCalibration } from "../schemas/calibration.ts";
import type { Interval } from "../schemas/evaluation.ts";
import { answerCommand } from "./command.ts";
import { right, tableLines } from "./tables.ts";

type CalibrateAnswer = LabelledCalibration | GalleryCalibration | ForgottenCalibration;

export const calibrateCommand = answerCommand(calibrate, {
  text: calibrateText,
  // calibrations by the gallery's own people, and forgotten ones, have no failures
  outcome: (result) =>
    "failures" in result ? { unit: ["face", "faces"], done: result.faces, failures: result.failures } : undefined,
});

function calibrateText(result: CalibrateAnswer): string {
  if ("forgotten" in result)
    return result.forgotten
      ? `Commands use the thresholds of ${result.model} again.`
      : `Nothing was stored for ${result.model}: commands use its own thresholds.`;
  if ("lowestFar" in result) return galleryText(result);
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
  const columns = ["FAR", "distance", "95 % interval", "FAR, 95 %", "VAL", "model's own", "its FAR here"];
  const losses = `held-out log loss ${logLoss.logistic?.toFixed(4) ?? "(no fit)"} logistic, ${logLoss.isotonic.toFixed(4)} isotonic`;
  return [
    `${faces} faces of ${people} people: ${samePairs} same pairs, ${differentPairs} different pairs`,
    ...tableLines(columns.map(right), rows),
    `probability  ${probability === null ? "none" : "slope" in probability ? "logistic" : "isotonic"}; ${losses}`,
    ...result.warnings.map((warning) => `Note: ${warning}.`),
    ...placeLines(result),
  ].join("\n");
}

function galleryText({ thresholds, leftOut, lowestFar, cohort, ...rest }: GalleryCalibration): string {
  const rows = thresholds.map(({ far, distance, basis, farInterval, modelDistance, modelFar }) => [
    String(far),
    distance.toFixed(4),
    basis,
    intervalText(farInterval, (value) => value.toPrecision(2)),
    modelDistance.toFixed(4),
    modelFar.toPrecision(2),
  ]);
  const columns = [right("FMR"), right("distance"), "from", ...["FMR, 95 %", "model's own", "its FMR here"].map(right)];
  const { sameGroup, contactSheets, companions, samePersonTwice } = leftOut;
  return [
    `${rest.pairs} pairs of faces in ${rest.photographs} photographs: ${rest.distinctPairs} pairs of different people.`,
    `Left out: ${sameGroup} of the same person, ${contactSheets} in contact sheets, ${companions} of people rarely seen apart, about ${samePersonTwice} probably of the same person twice.`,
    ...tableLines(columns, rows),
    lowestFar === null
      ? "The closest pairs fit no distribution that could be extrapolated: the model's thresholds remain, or stricter ones."
      : `They support rates down to 1 in ${Math.floor(1 / lowestFar)}; below, the model's thresholds remain, or stricter ones.`,
    cohort
      ? `Cohort of ${cohort.faces.length} people, for --normalise cohort of identify and cluster: ${cohort.thresholds.map(({ far, distance }) => `${distance.toFixed(4)} at ${far}`).join(", ")}.`
      : "No cohort for --normalise cohort: it requires 40 people with two faces each.",
    "Stored in the gallery: identify, find, lookalike and cluster use it. `--calibration own` uses the model's thresholds instead.",
  ].join("\n");
}

function placeLines({ stored, file, model }: LabelledCalibration): string[] {
  if (!stored) return [`Written to ${file}: use it with --calibration ${file}, or set FACENET_CALIBRATION.`];
  return [
    `Stored in ${file}: commands with ${model} use it from now on.`,
    "`--calibration own` uses the model's own thresholds for one run; `facenet calibrate --forget` restores them.",
  ];
}

function intervalText(interval: Interval | null, text: (value: number) => string): string {
  return interval ? `${text(interval.low)} to ${text(interval.high)}` : "";
}
