/**
 * Handles the requests of all routes, adapters included: scope, room in the queue, byte lease, parsing, idempotency, work, audit,
 * metrics, response.
 */
import type { Context } from "hono";
import { toFaceNetError } from "../errors.ts";
import { jsonText } from "../files/json-text.ts";
import { signed } from "../gallery/access/signed-gallery.ts";
import { callerOf, type Env, requireScope } from "./authentication.ts";
import { fingerprintOf, Idempotency, idempotencyKey } from "./idempotency.ts";
import { peopleIn } from "./logs.ts";
import type { Stage } from "./metrics.ts";
import { readRequest } from "./read-request.ts";
import type { Route, RouteRequest } from "./route.ts";
import type { Services } from "./services.ts";
import { withoutPaths } from "./shown-paths.ts";

export function requestHandler(services: Services): (route: Route) => (c: Context<Env>) => Promise<Response> {
  const { budget, queue, metrics, settings, now } = services;
  const idempotency = new Idempotency(now);

  return (route) => {
    const name = `${route.method} ${route.path}`;
    const hasUploads = route.photographs !== undefined;
    const isChange = route.scope === "write" || route.scope === "admin";
    const staged = <T>(stage: Stage, work: () => Promise<T>) => (hasUploads ? metrics.timed(stage, work) : work());

    return async (c) => {
      c.set("route", route.path);
      if (route.scope !== "public") requireScope(callerOf(c), route.scope);
      if (hasUploads) queue.requireRoom();
      const lease = budget.lease(Number(c.req.header("content-length") ?? 0));
      let sent = 0;
      try {
        const { input, photographs } = await staged("upload", () => readRequest(c, route, lease));
        sent = Object.values(photographs).flat().length;
        const start = now();
        const compute: RouteRequest["compute"] = (work) => queue.run(work);
        const request = { input, photographs, settings, context: contextOf(c), c, compute };
        const work = (): Promise<unknown> =>
          hasUploads ? compute(() => staged("compute", () => route.run(request))) : route.run(request);
        const key = isChange ? idempotencyKey(c) : undefined;
        const answer = await (key === undefined
          ? work()
          : idempotency.run(key, fingerprintOf(name, { input, photographs }), work)
        ).catch(async (error: unknown) => {
          // a failed change may have taken effect in part
          if (isChange) await audit(c, name, { error: toFaceNetError(error).code });
          throw error;
        });
        if (isChange || route.audited) await metrics.timed("record", () => audit(c, name, { answer }));
        countPhotographs(route, sent, answer);
        const shown = route.present ? route.present(answer, input, now() - start) : answer;
        return shown instanceof Response ? shown : json(withoutPaths(shown), route.status);
      } catch (error) {
        const known = toFaceNetError(error); // hono ignores thrown values that are not Errors, such as an abort reason
        if (sent === 1) metrics.countPhotograph(known.code);
        throw known;
      } finally {
        lease.release();
      }
    };
  };

  function contextOf(c: Context<Env>): RouteRequest["context"] {
    const { facenet, borrowGallery, halted } = services;
    const signal = AbortSignal.any([c.req.raw.signal, halted]);
    const { id, name } = c.get("caller") ?? { id: null, name: null };
    return { load: facenet, borrowGallery: signed(borrowGallery, name ?? id), signal, onProgress: () => undefined };
  }

  function audit(c: Context<Env>, operation: string, { answer, error = null }: { answer?: unknown; error?: string | null }) {
    return services.audit({
      at: new Date().toISOString(),
      requestId: c.get("requestId"),
      caller: callerOf(c).id,
      address: c.get("address"),
      operation,
      people: peopleIn(answer),
      error,
    });
  }

  /** Includes the number of faces if the answer has one record per photograph. */
  function countPhotographs({ hasRecords }: Route, sent: number, answer: unknown): void {
    const { photographs: records = [] } = (hasRecords ? answer : {}) as { readonly photographs?: readonly PhotographRecord[] };
    if (hasRecords) for (const { error, faces } of records) metrics.countPhotograph(error?.code ?? "done", faces?.length);
    else for (let i = 0; i < sent; i++) metrics.countPhotograph("done");
  }
}

type PhotographRecord = { readonly error?: { readonly code: string } | null; readonly faces?: readonly unknown[] };

export function json(value: unknown, status = 200): Response {
  return new Response(jsonText(value), { status, headers: { "content-type": "application/json", "cache-control": "no-store" } });
}
