import { createHash, randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { createApiKey, findApiKey } from "./api-key.ts";

const now = new Date("2026-01-02T03:04:05Z");
const make = (name: string) => createApiKey({ name, scope: "read", now, random: randomBytes });

test("a key is recognised, and no secret is stored", () => {
  const [anna, door] = [make("anna"), make("door")];
  const keys = [anna.kept, door.kept];
  expect(findApiKey(keys, door.key)).toEqual({
    id: door.kept.id,
    name: "door",
    scope: "read",
    createdAt: "2026-01-02T03:04:05.000Z",
    revokedAt: null,
  });
  const secret = door.key.slice(`fn_${door.kept.id}_`.length);
  expect(JSON.stringify(keys)).not.toContain(secret);
  expect(door.kept.sha256).toBe(createHash("sha256").update(secret).digest("hex"));
});

test("other text is not a key", () => {
  const { key, kept } = make("anna");
  const swapped = `${key.slice(0, -1)}${key.endsWith("A") ? "B" : "A"}`;
  for (const text of ["", "fn__", kept.id, kept.sha256, swapped, `${key} `, key.toUpperCase(), make("other").key]) {
    expect(findApiKey([kept], text), text).toBeUndefined();
  }
});

test("a revoked key is invalid", () => {
  const { key, kept } = make("anna");
  expect(findApiKey([{ ...kept, revokedAt: now.toISOString() }], key)).toBeUndefined();
});
