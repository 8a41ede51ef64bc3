/**
 * Idempotency keys: a repeated request with the same key gets the answer of the first, which may still be running, and is not
 * executed again. Answers are kept in this process for a day.
 */
import { createHash } from "node:crypto";
import type { Context } from "hono";
import { FaceNetError } from "../errors.ts";
import { callerOf, type Env } from "./authentication.ts";
import { requestError } from "./error-response.ts";
import type { ReadRequest } from "./read-request.ts";

const DAY_MS = 86_400_000;
/** Answers kept; the oldest are dropped first. */
const ANSWERS = 10_000;

type StoredAnswer = { readonly fingerprint: string; readonly answer: Promise<unknown>; readonly at: number };

export class Idempotency {
  readonly #kept = new Map<string, StoredAnswer>();
  readonly #now: () => number;

  /** @param now monotonic clock, milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Failed work is not kept, so that it can be retried.
   *
   * @param key of caller and request
   * @param fingerprint of the request's content
   * @throws FaceNetError IDEMPOTENCY_CONFLICT for a different request with the same key; what the work throws
   */
  async run(key: string, fingerprint: string, work: () => Promise<unknown>): Promise<unknown> {
    this.#forget();
    const known = this.#kept.get(key);
    if (known) {
      if (known.fingerprint !== fingerprint) throw new FaceNetError("IDEMPOTENCY_CONFLICT");
      return known.answer;
    }
    const answer = work();
    this.#kept.set(key, { fingerprint, answer, at: this.#now() });
    answer.catch(() => this.#kept.delete(key));
    return answer;
  }

  #forget(): void {
    for (const [key, { at }] of this.#kept) {
      if (at > this.#now() - DAY_MS && this.#kept.size < ANSWERS) return;
      this.#kept.delete(key);
    }
  }
}

/** Maximum length of an Idempotency-Key, characters. */
export const KEY_LENGTH = 200;

/** The key, separate for every caller; undefined without the header. @throws FaceNetError REQUEST_INVALID */
export function idempotencyKey(c: Context<Env>): string | undefined {
  const key = c.req.header("idempotency-key");
  if (key === undefined) return undefined;
  if (key === "" || key.length > KEY_LENGTH) throw requestError(`its Idempotency-Key must have 1 to ${KEY_LENGTH} characters`);
  return `${callerOf(c).id} ${key}`;
}

/** SHA-256 over route, input and uploads. */
export function fingerprintOf(route: string, { input, photographs }: ReadRequest): string {
  const hash = createHash("sha256").update(JSON.stringify([route, input]));
  for (const [field, files] of Object.entries(photographs)) {
    for (const { data } of files) hash.update(`${field} ${data.length}\n`).update(data);
  }
  return hash.digest("hex");
}
