/** Answers a request with an operation. */
import type { Context } from "hono";
import { jsonText } from "../operations/json-text.ts";
import { readRequest } from "./read-request.ts";
import type { Route } from "./route.ts";
import type { Env, Services } from "./services.ts";

export function operationHandler(route: Route, services: Services): (c: Context<Env>) => Promise<Response> {
  const { budget, queue, settings, facenet, halted } = services;
  return async (c) => {
    const looks = route.photographs !== undefined;
    if (looks) queue.requireRoom();
    const lease = budget.lease(Number(c.req.header("content-length") ?? 0));
    try {
      const { input, photographs } = await readRequest(c, route, lease);
      const signal = AbortSignal.any([c.req.raw.signal, halted]);
      const run = () => route.run(input, photographs, settings, { load: facenet, signal, onProgress: () => undefined });
      return json(await (looks ? queue.run(run) : run()), route.status);
    } finally {
      lease.release();
    }
  };
}

export function json(value: unknown, status = 200): Response {
  return new Response(jsonText(value), { status, headers: { "content-type": "application/json", "cache-control": "no-store" } });
}
