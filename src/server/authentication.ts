/** Authentication by API key, signed URL or loopback, and request limits per caller. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Context, MiddlewareHandler } from "hono";
import { FaceNetError } from "../errors.ts";
import { findApiKey } from "../keys/api-key.ts";
import { type KeyFile, type Scope, scopes } from "../schemas/api-key.ts";
import { clientNetwork } from "./client-address.ts";
import { RateLimit } from "./load-limits.ts";

/** @property name of the key; null without a key */
export type Caller = { readonly id: string; readonly name: string | null; readonly scope: Scope };

/** Context variables of a request, set during its processing. */
export type Env = {
  Variables: {
    requestId: string;
    address: string;
    caller: Caller | undefined;
    route: string | undefined;
    /** Whether the connection is closed with the response. */
    closes: boolean | undefined;
  };
};

type Keys = () => Promise<KeyFile["keys"]>;

/** Caller without a key, if none is required. */
const local: Caller = { id: "local", name: null, scope: "admin" };

export type AuthenticationOptions = {
  readonly keys: Keys;
  readonly keysRequired: boolean;
  /** Requests per caller and minute; 0: no limit. */
  readonly requestsPerMinute: number;
  /** Monotonic clock, milliseconds. */
  readonly now: () => number;
  /** milliseconds since 1970; default: Date.now */
  readonly today?: (() => number) | undefined;
};

/**
 * A valid key passes even after failures from its address, because failures are counted after the look-up (FailedKeys).
 *
 * @throws FaceNetError KEY_NEEDED, KEY_INVALID; RATE_LIMITED for too many requests of a caller or failures of a client
 */
export function authentication(options: AuthenticationOptions): MiddlewareHandler<Env> {
  const { keys, keysRequired, requestsPerMinute, now } = options;
  const failures = new FailedKeys(now);
  const requests = new RateLimit(requestsPerMinute, now);

  return async (c, next) => {
    const caller = (await bySignature(c)) ?? (await byKey(c));
    c.set("caller", caller);
    requests.take(caller === local ? clientNetwork(c.get("address")) : caller.id);
    await next();
  };

  async function bySignature(c: Context<Env>): Promise<Caller | undefined> {
    if (!SIGNED_PATH.test(c.req.path) || c.req.query("signature") === undefined) return undefined;
    return (await signerOf(c, options)) ?? fail(c, new FaceNetError("KEY_INVALID"), c.req.query("key"));
  }

  async function byKey(c: Context<Env>): Promise<Caller> {
    const text = bearer(c.req.header("authorization")) ?? c.req.header("x-api-key") ?? keyInPath(c.req.path);
    if (text === undefined) {
      return keysRequired ? fail(c, new FaceNetError("KEY_NEEDED"), undefined) : local;
    }
    const found = findApiKey(await keys(), text);
    return found ? { id: found.id, name: found.name, scope: found.scope } : fail(c, new FaceNetError("KEY_INVALID"), text);
  }

  async function fail(c: Context<Env>, error: FaceNetError, claim: string | undefined): Promise<never> {
    await failures.count(c.get("address"), claim, () => c.set("closes", true));
    throw error;
  }
}

/** Key in the path of CompreFace's picture URLs, which browsers load without a header. */
function keyInPath(path: string): string | undefined {
  return /^\/api\/v1\/static\/([^/]+)\/images\//.exec(path)?.[1];
}

/** Empty for another authorization scheme, which is never a valid key. */
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

const URL_LIFETIME_MS = 60_000;
/** Documents that can be opened by a signed URL. */
const SIGNED_PATH = /^\/v1\/reports\/[^/]+\/page$/;

/**
 * Signed URL for resources that browsers load without an Authorization header, such as the document of an iframe. Grants read
 * access to this path for one minute. It is signed with the key's hash, so revoking the key invalidates it.
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

/** Caller of a signed URL; undefined if it is not valid. */
async function signerOf(c: Context<Env>, { keys, today = Date.now }: AuthenticationOptions): Promise<Caller | undefined> {
  const { key: keyId, until = "", signature = "" } = c.req.query();
  const key = (await keys()).find(({ id }) => id === keyId);
  const isValid = key?.revokedAt === null && isSignature(signature, signatureOf(c.req.path, until, key.sha256));
  return isValid && Number(until) > today() ? { id: key.id, name: key.name, scope: "read" } : undefined;
}

function signatureOf(path: string, until: string, hash: string): Buffer {
  return createHmac("sha256", hash).update(`${path}\n${until}`).digest();
}

function isSignature(text: string, wanted: Buffer): boolean {
  return /^[0-9a-f]{64}$/.test(text) && timingSafeEqual(Buffer.from(text, "hex"), wanted);
}

/** Failed attempts per minute: per client address, and per key id from all addresses together. */
const PER_ADDRESS = 30;
const PER_KEY = 30;
/** Delay of refusals beyond the limits, ms, which slows down clients that wait for answers. */
const DELAY_MS = 1000;
/** Refusals delayed at a time, per address and in total. Beyond that, they are sent at once and the connection is closed. */
const DELAYED_PER_ADDRESS = 64;
const DELAYED = 1024;

export class FailedKeys {
  readonly #addresses: RateLimit;
  readonly #claims: RateLimit;
  readonly #delayed = new Map<string, number>();
  #count = 0;

  /** @param now monotonic clock, milliseconds */
  constructor(now: () => number) {
    this.#addresses = new RateLimit(PER_ADDRESS, now);
    this.#claims = new RateLimit(PER_KEY, now);
  }

  /**
   * Counts a failure.
   *
   * @param claim what the client sent as a key; undefined without one
   * @param close called if the connection should be closed after the response
   * @throws FaceNetError RATE_LIMITED beyond the limits, after the delay
   */
  async count(address: string, claim: string | undefined, close: () => void): Promise<void> {
    const network = clientNetwork(address);
    try {
      this.#addresses.take(network);
      if (claim !== undefined) this.#claims.take(claimedId(claim));
    } catch (error) {
      if (!(await this.#delay(network))) close();
      throw error;
    }
  }

  /** @returns false if too many are delayed already */
  async #delay(network: string): Promise<boolean> {
    const own = this.#delayed.get(network) ?? 0;
    if (own >= DELAYED_PER_ADDRESS || this.#count >= DELAYED) return false;
    this.#delayed.set(network, own + 1);
    this.#count++;
    await sleep(DELAY_MS);
    this.#count--;
    const left = (this.#delayed.get(network) ?? 1) - 1;
    if (left === 0) this.#delayed.delete(network);
    else this.#delayed.set(network, left);
    return true;
  }
}

/** Key id being guessed; malformed keys count as one. */
function claimedId(claim: string): string {
  return /^fn_([0-9a-f]{12})_/.exec(claim)?.[1] ?? "none";
}
