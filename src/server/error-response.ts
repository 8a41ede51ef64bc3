/** Error responses: HTTP status, code and message as JSON. */
import type { Context } from "hono";
import type { ErrorBody } from "../contract/service-calls.ts";
import { errorStatus, FaceNetError } from "../errors.ts";
import { errorStyleOf } from "./adapters/adapter-errors.ts";
import type { Env } from "./authentication.ts";
import { shownMessage } from "./shown-paths.ts";

/** Statuses of requests that may succeed later. */
const retryable: ReadonlySet<number> = new Set([429, 503]);

/** @param of the failed request: its id, and its path, because the adapters have their own error formats */
export function errorResponse(error: FaceNetError, of: { readonly requestId: string; readonly path: string }): Response {
  const { code, data } = error;
  const status = errorStatus(code).http;
  const shown = shownMessage(error);
  const body: ErrorBody = { error: { code, message: shown, requestId: of.requestId } };
  const own = errorStyleOf(of.path)?.of(error, shown, status) ?? { status, body };
  const headers = new Headers({ "content-type": "application/json", "cache-control": "no-store" });
  if (retryable.has(status)) headers.set("retry-after", String(typeof data.seconds === "number" ? data.seconds : 1));
  if (status === 401) headers.set("www-authenticate", 'Bearer realm="facenet"');
  if (status === 405) headers.set("allow", String(data.allowed));
  return new Response(JSON.stringify(own.body), { status: own.status, headers });
}

/** @param allowed methods @throws FaceNetError METHOD_NOT_ALLOWED */
export function refuseMethod({ req: { method, path } }: Context<Env>, allowed: readonly string[]): never {
  throw new FaceNetError("METHOD_NOT_ALLOWED", { method, path, allowed: allowed.join(", ") });
}

export function requestError(reason: string, cause?: unknown): FaceNetError {
  return new FaceNetError("REQUEST_INVALID", { reason }, cause);
}
