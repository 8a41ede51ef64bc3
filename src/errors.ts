/**
 * Every error a user can meet, in one table. A message names the thing that is wrong, the rule it
 * breaks and the way out; `docs/errors.md` lists the codes.
 */

type Data = Readonly<Record<string, unknown>>;

/** Existing names that may have been meant. */
const nearestText = (nearest: unknown): string =>
  Array.isArray(nearest) && nearest.length > 0 ? ` Nearby: ${nearest.join(", ")}.` : "";

/** Code to message. `d` is the error's data; what it must hold is read off the template. */
const messages = {
  IMAGE_NOT_FOUND: (d) => `${d.image}: no such file. Check the path.`,
  IMAGE_IS_DIRECTORY: (d) =>
    `${d.image}: is a directory, a photograph was wanted. Name the files in it, or the folder as \`${d.image}/*\`.`,
  IMAGE_NOT_READABLE: (d) => `${d.image}: may not be read (${d.reason}). Check the file's permissions.`,
  IMAGE_EMPTY: (d) => `${d.image}: is empty (0 bytes). Copy it again from where it came from.`,
  IMAGE_UNKNOWN_FORMAT: (d) =>
    `${d.image}: is not a photograph that can be decoded. Readable are JPEG, PNG, WebP, AVIF, TIFF, GIF, the previews in RAW files and, with the package heic-decode, HEIC.`,
  IMAGE_CORRUPT: (d) => `${d.image}: is damaged or cut short (${d.reason}). Copy it again from where it came from.`,
  IMAGE_TOO_LARGE: (d) =>
    `${d.image}: has ${d.width} x ${d.height} pixels, more than the limit of ${d.maxPixels} in all. Raise maxPixels (--max-pixels) if you trust the file.`,
  IMAGE_SIDE_TOO_LONG: (d) =>
    `${d.image}: is ${d.width} x ${d.height} pixels, and a side may have at most ${d.maxSide}. Scale it down, or cut it into parts.`,
  IMAGE_RAW_WITHOUT_PREVIEW: (d) =>
    `${d.image}: is a RAW file without a preview that is large enough to find faces in, and sensor data is not developed here. Export it as JPEG.`,
  IMAGE_INVALID_PIXELS: (d) => `${d.image}: raw pixels must be width x height x 1, 3 or 4 bytes, got ${d.reason}.`,
  HEIC_NOT_INSTALLED: (d) =>
    `${d.image}: HEIC needs the optional package heic-decode. Run \`npm install heic-decode\` beside facenet.`,
  FACE_NOT_FOUND: (d) =>
    `${d.image}: no face found. Try a smaller minFaceSize (--min-face-size), or a photograph that shows the face larger and upright.`,
  FACE_AMBIGUOUS: (d) =>
    `${d.image}: ${d.count} faces found where one was wanted, and none stands out. Crop the photograph, or take the largest with faces "largest" (--faces largest).`,
  MODEL_NOT_FOUND: (d) =>
    `model ${d.model}: not known. Known are ${d.known}; or give the path of an .onnx file with its manifest beside it.`,
  MODEL_FILE_MISSING: (d) =>
    `model ${d.model}: its file ${d.file} is missing. Run \`npm run build-models\` in a checkout, or reinstall the package.`,
  MODEL_MANIFEST_MISSING: (d) => `model ${d.model}: no manifest ${d.file} beside it. Write one as docs/models.md describes.`,
  MODEL_MANIFEST_INVALID: (d) =>
    `model ${d.model}: its manifest ${d.file} is not valid: ${d.reason}. docs/models.md describes the fields.`,
  MODEL_DAMAGED: (d) =>
    `model ${d.model}: ${d.file} has sha256 ${d.actual}, its manifest says ${d.expected}. Run \`npm run build-models\` again (or reinstall the package); for a model of your own, correct the manifest.`,
  MODEL_NOT_LOADABLE: (d) =>
    `model ${d.model}: ${d.file} cannot be loaded by ONNX Runtime (${d.reason}). Is it an ONNX file of a supported version?`,
  MODEL_WRONG_TASK: (d) => `model ${d.model}: does ${d.actual}, a model for ${d.expected} was wanted.`,
  MODEL_UNEXPECTED_OUTPUT: (d) => `model ${d.model}: its output is ${d.actual}, its manifest promises ${d.expected}.`,
  DEVICE_NOT_AVAILABLE: (d) => `device ${d.device}: not available here (${d.reason}). Use device "cpu".`,
  OPTION_INVALID: (d) => `${d.option}: ${d.reason}.`,
  EMBEDDINGS_INCOMPATIBLE: (d) => `embeddings of ${d.left} and ${d.right} cannot be compared. Embed both with one model.`,
  PAIRS_INVALID: (d) => `${d.file}, line ${d.line}: ${d.reason}.`,
  DATASET_INVALID: (d) => `${d.folder}: ${d.reason}. docs/evaluation.md says how images are laid out.`,
  GROUPS_INVALID: (d) =>
    `${d.file}, line ${d.line}: ${d.reason}. A column person and columns of labels are wanted, as docs/evaluation-report.md shows.`,
  CALIBRATION_INVALID: (d) =>
    `calibration ${d.file}: ${d.reason}. Make one for this model with \`facenet calibrate\`, or decide by the model's own with --calibration own.`,
  CALIBRATION_TOO_SMALL: (d) =>
    `calibration of ${d.model}: ${d.pairs} pairs of different people reach a false accept rate of ${d.reached}, and one that is stored must reach ${d.wanted}, which commands ask for unless told otherwise: it takes about ${d.photographs} photographs. Add some, or write a file with --output and use it with --calibration and --far.`,
  EMBEDDINGS_INVALID: (d) => `${d.file}, ${d.place}: ${d.reason}. Write the file again with \`facenet embed\`.`,
  FILE_NOT_READABLE: (d) => `${d.file}: cannot be read (${d.reason}).`,
  SIDECAR_UNUSABLE: (d) =>
    `${d.file}: ${d.reason}; it is left as it is. Move it away, or let the program that wrote it write it again.`,
  OUTPUT_NOT_WRITABLE: (d) => `${d.file}: cannot be written (${d.reason}). Free some space or name another place.`,
  GALLERY_NOT_FOUND: (d) =>
    `gallery ${d.gallery}: does not exist.${nearestText(d.nearest)} Check the path (--gallery), or make it with \`facenet index FOLDER\`.`,
  GALLERY_NOT_READABLE: (d) =>
    `gallery ${d.gallery}: cannot be opened (${d.reason}). Check the path and its permissions; a damaged file can be restored from a backup.`,
  GALLERY_UNREACHABLE: (d) =>
    `gallery ${d.gallery}: its server cannot be reached (${d.reason}). Check that it runs, and host and port of the address; what was written before is kept.`,
  GALLERY_ACCESS_DENIED: (d) =>
    `gallery ${d.gallery}: the server denies access (${d.reason}). Check user and password (best kept in ~/.pgpass or PGPASSWORD) and what the user may do: docs/postgresql.md says what is needed.`,
  GALLERY_DATABASE_MISSING: (d) =>
    `gallery ${d.gallery}: the server has no database ${d.database}. Make one (createdb ${d.database}), or correct the address.`,
  GALLERY_DIMENSIONS_MISMATCH: (d) =>
    `gallery ${d.gallery}: its table ${d.table} holds ${d.actual}, embeddings of its model are ${d.wanted}. Drop the table: it is made again from the faces when the gallery is next opened.`,
  GALLERY_TOO_NEW: (d) =>
    `gallery ${d.gallery}: has schema version ${d.actual}, this facenet knows up to ${d.known}. Update facenet.`,
  GALLERY_NOT_WRITABLE: (d) =>
    `gallery ${d.gallery}: cannot be written (${d.reason}). What was written before is kept. Free some space or check permissions, then run the command again.`,
  GALLERY_MODEL_MISMATCH: (d) =>
    `gallery ${d.gallery}: its faces were embedded with ${d.actual}, not with ${d.wanted}; the two do not compare. Name that model (--model), or start another gallery (--gallery).`,
  GALLERY_DAMAGED: (d) =>
    `gallery ${d.gallery}: is damaged (${d.reason}). Restore a backup, or save what can be read with \`facenet gallery export\` and start another.`,
  GALLERY_MIGRATING: (d) =>
    `gallery ${d.gallery}: is being moved to ${d.model}, ${d.left} faces are left. Go on with \`facenet migrate --to ${d.model}\`, or give it up with \`facenet migrate --abandon\`.`,
  GALLERY_EXPORT_INVALID: (d) => `${d.file}, line ${d.line}: ${d.reason}. Write it again with \`facenet gallery export\`.`,
  PHOTOGRAPH_UNKNOWN: (d) =>
    `${d.path}: the gallery knows no photograph there. \`facenet people PERSON\` lists the paths of a person's photographs.`,
  PERSON_AMBIGUOUS: (d) => `person ${d.person}: may be ${d.choices}. Say which by the number.`,
  PERSON_NOT_FOUND: (d) => `person ${d.person}: not in the gallery. \`facenet people\` lists them.`,
  FACE_UNKNOWN: (d) =>
    `face ${d.face}: not ${d.person === undefined ? "in the gallery" : `a face of person ${d.person}`}. \`facenet people PERSON\` lists a person's faces.`,
  ENROLMENT_FAILED: (d) => `${d.name}: no photograph could be used: ${d.reason}`,
  PERSON_NAME_TAKEN: (d) =>
    `person ${d.person}: another person has this name. Merge the two (facenet people NAME --merge OTHER), or choose another name.`,
  NETWORK_NOT_FOUND: (d) => `network ${d.network}: not known. Known are ${d.known}.`,
  LAYER_SHAPE: (d) => `layer ${d.layer}: ${d.reason}. Change the layer, or the one before it.`,
  PARAMETERS_MISMATCH: (d) =>
    `network ${d.network}: the parameters given are not its own: ${d.reason}. Take the network that they were trained with.`,
  FACES_UNUSABLE: (d) =>
    `faces ${d.faces}: ${d.reason}. Training wants a folder with a sub-folder for each person and two images or more in it.`,
  SCHEDULE_INVALID: (d) => `${d.file}, line ${d.line}: ${d.reason}. docs/training.md shows the format.`,
  TRAINING_DIVERGED: (d) =>
    `training: diverged at step ${d.step} with learning rate ${d.rate} (${d.reason}). The last good checkpoint is kept: go on from it with --resume and a lower --learning-rate, ${d.advised} say.`,
  CHECKPOINT_MISSING: (d) =>
    `checkpoint ${d.file}: is not there. Begin without --resume, or name the --output of the run to go on with.`,
  CHECKPOINT_DAMAGED: (d) =>
    `checkpoint ${d.file}: is damaged (${d.reason}). Copy it again from where it came from, or begin anew without --resume.`,
  CHECKPOINT_MISMATCH: (d) =>
    `checkpoint ${d.file}: ${d.reason}. Give what it was trained with, or begin anew with another --output.`,
  REQUEST_INVALID: (d) => `request: ${d.reason}. The page /docs says what each address takes.`,
  REQUEST_TOO_LARGE: (d) => `request: ${d.what} than the limit of ${d.limit}. Send less at once.`,
  REQUEST_MEDIA_TYPE: (d) => `request: content of type ${d.actual} is not taken here. Send ${d.wanted}.`,
  REQUEST_REFUSED: (d) => `request: ${d.reason}.`,
  ROUTE_NOT_FOUND: (d) => `${d.method} ${d.path}: there is no such address. The page /docs lists them all.`,
  METHOD_NOT_ALLOWED: (d) => `${d.method} ${d.path}: the method is not allowed here. Allowed are ${d.allowed}.`,
  NOT_FOUND: (d) => `${d.what} ${d.id}: not there.`,
  KEY_NEEDED: () => "an API key is needed: send `Authorization: Bearer KEY`. `facenet keys create` makes one.",
  KEY_INVALID: () => "the API key is not known, or was revoked. `facenet keys list` shows those that are.",
  KEY_SCOPE: (d) => `the API key is for ${d.actual}, and this needs ${d.wanted}. Use another, or make one with --scope.`,
  RATE_LIMITED: (d) => `more than ${d.limit} requests a minute. Try again in ${d.seconds} s.`,
  SERVER_BUSY: (d) => `the server has ${d.what} in hand, its limit. Try again in ${d.seconds} s.`,
  SERVER_STOPPING: () => "the server is about to stop and takes no more work. Try again soon.",
  CANCELLED: () => "it was stopped before its end. What it had done stays.",
  IDEMPOTENCY_CONFLICT: () =>
    "Idempotency-Key: was used before with another request. Use a new one for each request, the same to repeat one.",
  DISPOSED: () => "this FaceNet has been disposed. Load a new one.",
  INTERNAL: (d) => `internal error: ${d.reason}. Please report it with the command that led to it.`,
} satisfies Record<string, (data: Data) => string>;

/** The code of a {@link FaceNetError}: stable, for programs to act on. */
export type FaceNetErrorCode = keyof typeof messages;

/** All codes, for documentation and tests. */
export const faceNetErrorCodes = Object.keys(messages) as FaceNetErrorCode[];

/**
 * The only error this library throws on purpose (beside `AbortError` from an `AbortSignal`).
 *
 * @example
 * try { await facenet.verify("a.jpg", "b.jpg"); }
 * catch (error) { if (error instanceof FaceNetError && error.code === "FACE_NOT_FOUND") … }
 */
export class FaceNetError extends Error {
  override readonly name = "FaceNetError";
  readonly code: FaceNetErrorCode;
  /** What the message was made from: file names, limits, counts. Never pixels, embeddings or secrets. */
  readonly data: Data;

  constructor(code: FaceNetErrorCode, data: Data = {}, cause?: unknown) {
    super(messages[code](data), cause === undefined ? undefined : { cause });
    this.code = code;
    this.data = data;
  }
}

/** The message of anything that was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
