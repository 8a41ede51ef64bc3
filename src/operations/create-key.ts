import { randomBytes } from "node:crypto";
import * as z from "zod";
import { createApiKey, withoutHash } from "../keys/api-key.ts";
import { changeKeys } from "../keys/key-file.ts";
import { ApiKey, Scope } from "../schemas/api-key.ts";
import { defaultKeyFile, keysOption } from "./key-options.ts";
import { defineAnswer } from "./operation.ts";

export const createKey = defineAnswer({
  name: "keys create",
  summary: "Creates an API key of the HTTP service and shows it once",
  positionals: ["name"],
  examples: [{ command: "facenet keys create door --scope read", says: "a read-only key" }],
  input: z.strictObject({
    name: z.string().trim().min(1).max(100).describe("purpose or owner of the key"),
    scope: Scope.default("read"),
    ...keysOption,
  }),
  output: ApiKey.extend({ key: z.string().describe("the key itself; not stored") }),
  async run({ name, scope, keys: file = defaultKeyFile() }) {
    const { key, kept } = createApiKey({ name, scope, now: new Date(), random: randomBytes });
    await changeKeys(file, ({ keys }) => ({ version: 1, keys: [...keys, kept] }));
    return { ...withoutHash(kept), key };
  },
});
