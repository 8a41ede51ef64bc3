/** Names of the sources of a calibration. */
import type { ThresholdOrigin } from "../schemas/threshold.ts";

const names = {
  model: "the model's own",
  stored: "stored with the model",
  file: "the given file",
  gallery: "the gallery's own",
} satisfies Record<ThresholdOrigin["from"], string>;

/** For the end of a line that names a threshold; empty for plain distances. */
export function normalisedText(normalised: { readonly cohort: number; readonly nearest: number } | null): string {
  if (!normalised) return "";
  return `; decided by distances normalised by the ${normalised.nearest} nearest of a cohort of ${normalised.cohort} people`;
}

export function calibrationText({ from, calibratedOn }: ThresholdOrigin): string {
  return `${names[from]}: ${calibratedOn}`;
}
