import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { auditLog, peopleIn } from "./logs.ts";

const lookUp = {
  at: "2026-01-01T00:00:00Z",
  requestId: "r",
  caller: "local",
  address: "::1",
  operation: "identify",
  people: [3],
  error: null,
};

test("audit entries are lines of a file that only its owner can read", async () => {
  const folder = await temporaryFolder("audit");
  const file = join(folder, "deep", "audit.jsonl");
  const record = auditLog(file);
  await Promise.all([record(lookUp), record({ ...lookUp, people: [] })]);
  const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line).people.length).sort()).toEqual([0, 1]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test("an unwritable audit log is an error, so the request gets no answer", async () => {
  await expect(auditLog("/dev/null/audit.jsonl")(lookUp)).rejects.toThrow(
    expect.objectContaining({ code: "OUTPUT_NOT_WRITABLE" }),
  );
});

test("people are found anywhere in an answer, each once", () => {
  const answer = {
    photographs: [{ id: 90, faces: [{ id: 80, person: 7, nearest: [{ person: 2 }, { person: 7 }] }, { person: null }] }],
    people: [{ id: 5, name: "Anna" }],
    code: new Int8Array(3),
  };
  expect(peopleIn(answer)).toEqual([2, 5, 7]);
});
