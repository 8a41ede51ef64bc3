/** Answers a request with an operation. */
import type { Context } from "hono";
import { toFaceNetError } from "../faces/batch.ts";
import { jsonText } from "../files/json-text.ts";
import type { OperationContext } from "../operations/operation.ts";
import { peopleIn } from "./audit-record.ts";
import { callerOf, requireScope } from "./authentication.ts";
import { clientAddress } from "./client-address.ts";
import type { Env } from "./env.ts";
import { fingerprintOf, type Idempotency, idempotencyKey } from "./idempotency.ts";
import { type ReadRequest, readRequest } from "./read-request.ts";
import type { Route } from "./route.ts";
import type { Services } from "./services.ts";

export function operationHandler(
  route: Route,
  services: Services,
  idempotency: Idempotency,
): (c: Context<Env>) => Promise<Response> {
  const { budget, queue, metrics, settings, facenet, borrowGallery, halted } = services;
  const name = `${route.method} ${route.path}`;
  const looks = route.photographs !== undefined;

  const answer = (c: Context<Env>, { input, photographs }: ReadRequest): Promise<unknown> => {
    const signal = AbortSignal.any([c.req.raw.signal, halted]);
    const context: OperationContext = { load: facenet, borrowGallery, signal, onProgress: () => undefined };
    const run = () => route.run(input, photographs, settings, context);
    return looks ? queue.run(() => metrics.timed("compute", run)) : run();
  };

  return async (c) => {
    c.set("route", route.path);
    requireScope(callerOf(c), route.scope);
    if (looks) queue.requireRoom();
    const lease = budget.lease(Number(c.req.header("content-length") ?? 0));
    try {
      const read = () => readRequest(c, route, lease);
      const request = await (looks ? metrics.timed("upload", read) : read());
      const key = route.scope === "read" ? undefined : idempotencyKey(c);
      const result = await (key === undefined
        ? answer(c, request)
        : idempotency.run(key, await fingerprintOf(name, request), () => answer(c, request)));
      if (route.audited) await metrics.timed("record", () => audit(c, result));
      if (looks) countPhotographs(result);
      return json(result, route.status);
    } catch (error) {
      throw toFaceNetError(error); // the reason of a client that has gone is a mere text, which hono would pass over
    } finally {
      lease.release();
    }
  };

  function audit(c: Context<Env>, result: unknown): Promise<void> {
    return services.audit({
      at: new Date().toISOString(),
      requestId: c.get("requestId"),
      caller: callerOf(c).id,
      address: clientAddress(c),
      operation: name,
      people: peopleIn(result),
    });
  }

  function countPhotographs(result: unknown): void {
    const { photographs, faces } = result as { photographs?: readonly Looked[]; faces?: readonly unknown[] };
    for (const { error, faces: found } of photographs ?? [{ faces: faces ?? [] }])
      metrics.countPhotograph(error?.code ?? "done", found?.length ?? 0);
  }
}

type Looked = { readonly error?: { readonly code: string }; readonly faces?: readonly unknown[] };

export function json(value: unknown, status = 200): Response {
  return new Response(jsonText(value), { status, headers: { "content-type": "application/json", "cache-control": "no-store" } });
}
