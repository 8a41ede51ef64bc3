/** Asynchronous first-in, first-out queue between one producer and one consumer; the consumer waits while it is empty. */
export class Backlog<T> implements AsyncIterable<T> {
  #items: T[] = [];
  #first = 0;
  #added = 0;
  #ended = false;
  #abandoned = false;
  #error: unknown;
  #wake: (() => void) | undefined;

  /** Number of items ever added. */
  get added(): number {
    return this.#added;
  }

  /** The producer has finished: `added` is the total. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The consumer has stopped, so the producer may stop too. */
  get abandoned(): boolean {
    return this.#abandoned;
  }

  add(item: T): void {
    if (this.#abandoned) return;
    this.#items.push(item);
    this.#added++;
    this.#wake?.();
  }

  /** @param error thrown to the consumer after the remaining items */
  end(error?: unknown): void {
    this.#ended = true;
    this.#error ??= error;
    this.#wake?.();
  }

  /** Tells the producer that the consumer has stopped. */
  abandon(): void {
    this.#abandoned = true;
    this.#items = [];
    this.#first = 0;
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    try {
      for (;;) {
        if (this.#first < this.#items.length) yield this.#take();
        else if (this.#error !== undefined) throw this.#error;
        else if (this.#ended) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.abandon();
    }
  }

  #take(): T {
    const item = this.#items[this.#first++] as T;
    // Consumed items are removed in batches: shifting each one would move all others every time.
    if (this.#first === this.#items.length || this.#first >= 4096) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return item;
  }
}
