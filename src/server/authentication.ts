/** Who sends a request, by the key that comes with it. */
import type { Context, MiddlewareHandler } from "hono";
import { FaceNetError } from "../errors.ts";
import { findApiKey } from "../keys/api-key.ts";
import type { ApiKey, Scope } from "../schemas/api-key.ts";
import { scopes } from "../schemas/api-key.ts";
import { clientAddress } from "./client-address.ts";
import type { Caller, Env } from "./env.ts";
import type { RateLimit } from "./rate-limit.ts";
import type { Services } from "./services.ts";

/** Whoever uses this machine, where no key is asked for. */
const local: Caller = { id: "local", scope: "admin" };

export type AuthenticationOptions = Pick<Services, "keys" | "keysRequired"> & {
  /** Wrong keys that an address may send. */
  readonly attempts: RateLimit;
};

/** @throws FaceNetError KEY_NEEDED, KEY_INVALID, RATE_LIMITED after too many wrong keys of one address */
export function authentication({ keys, keysRequired, attempts }: AuthenticationOptions): MiddlewareHandler<Env> {
  return async (c, next) => {
    if (!c.get("caller")) c.set("caller", await callerOf(c)); // unless a signed address has said who it is
    await next();
  };

  async function callerOf(c: Context<Env>): Promise<Caller> {
    const text = bearer(c.req.header("authorization")) ?? c.req.header("x-api-key");
    if (text === undefined) {
      if (keysRequired) throw new FaceNetError("KEY_NEEDED");
      return local;
    }
    const address = clientAddress(c);
    attempts.require(address);
    const found: ApiKey | undefined = findApiKey(await keys(), text);
    if (!found) {
      attempts.take(address);
      throw new FaceNetError("KEY_INVALID");
    }
    return { id: found.id, scope: found.scope };
  }
}

export function callerOf(c: Context<Env>): Caller {
  const caller = c.get("caller");
  if (!caller) throw new TypeError("every request is authenticated before it is answered");
  return caller;
}

/** @throws FaceNetError KEY_SCOPE */
export function requireScope({ scope }: Caller, wanted: Scope): void {
  if (scopes.indexOf(scope) < scopes.indexOf(wanted)) throw new FaceNetError("KEY_SCOPE", { actual: scope, wanted });
}

function bearer(header: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(header ?? "")?.[1] ?? (header === undefined ? undefined : "");
}
