/** So many requests a minute for each caller: a bucket that holds a minute's worth and fills up steadily. */
import { FaceNetError } from "../errors.ts";

const MINUTE_MS = 60_000;
/** Callers remembered; beyond it those whose buckets are full, that is who asked for nothing of late, are dropped. */
const CALLERS = 10_000;

type Bucket = { left: number; at: number };

export class RateLimit {
  readonly #perMinute: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /**
   * @param perMinute 0: no limit
   * @param now milliseconds, from any start
   */
  constructor(perMinute: number, now: () => number) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /** Is there one left? @throws FaceNetError RATE_LIMITED, with the seconds until there is */
  require(caller: string): void {
    if (this.#perMinute === 0) return;
    const { left } = this.#bucket(caller);
    if (left >= 1) return;
    const seconds = Math.ceil(((1 - left) / this.#perMinute) * 60);
    throw new FaceNetError("RATE_LIMITED", { limit: this.#perMinute, seconds });
  }

  /** Takes one, whether there is one or not. */
  take(caller: string): void {
    if (this.#perMinute > 0) this.#bucket(caller).left -= 1;
  }

  #bucket(caller: string): Bucket {
    const now = this.#now();
    const known = this.#buckets.get(caller);
    if (known) {
      known.left = this.#filled(known, now);
      known.at = now;
      return known;
    }
    if (this.#buckets.size >= CALLERS) {
      for (const [name, bucket] of this.#buckets) if (this.#filled(bucket, now) === this.#perMinute) this.#buckets.delete(name);
    }
    const fresh = { left: this.#perMinute, at: now };
    this.#buckets.set(caller, fresh);
    return fresh;
  }

  #filled({ left, at }: Bucket, now: number): number {
    return Math.min(this.#perMinute, left + ((now - at) / MINUTE_MS) * this.#perMinute);
  }
}
