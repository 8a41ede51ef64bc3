/** Errors in the page's language. */
import { ServiceError } from "../src/client/create-client.ts";
import type { Strings } from "./strings/strings.ts";

/** The service does not answer: a failed `fetch` is a TypeError. */
export const isOffline = (error: unknown): boolean => error instanceof TypeError;

export function errorText(error: unknown, t: Strings): string {
  if (error instanceof ServiceError) {
    const text = (t.errors as Readonly<Record<string, string>>)[error.code];
    return text ?? t.otherError(error.code, error.message);
  }
  if (isOffline(error)) return t.offline;
  return error instanceof Error ? error.message : String(error);
}
