/**
 * The error table: code, HTTP status, exit code and message of every error. A message states what is wrong, the rule that was
 * broken and how to fix it. Generates `docs/errors.md` (`node scripts/update-error-docs.ts`).
 */

type Data = Readonly<Record<string, unknown>>;

/** Lists existing names similar to the one given. */
const nearestText = (nearest: unknown): string =>
  Array.isArray(nearest) && nearest.length > 0 ? ` Nearby: ${nearest.join(", ")}.` : "";

/** Exit codes of the program by name. */
export const exitCodes = {
  done: 0,
  someFailed: 1,
  usage: 2,
  input: 3,
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

/** One error. 5xx means a server error, as opposed to a bad request. */
type Row = {
  readonly http: number;
  readonly exit: Exclude<keyof typeof exitCodes, "done" | "someFailed" | "interrupted" | "terminated">;
  /** Field of the data with the image, file or folder at fault, which comes first in the message, before a colon. */
  readonly subject?: string;
  /** The rest of the message. Refers to options by field name, never by flag: shared by library, HTTP and command line. */
  readonly problem: (data: Data) => string;
};

/** The errors of one HTTP status and exit code. */
function errors<K extends string>(
  http: number,
  exit: Row["exit"],
  problems: Readonly<Record<K, Row["problem"]>>,
): Record<K, Row> {
  const rows = Object.entries<Row["problem"]>(problems).map(([code, problem]) => [code, { http, exit, problem }]);
  return Object.fromEntries(rows) as Record<K, Row>;
}

/** Errors of one image, file or folder. */
function errorsOf<K extends string>(subject: string, rows: Readonly<Record<K, Row>>): Record<K, Row> {
  return Object.fromEntries(Object.entries<Row>(rows).map(([code, row]) => [code, { ...row, subject }])) as Record<K, Row>;
}

const table = {
  // images and faces in them
  ...errorsOf("image", {
    ...errors(422, "input", {
      IMAGE_NOT_FOUND: () => "no such file. Check the path.",
      IMAGE_IS_DIRECTORY: () => "is a directory; expected a photograph. Name the photographs in it.",
      IMAGE_NOT_READABLE: (d) => `cannot be read (${d.reason}). Check the path and its permissions.`,
      IMAGE_EMPTY: () => "is empty (0 bytes). Copy it again from its source.",
      IMAGE_CORRUPT: (d) => `is damaged or truncated (${d.reason}). Copy it again from its source.`,
      IMAGE_RAW_WITHOUT_PREVIEW: () =>
        "the RAW file has no preview large enough to detect faces, and RAW sensor data is not decoded. Export it as JPEG.",
      IMAGE_INVALID_PIXELS: (d) => `raw pixels must be width x height x 1, 3 or 4 bytes, got ${d.reason}.`,
    }),
    ...errors(415, "input", {
      IMAGE_UNKNOWN_FORMAT: () =>
        "not a supported image format. Supported: JPEG, PNG, WebP, AVIF, TIFF, GIF, the previews in RAW files and, with the package heic-decode, HEIC.",
      HEIC_NOT_INSTALLED: () => "HEIC needs the optional package heic-decode. Run `npm install heic-decode` beside facenet128.",
    }),
    ...errors(413, "input", {
      IMAGE_TOO_LARGE: (d) =>
        `has ${d.width} x ${d.height} pixels, more than the limit of ${d.maxPixels} pixels. Raise maxPixels if you trust the file.`,
      IMAGE_SIDE_TOO_LONG: (d) =>
        `is ${d.width} x ${d.height} pixels; a side may have at most ${d.maxSide}. Scale it down, or split it.`,
    }),
    ...errors(422, "faceCount", {
      FACE_NOT_FOUND: () => "no face found. Try a smaller minFaceSize, or a photograph that shows the face larger and upright.",
      FACE_AMBIGUOUS: (d) =>
        `${d.count} faces found; expected one, and none is clearly the largest. Crop the photograph, or take the largest with faces "largest".`,
    }),
  }),
  // one file or folder
  ...errorsOf("file", {
    ...errors(500, "input", {
      FILE_NOT_READABLE: (d) => `cannot be read (${d.reason}). Check the path and the file's permissions.`,
    }),
    ...errors(422, "input", {
      SIDECAR_UNUSABLE: (d) => `${d.reason}. It was not changed. Move it away, or write it again with the program that made it.`,
    }),
    ...errors(500, "output", {
      OUTPUT_EXISTS: () => "exists already and is not replaced. Choose another name, or remove it first.",
      OUTPUT_NOT_WRITABLE: (d) =>
        `cannot be written (${d.reason}). ${d.reason === systemReasons.ENOSPC ? "Free some disk space or choose" : "Correct the path or its permissions, or choose"} another path.`,
    }),
  }),
  ...errorsOf("folder", {
    ...errors(422, "input", {
      FOLDER_WITHOUT_PHOTOGRAPHS: () =>
        "has no photographs, nor do its sub-folders. Check the path; photographs are recognised by their extension, such as .jpg.",
      FOLDER_EMPTIED: () =>
        "is empty, but contained photographs before. None is marked as gone. Check that its disk is mounted; `facenet gallery prune` removes photographs that were deleted on purpose.",
    }),
  }),
  // models
  ...errors(404, "model", {
    MODEL_NOT_FOUND: (d) =>
      `model ${d.model}: unknown. Known models: ${d.known}; or give the path of an .onnx file with its manifest beside it.`,
    NETWORK_NOT_FOUND: (d) => `network ${d.network}: unknown. Known networks: ${d.known}.`,
  }),
  ...errors(500, "model", {
    MODEL_FILE_MISSING: (d) =>
      `model ${d.model}: its file ${d.file} is missing. Run \`npm run build-models\` in a checkout, or reinstall the package.`,
    MODEL_MANIFEST_MISSING: (d) => `model ${d.model}: no manifest ${d.file} beside it. Write one as docs/models.md describes.`,
    MODEL_MANIFEST_INVALID: (d) =>
      `model ${d.model}: its manifest ${d.file} is not valid: ${d.reason}. docs/models.md describes the fields.`,
    MODEL_DAMAGED: (d) =>
      `model ${d.model}: ${d.file} has sha256 ${d.actual}, its manifest says ${d.expected}. Run \`npm run build-models\` again (or reinstall the package); for a model of your own, correct the manifest.`,
    MODEL_NOT_LOADABLE: (d) =>
      `model ${d.model}: ${d.file} cannot be loaded by ONNX Runtime (${d.reason}). Is it an ONNX file of a supported version?`,
    MODEL_WRONG_TASK: (d) => `model ${d.model}: is a model for ${d.actual}; expected one for ${d.expected}.`,
    MODEL_UNEXPECTED_OUTPUT: (d) => `model ${d.model}: its output is ${d.actual}; its manifest declares ${d.expected}.`,
    DEVICE_NOT_AVAILABLE: (d) => `device ${d.device}: not available on this machine (${d.reason}). Use device "cpu".`,
    ENGINE_NOT_INSTALLED: (d) =>
      `ONNX Runtime for ${d.platform} cannot be loaded (${d.reason}). Install facenet128 again, or compute in WebAssembly with FACENET_ENGINE=wasm, several times slower.`,
    PARAMETERS_MISMATCH: (d) =>
      `network ${d.network}: the parameters do not fit it: ${d.reason}. Use the network they were trained with.`,
  }),
  ...errors(409, "model", {
    EMBEDDINGS_INCOMPATIBLE: (d) => `embeddings of ${d.left} and ${d.right} cannot be compared. Embed both with one model.`,
  }),
  ...errors(400, "model", {
    NETWORK_NOT_TRAINABLE: (d) =>
      `network ${d.network}: cannot be trained: ${d.reason}. Train a head on its embeddings (tune "head"), or a network of ours with it as teacher.`,
    LAYER_SHAPE: (d) => `layer ${d.layer}: ${d.reason}. Change the layer, or the one before it.`,
  }),
  // options, files, training
  ...errors(400, "usage", {
    OPTION_INVALID: (d) => `${d.option}: ${d.reason}.`,
  }),
  ...errors(400, "input", {
    PAIRS_INVALID: (d) => `${d.file}, line ${d.line}: ${d.reason}.`,
    DATASET_INVALID: (d) => `${d.folder}: ${d.reason}. docs/evaluation.md describes the layout.`,
    GROUPS_INVALID: (d) =>
      `${d.file}, line ${d.line}: ${d.reason}. Expected a column person or image, and columns of attributes; docs/evaluation-report.md has an example.`,
    EMBEDDINGS_INVALID: (d) => `${d.file}, ${d.place}: ${d.reason}. Write the file again with \`facenet embed\`.`,
    GALLERY_EXPORT_INVALID: (d) => `${d.file}, line ${d.line}: ${d.reason}. Write it again with \`facenet gallery export\`.`,
    SCHEDULE_INVALID: (d) => `${d.file}, line ${d.line}: ${d.reason}. docs/training.md shows the format.`,
  }),
  ...errors(500, "input", {
    CALIBRATION_INVALID: (d) =>
      `calibration ${d.file}: ${d.reason}. Create one for this model with \`facenet calibrate\`, or use the model's own.`,
    CALIBRATION_TOO_SMALL: (d) =>
      `calibration of ${d.model}: ${d.pairs} pairs of different people resolve false accept rates down to ${d.reached}; a stored calibration must reach ${d.wanted}, the strictest default of the commands, which takes about ${d.photographs} photographs. Add photographs, or write the calibration to a file.`,
    GALLERY_CALIBRATION_TOO_SMALL: (d) =>
      `gallery ${d.gallery}: cannot be calibrated on its own people (${d.reason}). The model's thresholds remain in use. Index photographs that show several people, or calibrate on a folder of labelled photographs.`,
    CHECKPOINT_MISSING: (d) =>
      `checkpoint ${d.file}: no such file. Start a new training, or name the folder of the run to resume.`,
    CHECKPOINT_DAMAGED: (d) => `checkpoint ${d.file}: is damaged (${d.reason}). Restore it from a copy, or start a new training.`,
    CHECKPOINT_MISMATCH: (d) =>
      `checkpoint ${d.file}: ${d.reason}. Use the options it was trained with, or start a new training in another folder.`,
  }),
  ...errors(422, "input", {
    PHOTOGRAPHS_UNUSABLE: (d) => `none of ${d.count} photographs could be used; the first: ${d.reason}`,
    PATH_NOT_FOUND: (d) => `${d.path}: cannot be found (${d.reason}). Check the path, and that its disk is mounted.`,
    FACES_UNUSABLE: (d) =>
      `faces ${d.faces}: ${d.reason}. Training expects a folder with one sub-folder per person, each with two or more images.`,
  }),
  ...errors(500, "diverged", {
    TRAINING_DIVERGED: (d) =>
      `training: diverged at step ${d.step} with learning rate ${d.rate} (${d.reason}). The last good checkpoint is kept: resume from it with a lower learning rate, such as ${d.advised}.`,
  }),
  // galleries
  ...errors(404, "gallery", {
    GALLERY_NOT_FOUND: (d) =>
      `gallery ${d.gallery}: does not exist.${nearestText(d.nearest)} Check the path, or create it with \`facenet index FOLDER\`.`,
    PHOTOGRAPH_UNKNOWN: (d) =>
      `${d.path}: no such photograph in the gallery. \`facenet people PERSON\` lists the paths of a person's photographs.`,
    PERSON_NOT_FOUND: (d) => `person ${d.person}: not in the gallery. \`facenet people\` lists them.`,
    FACE_UNKNOWN: (d) =>
      `face ${d.face}: not ${d.person === undefined ? "in the gallery" : `a face of person ${d.person}`}. \`facenet people PERSON\` lists a person's faces.`,
  }),
  ...errors(503, "gallery", {
    GALLERY_NOT_READABLE: (d) =>
      `gallery ${d.gallery}: cannot be opened (${d.reason}). Check the path and its permissions; a damaged file can be restored from a backup.`,
    GALLERY_UNREACHABLE: (d) =>
      `gallery ${d.gallery}: its server cannot be reached (${d.reason}). Check that it is running, and the host and port of the address. Committed work is kept.`,
    GALLERY_ACCESS_DENIED: (d) =>
      `gallery ${d.gallery}: the server denies access (${d.reason}). Check the user, the password (best kept in ~/.pgpass or PGPASSWORD) and the privileges that docs/postgresql.md lists.`,
    GALLERY_DATABASE_MISSING: (d) =>
      `gallery ${d.gallery}: the server has no database ${d.database}. Create it (\`createdb ${d.database}\`), or correct the address.`,
    GALLERY_NOT_WRITABLE: (d) =>
      `gallery ${d.gallery}: cannot be written (${d.reason}). Committed work is kept. Free some disk space or check the permissions, then try again.`,
  }),
  ...errors(500, "gallery", {
    GALLERY_DIMENSIONS_MISMATCH: (d) =>
      `gallery ${d.gallery}: its table ${d.table} has ${d.actual}, the embeddings of its model ${d.wanted}. Drop the table: it is rebuilt when the gallery is next opened.`,
    GALLERY_TOO_NEW: (d) =>
      `gallery ${d.gallery}: has schema version ${d.actual}; this version of facenet supports up to ${d.known}. Update facenet.`,
    GALLERY_DAMAGED: (d) =>
      `gallery ${d.gallery}: is damaged (${d.reason}). Restore a backup, or export what is readable with \`facenet gallery export\` and start another.`,
  }),
  ...errors(409, "gallery", {
    GALLERY_MODEL_MISMATCH: (d) =>
      `gallery ${d.gallery}: its faces were embedded with ${d.actual}, not with ${d.wanted}; their embeddings cannot be compared. Select that model, or start another gallery.`,
    GALLERY_DETECTOR_MISMATCH: (d) =>
      `gallery ${d.gallery}: its faces were detected by ${d.actual}, differently from ${d.wanted} now, so new faces cannot be added. Run \`facenet migrate\` to detect them again; names and corrections are kept. Searching works without.`,
    GALLERY_MIGRATING: (d) =>
      `gallery ${d.gallery}: is being migrated to ${d.model}; ${d.left} faces are left. Finish the migration or cancel it first.`,
    PERSON_AMBIGUOUS: (d) => `person ${d.person}: ambiguous: ${d.choices}. Use the number.`,
    PERSON_NAME_TAKEN: (d) => `person ${d.person}: another person has this name. Merge the two people, or choose another name.`,
  }),
  ...errors(422, "input", {
    ENROLMENT_FAILED: (d) => `${d.name}: no photograph could be used: ${d.reason}`,
  }),
  // the HTTP service
  ...errors(400, "usage", {
    REQUEST_INVALID: (d) => `request: ${d.reason}. The page /docs describes every route.`,
  }),
  ...errors(413, "usage", {
    REQUEST_TOO_LARGE: (d) => `request: ${d.what} than the limit of ${d.limit}. Send less at once.`,
  }),
  ...errors(415, "usage", {
    REQUEST_MEDIA_TYPE: (d) => `request: content type ${d.actual} is not supported here. Send ${d.wanted}.`,
  }),
  ...errors(403, "usage", {
    REQUEST_REFUSED: (d) => `request: ${d.reason}.`,
    KEY_SCOPE: (d) =>
      `the API key has the scope ${d.actual}; this route requires ${d.wanted}. Use another key, or create one with that scope.`,
  }),
  ...errors(404, "usage", {
    ROUTE_NOT_FOUND: (d) => `${d.method} ${d.path}: no such route. The page /docs lists them all.`,
    NOT_FOUND: (d) => `${d.what} ${d.id}: not found.`,
  }),
  ...errors(405, "usage", {
    METHOD_NOT_ALLOWED: (d) => `${d.method} ${d.path}: method not allowed. Allowed: ${d.allowed}.`,
  }),
  ...errors(401, "usage", {
    KEY_NEEDED: () => "an API key is required: send `Authorization: Bearer KEY`. `facenet keys create` creates one.",
    KEY_INVALID: () => "unknown or revoked API key. `facenet keys list` lists the valid ones.",
  }),
  ...errors(429, "usage", {
    RATE_LIMITED: (d) => `more than ${d.limit} requests a minute. Try again in ${d.seconds} s.`,
  }),
  ...errors(503, "usage", {
    SERVER_BUSY: (d) => `the server is at its limit of ${d.what}. Try again in ${d.seconds} s.`,
    SERVER_STOPPING: () => "the server is shutting down. Try again soon.",
  }),
  ...errors(409, "usage", {
    CANCELLED: () => "cancelled before it finished. Committed work is kept.",
    IDEMPOTENCY_CONFLICT: () =>
      "Idempotency-Key: already used with another request. Use a new key for each request, the same key to retry one.",
  }),
  // the program
  ...errors(503, "internal", {
    DISPOSED: () => "this FaceNet has been disposed. Load a new one.",
  }),
  ...errors(500, "internal", {
    INTERNAL: (d) => `internal error: ${d.reason}. Please report it with the command that led to it.`,
  }),
};

/** The code of a {@link FaceNetError}: stable, for programs to act on. */
export type FaceNetErrorCode = keyof typeof table;

/**
 * All error codes (docs/errors.md).
 *
 * @example
 * import { faceNetErrorCodes } from "facenet128";
 * console.log(faceNetErrorCodes.includes("FACE_NOT_FOUND")); // true
 */
export const faceNetErrorCodes = Object.keys(table) as FaceNetErrorCode[];

/** HTTP status and exit code of an error. */
export function errorStatus(code: FaceNetErrorCode): { readonly http: number; readonly exitCode: ExitCode } {
  const { http, exit } = table[code];
  return { http, exitCode: exitCodes[exit] };
}

/**
 * The only error this library throws on purpose, beside `AbortError` from an `AbortSignal`.
 *
 * @example
 * import { FaceNet, FaceNetError } from "facenet128";
 * const facenet = await FaceNet.load();
 * try {
 *   await facenet.verify("anna-1.jpg", "missing.jpg");
 * } catch (error) {
 *   if (error instanceof FaceNetError) console.log(error.code); // IMAGE_NOT_FOUND
 * }
 * await facenet.dispose();
 */
export class FaceNetError extends Error {
  override readonly name = "FaceNetError";
  /** Stable, for programs to act on. */
  readonly code: FaceNetErrorCode;
  /** Values in the message: file names, limits, counts. Never pixels, embeddings or secrets. */
  readonly data: Data;

  constructor(code: FaceNetErrorCode, data: Data = {}, cause?: unknown) {
    const { subject, problem }: Row = table[code];
    super((subject === undefined ? "" : `${data[subject]}: `) + problem(data), cause === undefined ? undefined : { cause });
    this.code = code;
    this.data = data;
  }

  /** The message without the image, file or folder that it begins with, for lists that show it beside the message. */
  get problem(): string {
    return table[this.code].problem(this.data);
  }
}

/** Operating system error codes in plain words. */
const systemReasons: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  ENOTDIR: "a part of its path is a file, not a folder",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "its file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be too large for its file system",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "its symbolic links form a loop",
  EEXIST: "it exists already",
  ENOTEMPTY: "the folder is not empty",
  EBUSY: "it is in use",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
  ENXIO: "no such device",
  ENODEV: "no such device",
  EIO: "the disk reports an error",
  ESTALE: "the network share was lost",
  EADDRINUSE: "the address is in use",
  EADDRNOTAVAIL: "this machine has no such address",
  ENOTFOUND: "unknown host",
  ECONNREFUSED: "the connection was refused",
  ETIMEDOUT: "timed out",
};

/** The message of a thrown value; operating system errors are put in plain words. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (code === "ERR_INVALID_ARG_VALUE" && error.message.includes("null bytes")) return "its name has a NUL character";
  if (code !== undefined && systemReasons[code] !== undefined) return systemReasons[code];
  return path === undefined ? error.message : (error.message.split(`, ${syscall} `)[0] as string); // without the path
}

export function toFaceNetError(error: unknown): FaceNetError {
  return error instanceof FaceNetError ? error : new FaceNetError("INTERNAL", { reason: reasonOf(error) }, error);
}

/** Why an image or file failed, for a list that names it in a field beside this. */
export function failureOf(error: unknown): { code: FaceNetErrorCode; message: string } {
  const { code, problem } = toFaceNetError(error);
  return { code, message: problem };
}
