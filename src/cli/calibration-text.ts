/** Names of the sources of a calibration. */
import type { ThresholdOrigin } from "../schemas/threshold.ts";

const names = {
  model: "the model's own",
  stored: "stored with the model",
  file: "the file given",
  gallery: "the gallery's own",
} satisfies Record<ThresholdOrigin["from"], string>;

export function calibrationText({ from, calibratedOn }: ThresholdOrigin): string {
  return `${names[from]}: ${calibratedOn}`;
}
