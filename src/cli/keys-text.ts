/** Text output of the key commands. */
import type * as z from "zod";
import type { createKey } from "../operations/create-key.ts";
import type { listKeys } from "../operations/list-keys.ts";
import { tableLines } from "./tables.ts";

export function createKeyText({ key, id, name, scope }: z.output<(typeof createKey)["output"]>): string {
  return [key, "", `For ${name}, scope ${scope}. It is shown only once; \`facenet keys revoke ${id}\` revokes it.`].join("\n");
}

export function listKeysText({ keys }: z.output<(typeof listKeys)["output"]>): string {
  if (keys.length === 0) return "No keys. `facenet keys create NAME` creates one.";
  const rows = keys.map(({ id, name, scope, createdAt, revokedAt }) => [id, name, scope, createdAt, revokedAt ?? ""]);
  return tableLines([{ title: "id" }, { title: "name" }, { title: "scope" }, { title: "made" }, { title: "revoked" }], rows).join(
    "\n",
  );
}
