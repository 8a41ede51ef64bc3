/** The HTTP application as a function from requests to responses, without a port. */
import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { FaceNetError, toFaceNetError } from "../errors.ts";
import { authentication, type Env } from "./authentication.ts";
import { originGuard, securityHeaders } from "./browser-guard.ts";
import { clientAddress } from "./client-address.ts";
import { errorResponse, refuseMethod, requestError } from "./error-response.ts";
import { json, requestHandler } from "./handle-request.ts";
import { requestLog } from "./logs.ts";
import { openApiDocument } from "./openapi-document.ts";
import { servePage } from "./page-files.ts";
import { referencePage, referenceStyle } from "./reference-page.ts";
import type { Route } from "./route.ts";
import { routesOf } from "./routes.ts";
import type { Services } from "./services.ts";

export function createApp(services: Services): Hono<Env> {
  const { log, metrics, now, proxies } = services;
  const app = new Hono<Env>();
  app.onError((error, c) => failed(error, c, services));
  app.notFound((c) => {
    throw new FaceNetError("ROUTE_NOT_FOUND", { method: c.req.method, path: c.req.path });
  });
  app.use(async (c, next) => {
    c.set("requestId", randomUUID());
    c.set("address", clientAddress(c, proxies));
    await next();
    c.res.headers.set("x-request-id", c.get("requestId"));
    if (c.get("closes")) c.res.headers.set("connection", "close");
  });
  app.use(metrics.middleware(), requestLog(log, now), securityHeaders(), originGuard(services.origins));

  const routes = routesOf(services);
  const handler = requestHandler(services);
  const register = (some: readonly Route[]): void => {
    const paths = Map.groupBy(
      some.flatMap((route) => [route.path, ...(route.alias ? [route.alias] : [])].map((path) => ({ path, route }))),
      ({ path }) => path.replace(/\{(\w+)\}/g, ":$1"), // OpenAPI's notation to hono's
    );
    for (const [path, entries] of [...paths].sort(fixedFirst)) {
      for (const { route } of entries) app.on(route.method.toUpperCase(), path, handler(route));
      const allowed = entries.flatMap(({ route: { method } }) => (method === "get" ? ["GET", "HEAD"] : [method.toUpperCase()]));
      app.all(path, (c) => refuseMethod(c, allowed));
    }
  };
  register(routes.filter(({ scope }) => scope === "public"));
  app.use(async (_, next) => {
    if (services.isStopping()) throw new FaceNetError("SERVER_STOPPING");
    await next();
  });

  const document = openApiDocument(routes, services);
  app.get("/openapi.json", () => json(document));
  app.get("/docs", (c) => c.html(referencePage(document)));
  app.get("/docs/style.css", (c) => c.body(referenceStyle, 200, { "content-type": "text/css; charset=utf-8" }));
  for (const path of ["/openapi.json", "/docs", "/docs/style.css"]) app.all(path, (c) => refuseMethod(c, ["GET", "HEAD"]));
  servePage(app, services.page);

  app.use(authentication(services)); // also for unknown paths, which cannot be probed without a key
  register(routes.filter(({ scope }) => scope !== "public"));
  return app;
}

/** If two paths match, the one without a parameter wins: /v1/photographs/prune before /v1/photographs/:photograph. */
function fixedFirst([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  const rank = (path: string) =>
    path
      .split("/")
      .map((part) => (part.startsWith(":") ? "1" : "0"))
      .join("");
  return rank(a) < rank(b) ? -1 : Number(rank(a) > rank(b));
}

/** nginx's status for a client that closed the connection; appears only in the log and the metrics. */
const CLIENT_CLOSED = 499;

function failed(error: unknown, c: Context<Env>, { log, halted }: Services): Response {
  const requestId = c.get("requestId");
  if (c.req.raw.signal.aborted) return new Response(null, { status: CLIENT_CLOSED });
  const known = halted.aborted
    ? new FaceNetError("SERVER_STOPPING")
    : error instanceof HTTPException
      ? requestError(error.message, error)
      : toFaceNetError(error);
  const response = errorResponse(known, { requestId, path: c.req.path });
  if (response.status === 500) log.error({ requestId, code: known.code, reason: known.message }, "failed");
  return response;
}
