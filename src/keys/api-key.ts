/**
 * API keys: `fn_`, the id, `_`, and a secret of 256 random bits. SHA-256 suffices to store a random secret of this length;
 * slow hashes are for passwords.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { ApiKey, KeyFile, Scope } from "../schemas/api-key.ts";

const ID_BYTES = 6;
const SECRET_BYTES = 32;

type StoredKey = KeyFile["keys"][number];

export type NewKey = {
  readonly name: string;
  readonly scope: Scope;
  readonly now: Date;
  /** source of cryptographically secure random bytes */
  readonly random: (bytes: number) => Uint8Array;
};

/** A new key, shown once, and the record to store. */
export function createApiKey({ name, scope, now, random }: NewKey): { readonly key: string; readonly kept: StoredKey } {
  const id = Buffer.from(random(ID_BYTES)).toString("hex");
  const secret = Buffer.from(random(SECRET_BYTES)).toString("base64url");
  const kept: StoredKey = {
    id,
    name,
    scope,
    createdAt: now.toISOString(),
    revokedAt: null,
    sha256: sha256(secret).toString("hex"),
  };
  return { key: `fn_${id}_${secret}`, kept };
}

/** Looks up a valid key. The comparison of secrets takes constant time. */
export function findApiKey(keys: KeyFile["keys"], text: string): ApiKey | undefined {
  const [, id, secret] = /^fn_([0-9a-f]{12})_([\w-]{43})$/.exec(text) ?? [];
  const kept = keys.find((key) => key.id === id);
  if (!kept || secret === undefined) return undefined;
  const isRight = timingSafeEqual(sha256(secret), Buffer.from(kept.sha256, "hex"));
  return isRight && kept.revokedAt === null ? withoutHash(kept) : undefined;
}

export function withoutHash({ sha256: _, ...key }: StoredKey): ApiKey {
  return key;
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
