/** The service from another program or a page: one function an address, typed by the operations behind them. */
import { type Call, calls } from "./calls.ts";

export type ClientOptions = {
  /** where the service is: http://127.0.0.1:8128; in its own page the empty text */
  readonly url: string;
  /** an API key, where the service asks for one */
  readonly key?: string | undefined;
  /** Default: the global fetch. */
  readonly fetch?: typeof fetch | undefined;
};

export type CallOptions = {
  readonly signal?: AbortSignal | undefined;
  /** For calls that change something: sent again under the same key, it is done once. */
  readonly idempotencyKey?: string | undefined;
};

/** What the service answered in place of what was asked for. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  /** of docs/errors.md */
  readonly code: string;
  readonly status: number;
  /** finds the request in the server's log */
  readonly requestId: string | undefined;
  /** when to come back, where the service said so */
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, details: Pick<ServiceError, "code" | "status" | "requestId" | "retryAfterSeconds">) {
    super(message);
    this.code = details.code;
    this.status = details.status;
    this.requestId = details.requestId;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

type Calls = typeof calls;
type InputOf<C> = C extends Call<infer I, unknown> ? I : never;
type AnswerOf<C> = C extends Call<never, infer A> ? A : never;
export type Client = {
  readonly [K in keyof Calls]: (input: InputOf<Calls[K]>, options?: CallOptions) => Promise<AnswerOf<Calls[K]>>;
};

/**
 * @example
 * const service = createClient({ url: "http://127.0.0.1:8128" });
 * const { verified } = await service.verify({ left: await openAsBlob("a.jpg"), right: await openAsBlob("b.jpg") });
 */
export function createClient(options: ClientOptions): Client {
  const functions = Object.entries(calls).map(([name, call]) => [
    name,
    (input: Readonly<Record<string, unknown>>, { signal, idempotencyKey }: CallOptions = {}) =>
      send(call, input, { ...options, signal, idempotencyKey }),
  ]);
  return Object.fromEntries(functions) as Client;
}

async function send(
  { method, path, photographs }: Pick<Call, "method" | "path" | "photographs">,
  input: Readonly<Record<string, unknown>>,
  { url, key, signal, idempotencyKey, fetch: request = fetch }: ClientOptions & CallOptions,
): Promise<unknown> {
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  const address = path.replace(/\{(\w+)\}/g, (_, field: string) => encodeURIComponent(String(input[field])));
  const rest = given.filter(([field]) => !path.includes(`{${field}}`));
  const headers = new Headers();
  if (key !== undefined) headers.set("authorization", `Bearer ${key}`);
  if (idempotencyKey !== undefined) headers.set("idempotency-key", idempotencyKey);
  const init: RequestInit = { method: method.toUpperCase(), headers, signal: signal ?? null };
  let query = "";
  if (method === "get" || method === "delete") {
    const text = new URLSearchParams(rest.map(([field, value]): [string, string] => [field, String(value)])).toString();
    query = text === "" ? "" : `?${text}`;
  } else if (photographs) init.body = form(rest);
  else {
    headers.set("content-type", "application/json");
    init.body = JSON.stringify(Object.fromEntries(rest));
  }
  const answer = await request(`${url}${address}${query}`, init);
  if (!answer.ok) throw await errorOf(answer);
  return answer.json();
}

function form(fields: readonly (readonly [string, unknown])[]): FormData {
  const body = new FormData();
  for (const [field, value] of fields) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one instanceof Blob) body.append(field, one, one instanceof File ? one.name : "photograph");
      else body.append(field, String(one));
    }
  }
  return body;
}

async function errorOf(answer: Response): Promise<ServiceError> {
  const text = await answer.text();
  const { code, message, requestId } = parsed(text);
  const seconds = Number(answer.headers.get("retry-after") ?? Number.NaN);
  return new ServiceError(message ?? `the service answered ${answer.status}`, {
    code: code ?? "INTERNAL",
    status: answer.status,
    requestId,
    retryAfterSeconds: Number.isNaN(seconds) ? undefined : seconds,
  });
}

/** What lies between may answer too, and not in our JSON. */
function parsed(text: string): { code?: string; message?: string; requestId?: string } {
  try {
    return (JSON.parse(text) as { error?: { code?: string; message?: string; requestId?: string } }).error ?? {};
  } catch {
    return {};
  }
}
