/** The service's contract, derived from the routes: OpenAPI 3.1. */
import { OpenAPIHono } from "@hono/zod-openapi";
import * as z from "zod";
import { ErrorBody } from "./error-response.ts";
import type { Route } from "./route.ts";

export type OpenApiDocument = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;

type Registered = Parameters<OpenAPIHono["openAPIRegistry"]["registerPath"]>[0];

/** An address that is no operation, as the document describes it. */
export type OtherRoute = Pick<Registered, "method" | "path" | "summary" | "tags" | "request" | "responses" | "security">;

const Picture = z.any().meta({ type: "string", format: "binary" });

export function openApiDocument(
  routes: readonly Route[],
  others: readonly OtherRoute[],
  { version }: { readonly version: string },
): OpenApiDocument {
  const app = new OpenAPIHono();
  const registry = app.openAPIRegistry;
  registry.registerComponent("securitySchemes", "key", {
    type: "http",
    scheme: "bearer",
    description: "An API key of `facenet keys create`. Not needed at loopback, unless the server was started to ask for it.",
  });
  const failure = { description: "what went wrong", content: { "application/json": { schema: ErrorBody } } };
  for (const other of others) registry.registerPath({ ...other, responses: { ...other.responses, default: failure } });
  for (const route of routes) {
    const { method, path, name, summary, scope, tag, status = 200, output } = route;
    registry.registerPath({
      method,
      path,
      operationId: operationId(route),
      summary,
      description: `Needs a key of scope ${scope}. The same as \`facenet ${name}\`.`,
      tags: [tag],
      security: [{ key: [] }],
      request: requestOf(route),
      responses: {
        [status]: { description: "the answer", content: { "application/json": { schema: output } } },
        default: failure,
      },
    });
  }
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "facenet",
      version,
      description:
        "Faces in photographs: detection, embedding, verification, recognition. Distances are squared L2, 0 to 4; boxes are pixels of the upright photograph.",
    },
  });
}

/** Unlike any other's, made of the method and the path. */
export function operationId({ method, path }: Pick<Route, "method" | "path">): string {
  const words = path.split(/[/{}]+/).filter((word) => word !== "" && word !== "v1");
  return [method, ...words].map((word, i) => (i === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join("");
}

function requestOf({ method, path, input, photographs = [], several }: Route): NonNullable<Registered["request"]> {
  const inPath = Object.keys(input.shape).filter((field) => path.includes(`{${field}}`));
  const params = input.pick(mask(inPath));
  const rest = input.omit(mask(inPath));
  const described = inPath.length > 0 ? { params } : {};
  const fields = Object.keys(rest.shape);
  if (method === "get" || method === "delete") return fields.length > 0 ? { ...described, query: rest } : described;
  if (photographs.length === 0) {
    return fields.length > 0 ? { ...described, body: { content: { "application/json": { schema: rest } } } } : described;
  }
  const files = Object.fromEntries(
    photographs.map((field) => [field, several.includes(field) ? z.array(Picture).min(1) : Picture]),
  );
  const form = { "multipart/form-data": { schema: z.object({ ...files, ...rest.shape }) } };
  const bare =
    photographs.length === 1 ? { "image/*": { schema: Picture }, "application/octet-stream": { schema: Picture } } : {};
  return { ...described, query: rest.partial(), body: { required: true, content: { ...form, ...bare } } };
}

const mask = (fields: readonly string[]) => Object.fromEntries(fields.map((field) => [field, true])) as Record<string, true>;
