/** The key commands. */
import { createKey } from "../operations/create-key.ts";
import { listKeys } from "../operations/list-keys.ts";
import { revokeKey } from "../operations/revoke-key.ts";
import { answerCommand } from "./command.ts";
import { tableLines } from "./tables.ts";

export const keysCommands = [
  answerCommand(createKey, {
    text: ({ key, id, name, scope }) =>
      [key, "", `For ${name}, scope ${scope}. It is shown only once; \`facenet keys revoke ${id}\` revokes it.`].join("\n"),
  }),
  answerCommand(listKeys, {
    text({ keys }) {
      if (keys.length === 0) return "No keys. `facenet keys create NAME` creates one.";
      const rows = keys.map(({ id, name, scope, createdAt, revokedAt }) => [id, name, scope, createdAt, revokedAt ?? ""]);
      return tableLines(["id", "name", "scope", "made", "revoked"], rows).join("\n");
    },
  }),
  answerCommand(revokeKey),
];
