/** What a client sent, wherever it stands: in the address, a form, JSON, or as the bare bytes of one photograph. */
import type { Context } from "hono";
import { FaceNetError } from "../errors.ts";
import { parseInput } from "../operations/parse-input.ts";
import type { ByteLease } from "./byte-budget.ts";
import { requestError } from "./error-response.ts";
import { type Form, readForm } from "./multipart.ts";
import type { Photographs, Route } from "./route.ts";
import { readTextFields } from "./text-fields.ts";

/** Photographs in one request. */
export const MAX_PHOTOGRAPHS = 200;
/** Bytes of a JSON body. */
export const JSON_BYTES = 1_000_000;

export type ReadRequest = { readonly input: Readonly<Record<string, unknown>>; readonly photographs: Photographs };

/** @throws FaceNetError REQUEST_INVALID, REQUEST_TOO_LARGE, REQUEST_MEDIA_TYPE, SERVER_BUSY, OPTION_INVALID */
export async function readRequest(c: Context, route: Route, lease: ByteLease): Promise<ReadRequest> {
  const query = readTextFields(route.input, c.req.queries());
  const path = Object.fromEntries(Object.entries(c.req.param()).map(([name, text]) => [name, [text as string]]));
  const { fields, photographs } = await readBody(c.req.raw, route, lease);
  const given = { ...fields, ...query, ...readTextFields(route.input, path) };
  return { input: parseInput(route.input, given), photographs };
}

type Body = { readonly fields: Readonly<Record<string, unknown>>; readonly photographs: Photographs };

async function readBody(request: Request, route: Route, lease: ByteLease): Promise<Body> {
  const { photographs: fileFields = [] } = route;
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (route.method === "get" || (type === "" && hasNoBody(request))) return { fields: {}, photographs: {} };
  if (type === "multipart/form-data") {
    const { fields, files }: Form = await readForm(request, lease, { fileFields, maxFiles: MAX_PHOTOGRAPHS });
    return { fields: readTextFields(route.input, fields), photographs: files };
  }
  if (type === "application/json" && fileFields.length === 0) {
    return { fields: readJson(await readBytes(request, lease, JSON_BYTES)), photographs: {} };
  }
  const [field] = fileFields;
  if (field !== undefined && fileFields.length === 1 && (type.startsWith("image/") || type === "application/octet-stream")) {
    const bytes = await readBytes(request, lease);
    return { fields: {}, photographs: { [field]: [new File(bytes, "photograph")] } };
  }
  throw new FaceNetError("REQUEST_MEDIA_TYPE", { actual: type || "(none)", wanted: wantedTypes(fileFields) });
}

/** By its headers: on a connection even a request without a body has a stream of one. */
function hasNoBody({ body, headers }: Request): boolean {
  return body === null || ((headers.get("content-length") ?? "0") === "0" && !headers.has("transfer-encoding"));
}

function wantedTypes(fileFields: readonly string[]): string {
  if (fileFields.length === 0) return "application/json or multipart/form-data";
  const form = `multipart/form-data with ${fileFields.join(" and ")} as file parts`;
  return fileFields.length > 1 ? form : `${form}, or the photograph itself as image/* or application/octet-stream`;
}

/** @param limit in bytes, where it is less than what requests may hold in general */
export async function readBytes(
  request: Request,
  lease: ByteLease,
  limit = Number.POSITIVE_INFINITY,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > limit) throw new FaceNetError("REQUEST_TOO_LARGE", { what: "its JSON is larger", limit: `${limit} bytes` });
    lease.take(chunk.byteLength);
    chunks.push(chunk as Uint8Array<ArrayBuffer>);
  }
  return chunks;
}

/** @throws FaceNetError REQUEST_INVALID */
export function readJson(chunks: readonly Uint8Array[]): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)));
  } catch (error) {
    throw requestError("its body is not valid JSON in UTF-8", error);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw requestError("its JSON body must be an object");
  return value as Record<string, unknown>;
}
