/**
 * An address that lets a browser in once more for somebody who has shown a key: what browsers open by themselves, such as
 * the document in a frame, comes without the key. It is signed with the key's hash, opens that one address to read, and
 * for a minute; a key that is revoked ends it.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { FaceNetError } from "../errors.ts";
import type { KeyFile } from "../schemas/api-key.ts";
import type { Env } from "./env.ts";

const LIFETIME_MS = 60_000;

type Keys = () => Promise<KeyFile["keys"]>;

/**
 * @param path of the address, without a query
 * @param keyId of the key that was shown
 * @param now milliseconds since 1970
 */
export async function signAddress(path: string, keyId: string, keys: Keys, now: number): Promise<string> {
  const key = (await keys()).find(({ id }) => id === keyId);
  if (!key) throw new FaceNetError("KEY_INVALID");
  const until = String(now + LIFETIME_MS);
  return `${path}?${new URLSearchParams({ key: keyId, until, signature: signatureOf(path, until, key.sha256).toString("hex") })}`;
}

/** Whoever brings a signature that counts is the key's holder; without one, authentication says who it is. */
export function signedCaller(keys: Keys, now: () => number = Date.now): MiddlewareHandler<Env> {
  return async (c, next) => {
    const { key: keyId, until, signature } = c.req.query();
    if (signature !== undefined) {
      const key = (await keys()).find(({ id }) => id === keyId);
      const isRight = key?.revokedAt === null && isSignature(signature, signatureOf(c.req.path, until ?? "", key.sha256));
      if (!isRight || !(Number(until) > now())) throw new FaceNetError("KEY_INVALID");
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
