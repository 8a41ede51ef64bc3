/** The service as one function from requests to responses; it can be tried without a port. */
import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { FaceNetError } from "../errors.ts";
import { toFaceNetError } from "../faces/batch.ts";
import { accessRoutes } from "./access-routes.ts";
import { adapterRoutes } from "./adapters/adapter-routes.ts";
import { authentication, callerOf, requireScope } from "./authentication.ts";
import { clientAddress } from "./client-address.ts";
import type { Env } from "./env.ts";
import { errorResponse, requestError } from "./error-response.ts";
import { healthRoutes } from "./health-routes.ts";
import { Idempotency } from "./idempotency.ts";
import { jobRoutes } from "./job-routes.ts";
import { openApiDocument } from "./openapi-document.ts";
import { json, operationHandler } from "./operation-handler.ts";
import { originGuard } from "./origin-guard.ts";
import { servePage } from "./page-files.ts";
import { pictureRoutes } from "./picture-routes.ts";
import { RateLimit } from "./rate-limit.ts";
import { referencePage, referenceStyle } from "./reference-page.ts";
import { reportRoutes } from "./report-routes.ts";
import { requestLog } from "./request-log.ts";
import { routes } from "./routes.ts";
import { securityHeaders } from "./security-headers.ts";
import type { Services } from "./services.ts";
import { signedCaller } from "./signed-address.ts";

/** Wrong keys that an address may send in a minute. */
const WRONG_KEYS = 30;

export function createApp(services: Services): Hono<Env> {
  const { log, metrics, now, keys, keysRequired } = services;
  const app = new Hono<Env>();
  app.onError((error, c) => failed(error, c, services));
  app.notFound((c) => {
    throw new FaceNetError("ROUTE_NOT_FOUND", { method: c.req.method, path: c.req.path });
  });
  app.use(async (c, next) => {
    c.set("requestId", randomUUID());
    await next();
    c.res.headers.set("x-request-id", c.get("requestId"));
  });
  app.use(metrics.middleware(), requestLog(log, now), securityHeaders(), originGuard(services.origins));

  const health = healthRoutes(services);
  for (const { method, path, handle } of health) app.on(method.toUpperCase(), path, handle);
  app.use(async (_, next) => {
    if (services.isStopping()) throw new FaceNetError("SERVER_STOPPING");
    await next();
  });

  const idempotency = new Idempotency(now);
  const others = [
    ...accessRoutes(services),
    ...jobRoutes(services, idempotency),
    ...pictureRoutes(services),
    ...reportRoutes(services),
    ...adapterRoutes(services),
  ];
  const document = openApiDocument(routes, [...others, ...health], services);
  app.get("/openapi.json", () => json(document));
  app.get("/docs", (c) => c.html(referencePage(document)));
  app.get("/docs/style.css", (c) => c.body(referenceStyle, 200, { "content-type": "text/css; charset=utf-8" }));

  servePage(app, services.page);

  app.use("/v1/reports/:report/page", signedCaller(keys));
  const requests = new RateLimit(services.requestsPerMinute, now);
  app.use(authentication({ keys, keysRequired, attempts: new RateLimit(WRONG_KEYS, now) }));
  app.use(async (c, next) => {
    const { id } = callerOf(c);
    const caller = id === "local" ? clientAddress(c) : id;
    requests.require(caller);
    requests.take(caller);
    await next();
  });
  app.get("/metrics", async (c) => {
    c.set("route", "/metrics");
    requireScope(callerOf(c), "read");
    const { type, body } = await metrics.text();
    return c.body(body, 200, { "content-type": type });
  });
  for (const { method, path, handle } of others) app.on(method.toUpperCase(), honoPath(path), handle);
  for (const route of routes) {
    app.on(route.method.toUpperCase(), honoPath(route.path), operationHandler(route, services, idempotency));
  }
  return app;
}

/** The client has gone: nobody reads this, but the log tells it from an error. */
const CLIENT_CLOSED = 499;

function failed(error: unknown, c: Context<Env>, { log, halted }: Services): Response {
  const requestId = c.get("requestId");
  if (c.req.raw.signal.aborted) return new Response(null, { status: CLIENT_CLOSED });
  const known = halted.aborted
    ? new FaceNetError("SERVER_STOPPING")
    : error instanceof HTTPException
      ? requestError(error.message, error)
      : toFaceNetError(error);
  const response = errorResponse(known, requestId);
  if (response.status === 500) log.error({ requestId, code: known.code, reason: known.message }, "failed");
  return response;
}

/** OpenAPI's `{person}` is hono's `:person`. */
function honoPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ":$1");
}
