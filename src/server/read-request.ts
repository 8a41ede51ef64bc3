/** Reads a request: fields of path, query, form or JSON, and uploaded photographs of a form or the bare body. */
import type { Context } from "hono";
import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { parseInput } from "../operations/parse-input.ts";
import { type TextSchema, valueOfTexts } from "../operations/text-values.ts";
import type { NamedBytes } from "../schemas/image-source.ts";
import { photographOfText } from "./base64-photograph.ts";
import { ByteList } from "./byte-list.ts";
import { requestError } from "./error-response.ts";
import { JSON_BYTES, objectOf, parseJson, readJsonBody } from "./json-body.ts";
import type { ByteLease } from "./load-limits.ts";
import { readForm } from "./multipart.ts";
import type { Photographs, Route, RouteRequest } from "./route.ts";

/** Maximum number of photographs per request. */
export const MAX_PHOTOGRAPHS = 200;

export type ReadRequest = Pick<RouteRequest, "input" | "photographs">;
type ReadableRoute = Pick<Route, "method" | "input" | "photographs" | "acceptsText" | "bodyField">;

/** @throws FaceNetError REQUEST_INVALID, REQUEST_TOO_LARGE, REQUEST_MEDIA_TYPE, SERVER_BUSY, OPTION_INVALID */
export async function readRequest(c: Context, route: ReadableRoute, lease: ByteLease): Promise<ReadRequest> {
  const query = readTextFields(route.input, c.req.queries());
  const path = Object.fromEntries(Object.entries(c.req.param()).map(([name, text]) => [name, [text as string]]));
  const { fields, photographs } = await readBody(c.req.raw, route, lease);
  const given = { ...fields, ...query, ...readTextFields(route.input, path) };
  return { input: parseInput(route.input, given) as ReadRequest["input"], photographs };
}

type Body = { readonly fields: Readonly<Record<string, unknown>>; readonly photographs: Photographs };

async function readBody(request: Request, route: ReadableRoute, lease: ByteLease): Promise<Body> {
  const { photographs: fileFields = [], acceptsText = false, bodyField } = route;
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (route.method === "get" || ((type === "" || route.method === "delete") && hasNoBody(request)))
    return { fields: {}, photographs: {} };
  if (type === "multipart/form-data") {
    const limits = { fileFields, maxFiles: MAX_PHOTOGRAPHS, acceptsText };
    const { fields, files } = await readForm(request, lease, limits);
    return { fields: readTextFields(route.input, fields), photographs: files };
  }
  if (type === "application/json" && fileFields.length === 0) {
    const value = parseJson((await readBytes(request, lease, JSON_BYTES)).bytes);
    return { fields: bodyField === undefined ? objectOf(value) : { [bodyField]: value }, photographs: {} };
  }
  if (type === "application/json" && acceptsText) return withPhotographs(await readJsonBody(request, lease), fileFields);
  const [field] = fileFields;
  if (field !== undefined && fileFields.length === 1 && (type.startsWith("image/") || type === "application/octet-stream")) {
    const bytes = await readBytes(request, lease);
    return { fields: {}, photographs: { [field]: [{ name: "photograph", data: bytes.take() }] } };
  }
  throw new FaceNetError("REQUEST_MEDIA_TYPE", { actual: type || "(none)", wanted: wantedTypes(fileFields) });
}

/** @throws FaceNetError REQUEST_INVALID */
function withPhotographs(json: Readonly<Record<string, unknown>>, fileFields: readonly string[]): Body {
  const fields: [string, unknown][] = [];
  const photographs: [string, NamedBytes[]][] = [];
  for (const [name, value] of Object.entries(json)) {
    if (!fileFields.includes(name)) {
      if (isPhotograph(value)) throw requestError(`its field ${JSON.stringify(name)} is too long`);
      fields.push([name, value]);
    } else if (isPhotograph(value)) photographs.push([name, [value]]);
    else if (typeof value === "string") photographs.push([name, [photographOfText(value, name)]]);
    else throw requestError(`its field ${name} must be a photograph in base64`);
  }
  return { fields: Object.fromEntries(fields), photographs: Object.fromEntries(photographs) };
}

function isPhotograph(value: unknown): value is NamedBytes {
  return typeof value === "object" && value !== null && "data" in value && value.data instanceof Uint8Array;
}

/** Decided by headers: on a connection, `body` is a stream even if it is empty. */
function hasNoBody({ body, headers }: Request): boolean {
  return body === null || ((headers.get("content-length") ?? "0") === "0" && !headers.has("transfer-encoding"));
}

function wantedTypes(fileFields: readonly string[]): string {
  if (fileFields.length === 0) return "application/json or multipart/form-data";
  const form = `multipart/form-data with ${fileFields.join(" and ")} as file parts`;
  return fileFields.length > 1 ? form : `${form}, or the photograph itself as image/* or application/octet-stream`;
}

/** @param limit bytes; every request is also limited by the lease */
async function readBytes(request: Request, lease: ByteLease, limit = Number.POSITIVE_INFINITY): Promise<ByteList> {
  const bytes = new ByteList(limit);
  for await (const chunk of request.body ?? []) {
    lease.take(chunk.byteLength);
    bytes.add(chunk);
  }
  return bytes;
}

/**
 * Converts text fields to the types of their schema.
 *
 * @param texts all values given, by field
 */
export function readTextFields(input: z.ZodType, texts: Readonly<Record<string, readonly string[]>>): Record<string, unknown> {
  const { properties = {} } = z.toJSONSchema(input, { io: "input", unrepresentable: "any" });
  const schemaOf = (field: string) => (Object.hasOwn(properties, field) ? (properties[field] as TextSchema) : {});
  return Object.fromEntries(Object.entries(texts).map(([field, given]) => [field, valueOfTexts(schemaOf(field), given)]));
}
