/**
 * Audit log and request log. The audit log has one JSON line per call that identifies people or changes something, written before
 * the response. It contains ids of people, never names, faces or keys.
 */
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { MiddlewareHandler } from "hono";
import { destination, type Logger, pino } from "pino";
import type * as z from "zod";
import { FaceNetError, reasonOf } from "../errors.ts";
import type { Env } from "./authentication.ts";
import type { LogLevel } from "./serve-options.ts";

export type AuditEntry = {
  /** ISO 8601, UTC */
  readonly at: string;
  readonly requestId: string;
  /** id of the key, or "local" */
  readonly caller: string;
  readonly address: string;
  /** method and path of the contract */
  readonly operation: string;
  /** ids of the people in the answer */
  readonly people: readonly number[];
  /** Error code of a failed change; null if the call was answered. */
  readonly error: string | null;
};

/**
 * Synchronous: a line takes microseconds; written asynchronously, it would wait for a thread behind image decoding.
 *
 * @returns appends an entry; throws OUTPUT_NOT_WRITABLE, because no call is answered without its entry
 */
export function auditLog(file: string): (entry: AuditEntry) => Promise<void> {
  let isReady = false;
  return async (entry) => {
    try {
      if (!isReady) mkdirSync(dirname(file), { recursive: true });
      appendFileSync(file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
      isReady = true;
    } catch (error) {
      isReady = false;
      throw new FaceNetError("OUTPUT_NOT_WRITABLE", { file, reason: reasonOf(error) }, error);
    }
  };
}

/** Ids of the people in an answer: fields `person`, `id` in a `person` or a list `people`, both sides of a merge. */
export function peopleIn(answer: unknown): number[] {
  const found = new Set<number>();
  const isPerson = (name: string, parent: string): boolean =>
    name === "person" ||
    (name === "id" && (parent === "people" || parent === "person")) ||
    (parent === "correction" && (name === "into" || name === "from"));
  const visit = (value: unknown, parent: string): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, parent);
    else if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
      for (const [name, field] of Object.entries(value)) {
        if (typeof field === "number" && isPerson(name, parent)) found.add(field);
        else visit(field, name);
      }
    }
  };
  visit(answer, "");
  return [...found].sort((a, b) => a - b);
}

/** The request log: JSON lines on standard error. */
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
