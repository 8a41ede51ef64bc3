/**
 * Who looked up whom: a line of JSON for each answer that names people, written before the answer is given. It holds
 * numbers of people, never names, faces or keys.
 */
import { appendFile, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { FaceNetError, reasonOf } from "../errors.ts";

export type LookUp = {
  /** ISO 8601, UTC */
  readonly at: string;
  readonly requestId: string;
  /** id of the key, or "local" */
  readonly caller: string;
  readonly address: string;
  readonly operation: string;
  /** ids of the people in the answer */
  readonly people: readonly number[];
};

/** @returns writes a line. Throws FaceNetError OUTPUT_NOT_WRITABLE: without a record there is no answer. */
export function auditRecord(file: string): (lookUp: LookUp) => Promise<void> {
  let ready: Promise<unknown> | undefined;
  return async (lookUp) => {
    try {
      ready ??= mkdir(dirname(file), { recursive: true });
      await ready;
      await appendFile(file, `${JSON.stringify(lookUp)}\n`, { mode: 0o600 });
    } catch (error) {
      ready = undefined;
      throw new FaceNetError("OUTPUT_NOT_WRITABLE", { file, reason: reasonOf(error) }, error);
    }
  };
}

/** The people in an answer, wherever they stand in it: numbers called `person`, and ids of records in `people`. */
export function peopleIn(answer: unknown): number[] {
  const found = new Set<number>();
  const visit = (value: unknown, place: string): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, place);
    else if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
      for (const [name, field] of Object.entries(value)) {
        if (typeof field === "number" && (name === "person" || (name === "id" && place === "people"))) found.add(field);
        else visit(field, name);
      }
    }
  };
  visit(answer, "");
  return [...found].sort((a, b) => a - b);
}
