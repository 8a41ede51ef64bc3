/** Authentication: the caller of a request, by API key, signed URL or loopback, and how many requests a caller may send. */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { FaceNetError } from "../errors.ts";
import { findApiKey } from "../keys/api-key.ts";
import { type KeyFile, type Scope, scopes } from "../schemas/api-key.ts";
import { RateLimit } from "./load-limits.ts";

export type Caller = { readonly id: string; readonly scope: Scope };

/** Variables of a request; `caller` and `route` are undefined until they are known. */
export type Env = { Variables: { requestId: string; caller: Caller | undefined; route: string | undefined } };

type Keys = () => Promise<KeyFile["keys"]>;

/** Callers without a key, where none is required. */
const local: Caller = { id: "local", scope: "admin" };
/** Wrong keys per address and minute. */
const WRONG_KEYS = 30;

export type AuthenticationOptions = {
  readonly keys: Keys;
  readonly keysRequired: boolean;
  /** Requests per caller and minute; 0: no limit. */
  readonly requestsPerMinute: number;
  /** milliseconds, from any start */
  readonly now: () => number;
};

/** @throws FaceNetError KEY_NEEDED, KEY_INVALID, RATE_LIMITED for too many requests of a caller or wrong keys of an address */
export function authentication({ keys, keysRequired, requestsPerMinute, now }: AuthenticationOptions): MiddlewareHandler<Env> {
  const attempts = new RateLimit(WRONG_KEYS, now);
  const requests = new RateLimit(requestsPerMinute, now);

  return async (c, next) => {
    const caller = c.get("caller") ?? (await byKey(c)); // a signed URL has set it before
    c.set("caller", caller);
    const name = caller === local ? clientAddress(c) : caller.id;
    requests.require(name);
    requests.take(name);
    await next();
  };

  async function byKey(c: Context<Env>): Promise<Caller> {
    const text = bearer(c.req.header("authorization")) ?? c.req.header("x-api-key");
    if (text === undefined) {
      if (keysRequired) throw new FaceNetError("KEY_NEEDED");
      return local;
    }
    const address = clientAddress(c);
    attempts.require(address);
    const found = findApiKey(await keys(), text);
    if (!found) {
      attempts.take(address);
      throw new FaceNetError("KEY_INVALID");
    }
    return { id: found.id, scope: found.scope };
  }
}

/** Empty for a header of another scheme, which is no valid key. */
function bearer(header: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(header ?? "")?.[1] ?? (header === undefined ? undefined : "");
}

export function callerOf(c: Context<Env>): Caller {
  const caller = c.get("caller");
  if (!caller) throw new TypeError("a route with a scope is registered after authentication");
  return caller;
}

/** @throws FaceNetError KEY_SCOPE */
export function requireScope({ scope }: Caller, wanted: Scope): void {
  if (scopes.indexOf(scope) < scopes.indexOf(wanted)) throw new FaceNetError("KEY_SCOPE", { actual: scope, wanted });
}

/** Address of the peer. X-Forwarded-For is ignored: any client can send it. */
export function clientAddress(c: Context): string {
  const { incoming } = (c.env ?? {}) as { readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } } };
  return incoming?.socket?.remoteAddress ?? "none";
}

const URL_LIFETIME_MS = 60_000;

/**
 * Signed URL, for what browsers load without the Authorization header, such as the document of a frame. It permits reading
 * this one path for a minute. The hash of the key signs it, so revoking the key invalidates it.
 *
 * @param path without a query
 * @param now milliseconds since 1970
 */
export async function signUrl(path: string, keyId: string, keys: Keys, now: number): Promise<string> {
  const key = (await keys()).find(({ id }) => id === keyId);
  if (!key) throw new FaceNetError("KEY_INVALID");
  const until = String(now + URL_LIFETIME_MS);
  return `${path}?${new URLSearchParams({ key: keyId, until, signature: signatureOf(path, until, key.sha256).toString("hex") })}`;
}

/** Authenticates signed URLs; requests without a signature go on to `authentication`. @throws FaceNetError KEY_INVALID */
export function signedUrls(keys: Keys, now: () => number = Date.now): MiddlewareHandler<Env> {
  return async (c, next) => {
    const { key: keyId, until, signature } = c.req.query();
    if (signature !== undefined) {
      const key = (await keys()).find(({ id }) => id === keyId);
      const isValid = key?.revokedAt === null && isSignature(signature, signatureOf(c.req.path, until ?? "", key.sha256));
      if (!isValid || !(Number(until) > now())) throw new FaceNetError("KEY_INVALID");
      c.set("caller", { id: key.id, scope: "read" });
    }
    await next();
  };
}

function signatureOf(path: string, until: string, hash: string): Buffer {
  return createHmac("sha256", hash).update(`${path}\n${until}`).digest();
}

function isSignature(text: string, wanted: Buffer): boolean {
  return /^[0-9a-f]{64}$/.test(text) && timingSafeEqual(Buffer.from(text, "hex"), wanted);
}
