import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
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
  folder = await temporaryFolder("keys");
  keys = join(folder, "keys.json");
});

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
