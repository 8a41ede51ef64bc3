/** Load limits: queued work, bytes in memory, requests per minute. Requests beyond a limit are rejected at once. */
import { FaceNetError } from "../errors.ts";

/** Weight of the latest duration in the exponential moving average. */
const LATEST = 0.1;

/** Limits the requests that wait for the engine or run in it. */
export class WorkQueue {
  readonly #limit: number;
  readonly #now: () => number;
  #size = 0;
  #meanMs = 100;
  #lastDone = Number.NEGATIVE_INFINITY;

  /**
   * @param limit maximum number of requests, waiting ones included
   * @param now monotonic clock, milliseconds
   */
  constructor(limit: number, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  /** requests waiting or running */
  get size(): number {
    return this.#size;
  }

  /** Checked before a body is read, so that a refusal is cheap. @throws FaceNetError SERVER_BUSY */
  requireRoom(): void {
    if (this.#size < this.#limit) return;
    const seconds = Math.max(1, Math.ceil((this.#size * this.#meanMs) / 1000));
    throw new FaceNetError("SERVER_BUSY", { what: `${this.#size} requests`, seconds: Math.min(seconds, 60) });
  }

  /** @throws FaceNetError SERVER_BUSY; what the work throws */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.requireRoom();
    this.#size++;
    const start = this.#now();
    try {
      return await work();
    } finally {
      this.#size--;
      const now = this.#now();
      // While the queue is not empty, the time between two completions is the engine's time per request.
      const elapsed = now - Math.max(start, this.#lastDone);
      this.#lastDone = now;
      this.#meanMs += (elapsed - this.#meanMs) * LATEST;
    }
  }
}

/** Bytes that one request holds of the budget. */
export type ByteLease = {
  /**
   * @throws FaceNetError SERVER_BUSY if all requests together exceed the total; REQUEST_TOO_LARGE if this one exceeds its share
   */
  readonly take: (bytes: number) => void;
  readonly release: () => void;
};

/** Limits the bytes of request bodies in memory. */
export class ByteBudget {
  readonly #total: number;
  readonly #perRequest: number;
  #used = 0;

  /** Both in bytes. */
  constructor({ total, perRequest }: { readonly total: number; readonly perRequest: number }) {
    this.#total = total;
    this.#perRequest = perRequest;
  }

  /** bytes held now */
  get used(): number {
    return this.#used;
  }

  /** @param announced Content-Length @throws FaceNetError REQUEST_TOO_LARGE */
  lease(announced: number): ByteLease {
    let held = 0;
    const refuseMoreThan = (bytes: number): void => {
      if (bytes > this.#perRequest)
        throw new FaceNetError("REQUEST_TOO_LARGE", { what: "it is larger", limit: `${this.#perRequest} bytes` });
    };
    refuseMoreThan(announced);
    return {
      take: (bytes) => {
        refuseMoreThan(held + bytes);
        if (this.#used + bytes > this.#total) throw new FaceNetError("SERVER_BUSY", { what: "uploads at once", seconds: 1 });
        held += bytes;
        this.#used += bytes;
      },
      release: () => {
        this.#used -= held;
        held = 0;
      },
    };
  }
}

const MINUTE_MS = 60_000;
/** Callers tracked; beyond this, the least recently active one is dropped. */
const CALLERS = 10_000;

/** Token bucket per caller: holds the tokens of one minute and refills continuously. */
export class RateLimit {
  readonly #perMinute: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, { left: number; at: number }>();

  /**
   * @param perMinute 0: no limit
   * @param now monotonic clock, milliseconds
   */
  constructor(perMinute: number, now: () => number) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /** Takes a token. @throws FaceNetError RATE_LIMITED with the seconds until the next token, if the caller has none */
  take(caller: string): void {
    if (this.#perMinute === 0) return;
    const bucket = this.#bucket(caller);
    if (bucket.left < 1) {
      const seconds = Math.ceil(((1 - bucket.left) / this.#perMinute) * 60);
      throw new FaceNetError("RATE_LIMITED", { limit: this.#perMinute, seconds });
    }
    bucket.left -= 1;
  }

  #bucket(caller: string): { left: number; at: number } {
    const now = this.#now();
    const { left, at } = this.#buckets.get(caller) ?? { left: this.#perMinute, at: now };
    const bucket = { left: Math.min(this.#perMinute, left + ((now - at) / MINUTE_MS) * this.#perMinute), at: now };
    this.#buckets.delete(caller);
    this.#buckets.set(caller, bucket); // keeps the map ordered by last use
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > CALLERS && oldest !== undefined) this.#buckets.delete(oldest);
    return bucket;
  }
}
