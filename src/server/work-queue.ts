/** How much work the server takes on: up to a limit requests wait for the engine, the next is told when to come back. */
import { FaceNetError } from "../errors.ts";

/** Weight of the latest answer in the running mean. */
const LATEST = 0.1;

export class WorkQueue {
  readonly #limit: number;
  readonly #now: () => number;
  #inHand = 0;
  #meanMs = 100;
  #lastDone = Number.NEGATIVE_INFINITY;

  /**
   * @param limit requests in hand at once, waiting ones included
   * @param now milliseconds, from any start
   */
  constructor(limit: number, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  get inHand(): number {
    return this.#inHand;
  }

  /** Is there room? Asked before a body is read, so that a refusal costs little. @throws FaceNetError SERVER_BUSY */
  requireRoom(): void {
    if (this.#inHand < this.#limit) return;
    const seconds = Math.max(1, Math.ceil((this.#inHand * this.#meanMs) / 1000));
    throw new FaceNetError("SERVER_BUSY", { what: `${this.#inHand} requests`, seconds: Math.min(seconds, 60) });
  }

  /** @throws FaceNetError SERVER_BUSY; what the work throws */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.requireRoom();
    this.#inHand++;
    const start = this.#now();
    try {
      return await work();
    } finally {
      this.#inHand--;
      const now = this.#now();
      // While the queue is never empty, answers follow one another at the pace of the engine.
      const since = now - Math.max(start, this.#lastDone);
      this.#lastDone = now;
      this.#meanMs += (since - this.#meanMs) * LATEST;
    }
  }
}
