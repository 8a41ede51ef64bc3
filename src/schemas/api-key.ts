/** Keys of the HTTP service, as they are kept: what would let somebody in is only there as its hash. */
import * as z from "zod";

/** Each includes those before it. */
export const scopes = ["read", "write", "admin"] as const;
export const Scope = z
  .enum(scopes)
  .describe("read: look at photographs and the gallery; write: add and correct too; admin: forget and index folders too");
export type Scope = z.infer<typeof Scope>;

export const ApiKey = z.object({
  id: z
    .string()
    .regex(/^[0-9a-f]{12}$/)
    .describe("names the key in logs and to revoke it; no secret"),
  name: z.string().describe("what or whom it is for"),
  scope: Scope,
  createdAt: z.string().describe("ISO 8601, UTC"),
  revokedAt: z.string().nullable(),
});
export type ApiKey = z.infer<typeof ApiKey>;

/** The file of all keys. */
export const KeyFile = z.strictObject({
  version: z.literal(1),
  keys: z.array(ApiKey.extend({ sha256: z.string().describe("of the secret, hexadecimal") })),
});
export type KeyFile = z.infer<typeof KeyFile>;
