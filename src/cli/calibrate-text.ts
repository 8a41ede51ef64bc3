/** A calibration as a table: what distance keeps which rate here, and what the model's own thresholds do. */
import type { ForgottenCalibration, GalleryCalibration, LabelledCalibration } from "../schemas/calibration.ts";
import type { Interval } from "../schemas/evaluation.ts";
import type { Outcome } from "./outcome.ts";
import { tableLines } from "./tables.ts";

export type CalibrateAnswer = LabelledCalibration | GalleryCalibration | ForgottenCalibration;

export function calibrateText(result: CalibrateAnswer): string {
  if ("forgotten" in result)
    return result.forgotten
      ? `Commands use the thresholds of ${result.model} again.`
      : `Nothing was stored for ${result.model}: commands use its own thresholds.`;
  if ("vouchesDownTo" in result) return galleryText(result);
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
  ].join("\n");
}

function galleryText({ thresholds, leftOut, vouchesDownTo, cohort, ...rest }: GalleryCalibration): string {
  const rows = thresholds.map(({ far, distance, basis, farInterval, modelDistance, modelFar }) => [
    String(far),
    distance.toFixed(4),
    basis,
    intervalText(farInterval, (value) => value.toPrecision(2)),
    modelDistance.toFixed(4),
    modelFar.toPrecision(2),
  ]);
  const columns = ["FMR", "distance", "from", "FMR, 95 %", "model's own", "its FMR here"];
  const { sameGroup, contactSheets, companions, samePersonTwice } = leftOut;
  return [
    `${rest.pairs} pairs of faces in ${rest.photographs} photographs: ${rest.distinctPairs} pairs of two people.`,
    `Left out: ${sameGroup} of one person, ${contactSheets} in contact sheets, ${companions} of people hardly ever seen apart, about ${samePersonTwice} likely of one person twice.`,
    ...tableLines(
      columns.map((title) => (title === "from" ? { title } : { title, align: "right" as const })),
      rows,
    ),
    vouchesDownTo === null
      ? "The closest pairs follow no distribution that could be extended: the model's thresholds stay, or stricter ones."
      : `They vouch for rates down to 1 in ${Math.floor(1 / vouchesDownTo)}; below, the model's thresholds stay, or stricter ones.`,
    cohort
      ? `Cohort of ${cohort.faces.length} people, for --normalise cohort of identify and cluster: ${cohort.thresholds.map(({ far, distance }) => `${distance.toFixed(4)} at ${far}`).join(", ")}.`
      : "No cohort for --normalise cohort: it takes 40 people with two faces each.",
    "Stored in the gallery: identify, find, lookalike and cluster use it. `--calibration own` uses the model's thresholds instead.",
  ].join("\n");
}

function placeLines({ stored, file, model }: LabelledCalibration): string[] {
  if (!stored) return [`Written to ${file}: use it with --calibration ${file}, or set FACENET_CALIBRATION.`];
  return [
    `Stored in ${file}: every command that uses ${model} uses it from now on.`,
    "`--calibration own` uses the model's own thresholds once, `facenet calibrate --forget` for good.",
  ];
}

/** A calibration by the gallery's own people, or a calibration forgotten, has no failures. */
export function calibrateOutcome(result: CalibrateAnswer): Outcome | undefined {
  return "failures" in result ? { unit: ["face", "faces"], done: result.faces, failures: result.failures } : undefined;
}

function intervalText(interval: Interval | null, text: (value: number) => string): string {
  return interval ? `${text(interval.low)} to ${text(interval.high)}` : "";
}
