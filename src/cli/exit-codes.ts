/** What the program's exit status says, for scripts to act on. `facenet --help` prints the table. */
import type { FaceNetErrorCode } from "../errors.ts";

export const exitCodes = {
  done: 0,
  someFailed: 1,
  usage: 2,
  unusableInput: 3,
  faceCount: 4,
  model: 5,
  output: 6,
  gallery: 7,
  diverged: 8,
  notVerified: 10,
  internal: 70,
  interrupted: 130,
  terminated: 143,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const meanings: Record<keyof typeof exitCodes, string> = {
  done: "done",
  someFailed: "some photographs failed, the rest is done",
  usage: "wrong usage",
  unusableInput: "nothing usable: the input is missing, damaged or not readable",
  faceCount: "no face, or several where one was wanted",
  model: "a model is missing, damaged or cannot run",
  output: "the output cannot be written",
  gallery: "the gallery cannot be opened or written, is damaged, or lacks what was asked for",
  diverged: "training diverged; the last good checkpoint is kept",
  notVerified: "verify --exit-code: not one person",
  internal: "internal error",
  interrupted: "interrupted with Ctrl-C; what was written is kept",
  terminated: "terminated (SIGTERM); what was written is kept",
};

/** Every error code has its exit status: a new one without does not compile. */
const ofError: Record<FaceNetErrorCode, ExitCode> = {
  IMAGE_NOT_FOUND: exitCodes.unusableInput,
  IMAGE_IS_DIRECTORY: exitCodes.unusableInput,
  IMAGE_NOT_READABLE: exitCodes.unusableInput,
  IMAGE_EMPTY: exitCodes.unusableInput,
  IMAGE_UNKNOWN_FORMAT: exitCodes.unusableInput,
  IMAGE_CORRUPT: exitCodes.unusableInput,
  IMAGE_TOO_LARGE: exitCodes.unusableInput,
  IMAGE_SIDE_TOO_LONG: exitCodes.unusableInput,
  IMAGE_RAW_WITHOUT_PREVIEW: exitCodes.unusableInput,
  IMAGE_INVALID_PIXELS: exitCodes.unusableInput,
  HEIC_NOT_INSTALLED: exitCodes.unusableInput,
  PAIRS_INVALID: exitCodes.unusableInput,
  DATASET_INVALID: exitCodes.unusableInput,
  GROUPS_INVALID: exitCodes.unusableInput,
  CALIBRATION_INVALID: exitCodes.unusableInput,
  CALIBRATION_TOO_SMALL: exitCodes.unusableInput,
  EMBEDDINGS_INVALID: exitCodes.unusableInput,
  FILE_NOT_READABLE: exitCodes.unusableInput,
  FACE_NOT_FOUND: exitCodes.faceCount,
  FACE_AMBIGUOUS: exitCodes.faceCount,
  MODEL_NOT_FOUND: exitCodes.model,
  MODEL_FILE_MISSING: exitCodes.model,
  MODEL_MANIFEST_MISSING: exitCodes.model,
  MODEL_MANIFEST_INVALID: exitCodes.model,
  MODEL_DAMAGED: exitCodes.model,
  MODEL_NOT_LOADABLE: exitCodes.model,
  MODEL_WRONG_TASK: exitCodes.model,
  MODEL_UNEXPECTED_OUTPUT: exitCodes.model,
  DEVICE_NOT_AVAILABLE: exitCodes.model,
  EMBEDDINGS_INCOMPATIBLE: exitCodes.model,
  GALLERY_NOT_FOUND: exitCodes.gallery,
  GALLERY_NOT_READABLE: exitCodes.gallery,
  GALLERY_UNREACHABLE: exitCodes.gallery,
  GALLERY_ACCESS_DENIED: exitCodes.gallery,
  GALLERY_DATABASE_MISSING: exitCodes.gallery,
  GALLERY_DIMENSIONS_MISMATCH: exitCodes.gallery,
  GALLERY_TOO_NEW: exitCodes.gallery,
  GALLERY_NOT_WRITABLE: exitCodes.gallery,
  GALLERY_MODEL_MISMATCH: exitCodes.gallery,
  GALLERY_DAMAGED: exitCodes.gallery,
  GALLERY_MIGRATING: exitCodes.gallery,
  GALLERY_EXPORT_INVALID: exitCodes.unusableInput,
  PHOTOGRAPH_UNKNOWN: exitCodes.gallery,
  FACE_UNKNOWN: exitCodes.gallery,
  PERSON_AMBIGUOUS: exitCodes.gallery,
  PERSON_NOT_FOUND: exitCodes.gallery,
  PERSON_NAME_TAKEN: exitCodes.gallery,
  ENROLMENT_FAILED: exitCodes.unusableInput,
  NETWORK_NOT_FOUND: exitCodes.model,
  LAYER_SHAPE: exitCodes.model,
  PARAMETERS_MISMATCH: exitCodes.model,
  FACES_UNUSABLE: exitCodes.unusableInput,
  SCHEDULE_INVALID: exitCodes.unusableInput,
  TRAINING_DIVERGED: exitCodes.diverged,
  CHECKPOINT_MISSING: exitCodes.unusableInput,
  CHECKPOINT_DAMAGED: exitCodes.unusableInput,
  CHECKPOINT_MISMATCH: exitCodes.unusableInput,
  OPTION_INVALID: exitCodes.usage,
  REQUEST_INVALID: exitCodes.usage,
  REQUEST_TOO_LARGE: exitCodes.usage,
  REQUEST_MEDIA_TYPE: exitCodes.usage,
  REQUEST_REFUSED: exitCodes.usage,
  ROUTE_NOT_FOUND: exitCodes.usage,
  METHOD_NOT_ALLOWED: exitCodes.usage,
  NOT_FOUND: exitCodes.usage,
  KEY_NEEDED: exitCodes.usage,
  KEY_INVALID: exitCodes.usage,
  KEY_SCOPE: exitCodes.usage,
  RATE_LIMITED: exitCodes.usage,
  SERVER_BUSY: exitCodes.usage,
  SERVER_STOPPING: exitCodes.usage,
  CANCELLED: exitCodes.usage,
  IDEMPOTENCY_CONFLICT: exitCodes.usage,
  SIDECAR_UNUSABLE: exitCodes.unusableInput,
  OUTPUT_NOT_WRITABLE: exitCodes.output,
  DISPOSED: exitCodes.internal,
  INTERNAL: exitCodes.internal,
};

/** @param error a FaceNetError, or its code as results list it */
export function exitCodeOfError({ code }: { readonly code: string }): ExitCode {
  return (ofError as Record<string, ExitCode | undefined>)[code] ?? exitCodes.internal;
}

/** The exit status after many photographs: where all failed for one reason, it is that reason's. */
export function exitCodeOfBatch(succeeded: number, failures: readonly { readonly code: string }[]): ExitCode {
  if (failures.length === 0) return exitCodes.done;
  if (succeeded > 0) return exitCodes.someFailed;
  const codes = [...new Set(failures.map(exitCodeOfError))];
  return codes.length === 1 ? (codes[0] as ExitCode) : exitCodes.unusableInput;
}

/** The table for `--help`. */
export function exitCodeHelp(): string {
  const lines = Object.entries(meanings).map(([name, meaning]) => {
    return `  ${String(exitCodes[name as keyof typeof exitCodes]).padStart(3)}  ${meaning}`;
  });
  return ["Exit codes:", ...lines].join("\n");
}
