import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { withoutHash } from "../keys/api-key.ts";
import { changeKeys } from "../keys/key-file.ts";
import { ApiKey } from "../schemas/api-key.ts";
import { defaultKeyFile, keysOption } from "./key-options.ts";
import { defineAnswer } from "./operation.ts";

export const revokeKey = defineAnswer({
  name: "keys revoke",
  summary: "Revokes an API key of the HTTP service",
  positionals: ["id"],
  examples: [{ command: "facenet keys revoke 3f9a01c2d4e5", says: "takes effect immediately on running servers" }],
  input: z.strictObject({ id: z.string().describe("id of the key, as listed by `facenet keys list`"), ...keysOption }),
  output: ApiKey,
  async run({ id, keys: file = defaultKeyFile() }) {
    const now = new Date().toISOString();
    let revoked: ApiKey | undefined;
    await changeKeys(file, ({ keys }) => {
      const changed = keys.map((key) => (key.id === id ? { ...key, revokedAt: key.revokedAt ?? now } : key));
      const found = changed.find((key) => key.id === id);
      if (!found) throw new FaceNetError("NOT_FOUND", { what: "key", id });
      revoked = withoutHash(found);
      return { version: 1, keys: changed };
    });
    return revoked as ApiKey;
  },
});
