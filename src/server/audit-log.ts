/**
 * Audit log: one line of JSON per call that names people or changes something, written before the response. It holds ids of
 * people, never names, faces or keys.
 */
import { appendFile, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { FaceNetError, reasonOf } from "../errors.ts";

export type AuditEntry = {
  /** ISO 8601, UTC */
  readonly at: string;
  readonly requestId: string;
  /** id of the key, or "local" */
  readonly caller: string;
  readonly address: string;
  /** method and path of the contract */
  readonly operation: string;
  /** ids of the people in the answer */
  readonly people: readonly number[];
};

/** @returns a function that appends an entry. It throws FaceNetError OUTPUT_NOT_WRITABLE: without an entry there is no answer. */
export function auditLog(file: string): (entry: AuditEntry) => Promise<void> {
  let ready: Promise<unknown> | undefined;
  return async (entry) => {
    try {
      ready ??= mkdir(dirname(file), { recursive: true });
      await ready;
      await appendFile(file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
    } catch (error) {
      ready = undefined;
      throw new FaceNetError("OUTPUT_NOT_WRITABLE", { file, reason: reasonOf(error) }, error);
    }
  };
}

/** Ids of the people in an answer: fields `person`, `id` in a list `people`, both sides of a merge. */
export function peopleIn(answer: unknown): number[] {
  const found = new Set<number>();
  const isPerson = (name: string, parent: string): boolean =>
    name === "person" ||
    (name === "id" && parent === "people") ||
    (parent === "correction" && (name === "into" || name === "from"));
  const visit = (value: unknown, parent: string): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, parent);
    else if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
      for (const [name, field] of Object.entries(value)) {
        if (typeof field === "number" && isPerson(name, parent)) found.add(field);
        else visit(field, name);
      }
    }
  };
  visit(answer, "");
  return [...found].sort((a, b) => a - b);
}
