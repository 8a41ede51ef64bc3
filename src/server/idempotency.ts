/**
 * Requests that change something may be sent again without changing it twice: with the same Idempotency-Key the second
 * gets the first's answer, also while that one is still at work. Remembered in this process, for a day.
 */
import { createHash } from "node:crypto";
import type { Context } from "hono";
import { FaceNetError } from "../errors.ts";
import { callerOf } from "./authentication.ts";
import type { Env } from "./env.ts";
import { requestError } from "./error-response.ts";
import type { ReadRequest } from "./read-request.ts";

const DAY_MS = 86_400_000;
/** Answers remembered; the oldest go first. */
const ANSWERS = 10_000;

type Kept = { readonly fingerprint: string; readonly answer: Promise<unknown>; readonly at: number };

export class Idempotency {
  readonly #kept = new Map<string, Kept>();
  readonly #now: () => number;

  /** @param now milliseconds, from any start */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * @param key of the caller and the request; work that failed is forgotten, so that it can be tried again
   * @param fingerprint of all that the request holds
   * @throws FaceNetError IDEMPOTENCY_CONFLICT for another request with the same key; what the work throws
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

/** Characters of an Idempotency-Key. */
const KEY_LENGTH = 200;

/** The caller's own; undefined where the request has none. @throws FaceNetError REQUEST_INVALID */
export function idempotencyKey(c: Context<Env>): string | undefined {
  const key = c.req.header("idempotency-key");
  if (key === undefined) return undefined;
  if (key === "" || key.length > KEY_LENGTH) throw requestError(`its Idempotency-Key must have 1 to ${KEY_LENGTH} characters`);
  return `${callerOf(c).id} ${key}`;
}

/** The same for requests that ask for the same. */
export async function fingerprintOf(route: string, { input, photographs }: ReadRequest): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([route, input]));
  for (const [field, files] of Object.entries(photographs)) {
    for (const file of files) hash.update(`${field} ${file.size}\n`).update(new Uint8Array(await file.arrayBuffer()));
  }
  return hash.digest("hex");
}
