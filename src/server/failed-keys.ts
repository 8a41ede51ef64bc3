/**
 * Limits attempts with wrong keys. Valid keys are looked up before and never come here, so that nobody can lock out another:
 * failures slow only the client that fails.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { clientNetwork } from "./client-address.ts";
import { RateLimit } from "./load-limits.ts";

/** Wrong keys per minute: of a client's address, and for the id of a key from all addresses together. */
const PER_ADDRESS = 30;
const PER_KEY = 30;
/** How long a refusal beyond the limits is delayed, ms: a client that waits for its answers cannot keep the server busy. */
const DELAY_MS = 1000;
/** Delayed refusals at a time, of an address and in all. Those beyond are answered at once and their connection is closed. */
const DELAYED_PER_ADDRESS = 64;
const DELAYED = 1024;

export class FailedKeys {
  readonly #addresses: RateLimit;
  readonly #claims: RateLimit;
  readonly #delayed = new Map<string, number>();
  #count = 0;

  /** @param now milliseconds, from any start */
  constructor(now: () => number) {
    this.#addresses = new RateLimit(PER_ADDRESS, now);
    this.#claims = new RateLimit(PER_KEY, now);
  }

  /**
   * Counts a failure.
   *
   * @param claim what the client sent as a key; undefined without one
   * @param close called if the connection should be closed with the answer
   * @throws FaceNetError RATE_LIMITED beyond the limits, after the delay
   */
  async count(address: string, claim: string | undefined, close: () => void): Promise<void> {
    const network = clientNetwork(address);
    try {
      this.#addresses.take(network);
      if (claim !== undefined) this.#claims.take(claimedId(claim));
    } catch (error) {
      if (!(await this.#delay(network))) close();
      throw error;
    }
  }

  /** @returns false if too many are delayed already */
  async #delay(network: string): Promise<boolean> {
    const own = this.#delayed.get(network) ?? 0;
    if (own >= DELAYED_PER_ADDRESS || this.#count >= DELAYED) return false;
    this.#delayed.set(network, own + 1);
    this.#count++;
    await sleep(DELAY_MS);
    this.#count--;
    const left = (this.#delayed.get(network) ?? 1) - 1;
    if (left === 0) this.#delayed.delete(network);
    else this.#delayed.set(network, left);
    return true;
  }
}

/** Id of the key that is being guessed; keys of another form count as one. */
function claimedId(claim: string): string {
  return /^fn_([0-9a-f]{12})_/.exec(claim)?.[1] ?? "none";
}
