/** Reduces paths to the name of the file or folder in everything clients see: the rest reveals users, disks and folders. */
import { basename, isAbsolute } from "node:path";
import { errorStatus, FaceNetError } from "../errors.ts";
import { isPostgresAddress } from "../gallery/store/postgres/postgres-address.ts";

/** Answer fields that contain paths. */
const pathFields: ReadonlySet<string> = new Set([
  "path",
  "paths",
  "folder",
  "file",
  "image",
  "subject",
  "gallery",
  "network",
  "teacher",
  "compatibleWith",
  "sidecars",
]);

const shortened = (text: unknown): unknown =>
  typeof text === "string" && (isAbsolute(text) || isPostgresAddress(text)) ? basename(text) : text;

/** Replaces the path fields of an answer by names. */
export function withoutPaths(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPaths);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const shown = Object.entries(value).map(([field, given]) => {
    if (!pathFields.has(field)) return [field, withoutPaths(given)];
    return [field, Array.isArray(given) ? given.map(shortened) : withoutPaths(shortened(given))];
  });
  return Object.fromEntries(shown);
}

/** Errors that contain the path of the request itself. */
const ofRequest: ReadonlySet<string> = new Set(["ROUTE_NOT_FOUND", "METHOD_NOT_ALLOWED"]);

/** Error message for clients. Messages of server errors are withheld, because they may contain internals. */
export function shownMessage(error: FaceNetError): string {
  const { code, data } = error;
  if (errorStatus(code).http === 500 || code.startsWith("GALLERY_"))
    return "Server error. The server's log has the reason under this requestId.";
  if (ofRequest.has(code)) return error.message;
  const shown = Object.fromEntries(Object.entries(data).map(([name, given]) => [name, shortened(given)]));
  return new FaceNetError(code, shown as typeof data).message;
}
