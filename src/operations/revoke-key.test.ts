import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findApiKey } from "../keys/api-key.ts";
import { readKeys } from "../keys/key-file.ts";
import { createKey } from "./create-key.ts";
import { listKeys } from "./list-keys.ts";
import type { OperationContext } from "./operation.ts";
import { revokeKey } from "./revoke-key.ts";

const context = {} as OperationContext;
let folder: string;
let keys: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "facenet-keys-"));
  keys = join(folder, "keys.json");
});
afterAll(() => rm(folder, { recursive: true }));

test("a key is made, listed without its secret, and revoked", async () => {
  const { key, ...made } = await createKey.run({ name: "door", scope: "write", keys }, context);
  expect(findApiKey((await readKeys(keys)).keys, key)).toEqual(made);
  expect(await listKeys.run({ keys }, context)).toEqual({ keys: [made] });
  const revoked = await revokeKey.run({ id: made.id, keys }, context);
  expect(revoked.revokedAt).not.toBeNull();
  expect(findApiKey((await readKeys(keys)).keys, key)).toBeUndefined();
});

test("a key that is not there cannot be revoked", async () => {
  await expect(revokeKey.run({ id: "none", keys }, context)).rejects.toThrow(expect.objectContaining({ code: "NOT_FOUND" }));
});
