/** An error for the command line: options are printed as flags, followed by a hint that names a flag or command. */
import { FaceNetError, type FaceNetErrorCode } from "../errors.ts";
import type { Flag } from "./flags.ts";
import { printableMessage } from "./printable.ts";

const hints: Partial<Record<FaceNetErrorCode, (data: FaceNetError["data"]) => string>> = {
  IMAGE_TOO_LARGE: () => "The option is --max-pixels.",
  FACE_NOT_FOUND: () => "The option is --min-face-size.",
  FACE_AMBIGUOUS: () => "The options are --faces largest and --position.",
  CALIBRATION_INVALID: () => "--calibration own selects the model's own.",
  CALIBRATION_TOO_SMALL: () => "--output FILE writes it; --calibration FILE and --far use it.",
  OUTPUT_EXISTS: () => "--force replaces it.",
  GALLERY_NOT_FOUND: () => "--gallery names another path.",
  GALLERY_MODEL_MISMATCH: () => "The options are --model and --gallery.",
  GALLERY_MIGRATING: (d) => `\`facenet migrate --to ${d.model}\` finishes it, \`facenet migrate --abandon\` cancels it.`,
  PERSON_NAME_TAKEN: () => "`facenet people NAME --merge OTHER` merges them.",
  TRAINING_DIVERGED: (d) => `The options are --resume and --learning-rate ${d.advised}.`,
  CHECKPOINT_MISSING: () => "Start without --resume, or name the run with --output.",
  CHECKPOINT_DAMAGED: () => "Without --resume, a new training starts.",
  CHECKPOINT_MISMATCH: () => "--output names the folder.",
  KEY_SCOPE: () => "`facenet keys create NAME --scope SCOPE` creates one.",
};

/** @param flags of the command that failed: an option named by its field is printed as its flag */
export function errorText(error: FaceNetError, flags: readonly Pick<Flag, "field" | "name">[] = []): string {
  const flag = error.code === "OPTION_INVALID" ? flags.find(({ field }) => field === error.data.option) : undefined;
  const { message } = flag === undefined ? error : new FaceNetError("OPTION_INVALID", { ...error.data, option: flag.name });
  const hint = hints[error.code]?.(error.data);
  return printableMessage(hint === undefined ? message : `${message} ${hint}`);
}
