/** Paths as clients see them: the name of the file or folder. The rest tells of this machine: its users, disks and folders. */
import { basename, isAbsolute } from "node:path";
import { errorStatus, FaceNetError } from "../errors.ts";

/** Fields of answers that hold paths; messages beside them may repeat these. */
const pathFields: ReadonlySet<string> = new Set(["path", "paths", "folder", "file", "image", "subject"]);

const shortened = (text: unknown): unknown => (typeof text === "string" && isAbsolute(text) ? basename(text) : text);

/** The answer with names in the place of paths. */
export function withoutPaths(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPaths);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const paths = Object.entries(value).flatMap(([field, given]) => (pathFields.has(field) ? [given].flat() : []));
  const inText = (text: string): string =>
    paths.reduce<string>((left, path) => left.replaceAll(String(path), String(shortened(path))), text);
  const shown = Object.entries(value).map(([field, given]) => {
    if (pathFields.has(field)) return [field, Array.isArray(given) ? given.map(shortened) : withoutPaths(shortened(given))];
    return [field, typeof given === "string" && paths.length > 0 ? inText(given) : withoutPaths(given)];
  });
  return Object.fromEntries(shown);
}

/** A character of a file's name as a report's page writes it; a space may stand between two of them. */
const letter = /(?:[^\s<>"'&/\\]|&#38;|&#39;)/.source;
const name = `${letter}+(?: ${letter}+)*`;
/** Embedded pictures are passed over: base64 has slashes as well. Addresses and relative paths have something before the slash. */
const absolutePaths = new RegExp(`data:[^"')\\s]*|(?<![\\w.:/<;%+-])/(?:${name}/)+(${letter}*)`, "g");

/** The HTML of a report with names in the place of absolute paths. */
export function pageWithoutPaths(page: string): string {
  return page.replace(absolutePaths, (found, last?: string) => (found.startsWith("data:") ? found : (last ?? "")));
}

/** Errors that name the path of the request. */
const ofRequest: ReadonlySet<string> = new Set(["ROUTE_NOT_FOUND", "METHOD_NOT_ALLOWED"]);

/** The message of an error for clients. That of a server error is withheld: it may name anything of this machine. */
export function shownMessage(error: FaceNetError): string {
  const { code, data } = error;
  if (errorStatus(code).http === 500 || code.startsWith("GALLERY_"))
    return "Server error. The server's log has the reason under this requestId.";
  if (ofRequest.has(code)) return error.message;
  const shown = Object.fromEntries(Object.entries(data).map(([name, given]) => [name, shortened(given)]));
  return new FaceNetError(code, shown as typeof data).message;
}
