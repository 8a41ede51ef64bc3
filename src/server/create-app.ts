/** The service as one function from requests to responses; it can be tried without a port. */
import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { FaceNetError } from "../errors.ts";
import { toFaceNetError } from "../pipeline/batch.ts";
import { errorResponse, requestError } from "./error-response.ts";
import { healthRoutes } from "./health-routes.ts";
import { openApiDocument } from "./openapi-document.ts";
import { json, operationHandler } from "./operation-handler.ts";
import { referencePage, referenceStyle } from "./reference-page.ts";
import { routes } from "./routes.ts";
import { securityHeaders } from "./security-headers.ts";
import type { Env, Services } from "./services.ts";

export function createApp(services: Services): Hono<Env> {
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    c.set("requestId", randomUUID());
    await next();
    c.res.headers.set("x-request-id", c.get("requestId"));
  });
  app.use(securityHeaders());

  const health = healthRoutes(services);
  for (const { method, path, handle } of health) app.on(method.toUpperCase(), path, handle);
  app.use(async (_, next) => {
    if (services.isStopping()) throw new FaceNetError("SERVER_STOPPING");
    await next();
  });
  for (const route of routes) app.on(route.method.toUpperCase(), honoPath(route.path), operationHandler(route, services));

  const document = openApiDocument(routes, health, services);
  app.get("/openapi.json", () => json(document));
  app.get("/docs", (c) => c.html(referencePage(document)));
  app.get("/docs/style.css", (c) => c.body(referenceStyle, 200, { "content-type": "text/css; charset=utf-8" }));

  app.notFound((c) =>
    errorResponse(new FaceNetError("ROUTE_NOT_FOUND", { method: c.req.method, path: c.req.path }), c.get("requestId")),
  );
  app.onError((error, c) => failed(error, c));
  return app;
}

/** The client has gone: nobody reads this, but the log tells it from an error. */
const CLIENT_CLOSED = 499;

function failed(error: unknown, c: Context<Env>): Response {
  if (c.req.raw.signal.aborted) return new Response(null, { status: CLIENT_CLOSED });
  const known = error instanceof HTTPException ? requestError(error.message, error) : toFaceNetError(error);
  return errorResponse(known, c.get("requestId"));
}

/** OpenAPI's `{person}` is hono's `:person`. */
function honoPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ":$1");
}
