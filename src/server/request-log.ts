/** Request log: JSON lines on standard error. Paths are those of the contract; no queries, names, faces or keys. */
import type { MiddlewareHandler } from "hono";
import { destination, type Logger, pino } from "pino";
import type * as z from "zod";
import type { Env } from "./authentication.ts";
import type { LogLevel } from "./serve-options.ts";

export function createLog(level: z.output<typeof LogLevel>): Logger {
  return pino(
    { level, base: null, timestamp: () => `,"at":"${new Date().toISOString()}"` },
    destination({ dest: 2, sync: false }),
  );
}

/** Logs one line per request, after the response. */
export function requestLog(log: Logger, now: () => number): MiddlewareHandler<Env> {
  return async (c, next) => {
    const start = now();
    await next();
    const caller = c.get("caller")?.id ?? null;
    const { status } = c.res;
    const line = {
      requestId: c.get("requestId"),
      method: c.req.method,
      route: c.get("route") ?? null,
      status,
      ms: Math.round(now() - start),
      caller,
    };
    log[status >= 500 ? "error" : "info"](line, "request");
  };
}
