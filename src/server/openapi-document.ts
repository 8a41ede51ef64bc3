/** OpenAPI 3.1 document of the service, derived from its routes. */
import { OpenAPIHono } from "@hono/zod-openapi";
import * as z from "zod";
import { ErrorBody } from "../contract/service-calls.ts";
import { errorStyleOf } from "./adapters/adapter-errors.ts";
import { KEY_LENGTH } from "./idempotency.ts";
import type { Route } from "./route.ts";

export type OpenApiDocument = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;
type Registered = Parameters<OpenAPIHono["openAPIRegistry"]["registerPath"]>[0];
type RequestPart = NonNullable<Registered["request"]>;

const mediaTypes = {
  json: "application/json",
  jpeg: "image/jpeg",
  html: "text/html",
  text: "text/plain",
  events: "text/event-stream",
} as const;

const binary = z.any().meta({ type: "string", format: "binary" });

export function openApiDocument(routes: readonly Route[], { version }: { readonly version: string }): OpenApiDocument {
  const app = new OpenAPIHono();
  const registry = app.openAPIRegistry;
  registry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    description: "API key, created with `facenet keys create`. Optional on loopback, unless the server runs with --require-keys.",
  });
  registry.registerComponent("securitySchemes", "apiKey", {
    type: "apiKey",
    in: "header",
    name: "x-api-key",
    description: "The same key, in CompreFace's header.",
  });
  for (const route of routes) {
    const { path, alias, name, scope } = route;
    const common = {
      method: route.method,
      summary: route.summary,
      description: descriptionOf(route),
      tags: [route.tag],
      security: scope === "public" ? [] : [{ bearer: [] }, { apiKey: [] }],
      request: requestOf(route),
      responses: responsesOf(route),
    };
    registry.registerPath({ ...common, path, operationId: name });
    if (alias && !alias.endsWith("/")) registry.registerPath({ ...common, path: alias, operationId: `${name}Alias` });
  }
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "facenet",
      version,
      license: { name: "MIT", url: "https://opensource.org/license/mit" },
      description:
        "Faces in photographs: detection, embedding, verification, recognition. Distances are squared L2, 0 to 4; boxes are pixels of the upright photograph.",
    },
    servers: [{ url: "/" }],
  });
}

function descriptionOf({ scope, command }: Route): string {
  const key = scope === "public" ? "Requires no key." : `Requires a key of scope ${scope}.`;
  return command === undefined ? key : `${key} Same as \`facenet ${command}\`.`;
}

function responsesOf({ path, status = 200, answer = "json", output }: Route): Registered["responses"] {
  const schema = answer === "jpeg" ? binary : output;
  const error = { content: { "application/json": { schema: errorStyleOf(path)?.schema ?? ErrorBody } } };
  return {
    [status]: { description: "Success", content: { [mediaTypes[answer]]: { schema } } },
    ...(answer === "jpeg" && { 304: { description: "Not modified" } }),
    "4XX": { description: "The request is invalid or was refused", ...error },
    "5XX": { description: "The server failed or is busy", ...error },
  };
}

function requestOf({
  method,
  path,
  scope,
  input,
  photographs = [],
  several,
  acceptsText = false,
  bodyField,
}: Route): RequestPart {
  if (!(input instanceof z.ZodObject)) return { body: { required: true, content: { "application/json": { schema: input } } } };
  const inPath = maskOf(input, (field) => path.includes(`{${field}}`));
  const uploaded = maskOf(input, (field) => photographs.includes(field));
  const rest = input.omit(Object.assign(uploaded, inPath));
  const hasFields = Object.keys(rest.shape).length > 0;
  const isChange = scope === "write" || scope === "admin";
  const request = {
    ...(Object.keys(inPath).length > 0 && { params: input.pick(inPath).required() }),
    ...(isChange && { headers: z.object({ "Idempotency-Key": z.string().min(1).max(KEY_LENGTH).optional() }) }),
  };
  if (method !== "post" && method !== "put") return hasFields ? { ...request, query: rest } : request;
  if (bodyField !== undefined)
    return {
      ...request,
      body: { required: true, content: { "application/json": { schema: input.shape[bodyField] as z.ZodType } } },
    };
  const fields = { "application/json": { schema: input.omit(inPath) } };
  if (photographs.length === 0) {
    const required = !rest.safeParse({}).success;
    const form = { "multipart/form-data": { schema: rest } };
    return hasFields ? { ...request, body: { required, content: { ...fields, ...form } } } : request;
  }
  const files = Object.fromEntries(
    photographs.map((field) => [field, several.includes(field) ? z.array(binary).min(1) : binary]),
  );
  const form = { "multipart/form-data": { schema: rest.extend(files) } };
  const texts = Object.fromEntries(photographs.map((field) => [field, z.string().describe("base64 or a data URI")]));
  const json = { "application/json": { schema: rest.extend(texts) } };
  const bare = photographs.length === 1 ? { "image/*": { schema: binary }, "application/octet-stream": { schema: binary } } : {};
  return {
    ...request,
    query: rest.partial(),
    body: { required: true, content: { ...form, ...bare, ...(acceptsText && json) } },
  };
}

function maskOf({ shape }: z.ZodObject, isMasked: (field: string) => boolean): Record<string, true> {
  return Object.fromEntries(Object.keys(shape).flatMap((field) => (isMasked(field) ? [[field, true as const]] : [])));
}
