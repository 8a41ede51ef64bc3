import * as z from "zod";
import { withoutHash } from "../keys/api-key.ts";
import { readKeys } from "../keys/key-file.ts";
import { ApiKey } from "../schemas/api-key.ts";
import { defaultKeyFile, keysOption } from "./key-options.ts";
import { defineAnswer } from "./operation.ts";

export const listKeys = defineAnswer({
  name: "keys list",
  summary: "Lists the API keys of the HTTP service, including revoked ones",
  examples: [{ command: "facenet keys list", says: "all keys with name, scope and date" }],
  input: z.strictObject(keysOption),
  output: z.object({ keys: z.array(ApiKey) }),
  async run({ keys: file = defaultKeyFile() }) {
    return { keys: (await readKeys(file)).keys.map(withoutHash) };
  },
});
