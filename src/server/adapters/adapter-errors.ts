/** Error responses in the formats of CompreFace and deepface. */
import * as z from "zod";
import type { FaceNetError, FaceNetErrorCode } from "../../errors.ts";

export type AdapterError = { readonly status: number; readonly body: unknown };
type Style = {
  readonly schema: z.ZodType;
  /** @param message as shown to clients, @param status of the native API */
  readonly of: (error: FaceNetError, message: string, status: number) => AdapterError;
};

/** Status, code and message of CompreFace (CommonExceptionCode.java) per error code. */
const compreface: Partial<Record<FaceNetErrorCode, readonly [status: number, code: number, message?: string]>> = {
  FACE_NOT_FOUND: [400, 28, "No face is found in the given image"],
  FACE_AMBIGUOUS: [400, 31, "Found more than one face in the given image"],
  IMAGE_UNKNOWN_FORMAT: [400, 21],
  IMAGE_CORRUPT: [400, 21],
  IMAGE_EMPTY: [400, 21],
  IMAGE_RAW_WITHOUT_PREVIEW: [400, 21],
  HEIC_NOT_INSTALLED: [400, 21],
  OPTION_INVALID: [400, 26],
  REQUEST_INVALID: [400, 26],
  PERSON_NOT_FOUND: [404, 42],
  PERSON_NAME_TAKEN: [400, 43, "Subject already exists"],
  FACE_UNKNOWN: [404, 44],
  KEY_NEEDED: [400, 20, "Missing header: x-api-key"],
  KEY_INVALID: [404, 10, "Model with this api key not found"],
};
const UNDEFINED = 0;
const SERVICE_FAILED = 41;

const comprefaceStyle: Style = {
  schema: z
    .object({ message: z.string(), code: z.int().describe("CompreFace's error code; 28: no face, 31: more than one") })
    .meta({ id: "ComprefaceError" }),
  of: ({ code: own, data }, message, status) => {
    const isMissing = own === "OPTION_INVALID" && String(data.reason).includes("photograph is needed");
    const [as = status, code = status >= 500 ? SERVICE_FAILED : UNDEFINED, text = message] = isMissing
      ? [400, 34, `Required part '${data.option}' is not present`]
      : (compreface[own] ?? []);
    return { status: as, body: { message: text, code } };
  },
};

/** deepface answers 400 to every error of a photograph or option. */
const asBadRequest: ReadonlySet<number> = new Set([404, 409, 415, 422]);

const deepfaceStyle: Style = {
  schema: z
    .object({
      error: z.string().optional(),
      exception: z.string().optional().describe("a photograph is missing"),
      message: z.string().optional().describe("the key is missing or wrong"),
    })
    .meta({ id: "DeepfaceError" }),
  of: ({ code, data }, message, status) => {
    if (status === 401) return { status, body: { message: "Invalid or missing authentication token" } };
    if (code === "OPTION_INVALID" && String(data.reason).includes("photograph is needed"))
      return { status: 400, body: { exception: `'${data.option}' not found in request in either json or form data` } };
    return { status: asBadRequest.has(status) ? 400 : status, body: { error: message } };
  },
};

export function errorStyleOf(path: string): Style | undefined {
  if (path.startsWith("/api/v1/")) return comprefaceStyle;
  return /^\/(represent|verify|analyze|register|search|build\/index)$/.test(path) ? deepfaceStyle : undefined;
}
