/** What is still to be done: one side fills it, the other empties it in the same order and waits where it is empty. */
export class Backlog<T> implements AsyncIterable<T> {
  #items: T[] = [];
  #first = 0;
  #added = 0;
  #ended = false;
  #abandoned = false;
  #error: unknown;
  #wake: (() => void) | undefined;

  /** How many have been added, those that were taken since among them. */
  get added(): number {
    return this.#added;
  }

  /** No more are to come: `added` is how many there are in all. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Nobody will take any more: whoever fills it may stop. */
  get abandoned(): boolean {
    return this.#abandoned;
  }

  add(item: T): void {
    if (this.#abandoned) return;
    this.#items.push(item);
    this.#added++;
    this.#wake?.();
  }

  /** @param error thrown to the one who empties it, after what was added before */
  end(error?: unknown): void {
    this.#ended = true;
    this.#error ??= error;
    this.#wake?.();
  }

  /** Nobody will take any more. */
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
    // What was taken is let go of now and then: shifting every single one would move all others each time.
    if (this.#first === this.#items.length || this.#first >= 4096) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return item;
  }
}
