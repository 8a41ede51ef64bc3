/** API keys of the HTTP service as stored: only a hash of each secret is kept. */
import * as z from "zod";

/** Each scope includes those before it. */
export const scopes = ["read", "write", "admin"] as const;
export const Scope = z
  .enum(scopes)
  .describe("read: view photographs and the gallery; write: also add and correct; admin: also forget and index folders");
export type Scope = z.infer<typeof Scope>;

export const ApiKey = z.object({
  id: z
    .string()
    .regex(/^[0-9a-f]{12}$/)
    .describe("identifies the key in logs and for revoking; not secret"),
  name: z.string().describe("purpose or owner"),
  scope: Scope,
  createdAt: z.string().describe("ISO 8601, UTC"),
  revokedAt: z.string().nullable(),
});
export type ApiKey = z.infer<typeof ApiKey>;

/** The key file. */
export const KeyFile = z.strictObject({
  version: z.literal(1),
  keys: z.array(ApiKey.extend({ sha256: z.string().describe("of the secret, hexadecimal") })),
});
export type KeyFile = z.infer<typeof KeyFile>;
