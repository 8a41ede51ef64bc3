/** Typed client of the HTTP service: one function per route of the contract, without dependencies, for browsers too. */
import { type Answer, contract, type Input, type RouteName } from "../contract/contract.ts";
import type { RouteShape } from "../contract/route-shape.ts";
import type { ErrorBody } from "../contract/service-calls.ts";

/** Options of {@link createClient}. */
export type ClientOptions = {
  /** Base URL of the service: http://127.0.0.1:8128; "" in a page served by it. */
  readonly url: string;
  /** API key, if the service requires one */
  readonly key?: string | undefined;
  /** Default: the global fetch. */
  readonly fetch?: typeof fetch | undefined;
};

/** Options of one call. */
export type CallOptions = {
  readonly signal?: AbortSignal | undefined;
  /** Idempotency key, for calls that change something: a request repeated with the same key is executed once. */
  readonly idempotencyKey?: string | undefined;
};

/**
 * Error response of the service.
 *
 * @example
 * import { createClient, ServiceError } from "facenet128/client";
 * const service = createClient({ url: "http://127.0.0.1:8128" });
 * const error = await service.model({ id: "unknown" }).catch((error: unknown) => error);
 * console.log(error instanceof ServiceError && error.code); // MODEL_NOT_FOUND
 */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  /** Error code, see docs/errors.md. */
  readonly code: string;
  /** HTTP status. */
  readonly status: number;
  /** Identifies the request in the server's log. */
  readonly requestId: string | undefined;
  /** Value of the Retry-After header. */
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, details: Pick<ServiceError, "code" | "status" | "requestId" | "retryAfterSeconds">) {
    super(message);
    this.code = details.code;
    this.status = details.status;
    this.requestId = details.requestId;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

/** Routes with events return an async generator, all others a promise. */
export type Client = { readonly [N in RouteName]: (input: Input<N>, options?: CallOptions) => Answer<N> };

/**
 * Client of the HTTP service: one function per route (docs/http-api.md).
 *
 * Every function throws ServiceError for an error response, and what `fetch` throws.
 *
 * @example
 * import { openAsBlob } from "node:fs";
 * import { createClient } from "facenet128/client";
 * const service = createClient({ url: "http://127.0.0.1:8128" });
 * const { verified } = await service.verify({ left: await openAsBlob("anna-1.jpg"), right: await openAsBlob("anna-2.jpg") });
 * console.log(verified); // true
 */
export function createClient(options: ClientOptions): Client {
  const functions = Object.entries(contract).map(([name, route]) => [
    name,
    (input: Fields, callOptions: CallOptions = {}) => call(route, input, { ...options, ...callOptions }),
  ]);
  return Object.fromEntries(functions) as Client;
}

type Fields = Readonly<Record<string, unknown>>;

function call(route: RouteShape, input: Fields, options: ClientOptions & CallOptions): unknown {
  const send = async (): Promise<Response> => {
    const { url, init } = requestOf(route, input, options);
    const response = await (options.fetch ?? fetch)(url, init);
    if (!response.ok) throw await serviceErrorOf(response);
    return response;
  };
  const { answer = "json" } = route;
  switch (answer) {
    case "json":
      return send().then((response) => response.json());
    case "jpeg":
      return send().then((response) => response.blob());
    case "html":
    case "text":
      return send().then((response) => response.text());
    case "events":
      return readEvents(send);
    default:
      answer satisfies never;
      throw new TypeError("unknown response type");
  }
}

function requestOf(
  { method, path, photographs }: RouteShape,
  input: Fields,
  { url, key, signal, idempotencyKey }: ClientOptions & CallOptions,
): { readonly url: string; readonly init: RequestInit } {
  const address = path.replace(/\{(\w+)\}/g, (_, field: string) => encodeURIComponent(String(input[field])));
  const rest = Object.entries(input).filter(([field, value]) => value !== undefined && !path.includes(`{${field}}`));
  const headers = new Headers();
  if (key !== undefined) headers.set("authorization", `Bearer ${key}`);
  if (idempotencyKey !== undefined) headers.set("idempotency-key", idempotencyKey);
  const init: RequestInit = { method: method.toUpperCase(), headers, signal: signal ?? null };
  if (method !== "post") {
    const query = new URLSearchParams(rest.map(([field, value]): [string, string] => [field, String(value)]));
    return { url: `${url}${address}${query.size === 0 ? "" : `?${query}`}`, init };
  }
  if (photographs) init.body = formOf(rest);
  else {
    headers.set("content-type", "application/json");
    init.body = JSON.stringify(Object.fromEntries(rest));
  }
  return { url: `${url}${address}`, init };
}

function formOf(fields: readonly (readonly [string, unknown])[]): FormData {
  const form = new FormData();
  for (const [field, value] of fields) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one instanceof Blob) form.append(field, one, one instanceof File ? one.name : "photograph");
      else form.append(field, String(one));
    }
  }
  return form;
}

/** The data of server-sent events. Unlike EventSource, `fetch` sends the key. */
async function* readEvents(send: () => Promise<Response>): AsyncGenerator<unknown, void> {
  const reader = (await send()).body?.pipeThrough(new TextDecoderStream()).getReader(); // Safari cannot iterate over a stream
  let text = "";
  try {
    for (;;) {
      const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
      if (done) return;
      const events = (text + value).split("\n\n");
      text = events.pop() ?? "";
      for (const event of events) {
        const data = Array.from(event.matchAll(/^data: (.*)$/gm), ([, line]) => line);
        if (data.length > 0) yield JSON.parse(data.join("\n"));
      }
    }
  } finally {
    await reader?.cancel().catch(() => undefined); // a caller that stops early closes the connection
  }
}

/** A proxy may respond in place of the service, without its JSON. */
export async function serviceErrorOf(response: Response): Promise<ServiceError> {
  const body = (await response.json().catch(() => undefined)) as ErrorBody | undefined;
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return new ServiceError(body?.error?.message ?? `the service answered ${response.status}`, {
    code: body?.error?.code ?? "INTERNAL",
    status: response.status,
    requestId: body?.error?.requestId,
    retryAfterSeconds: Number.isNaN(seconds) ? undefined : seconds,
  });
}
