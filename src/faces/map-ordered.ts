/** Maps an asynchronous function over a sequence with limited concurrency, yielding results in order. */

/**
 * Reads at most `concurrency` items ahead, so memory stays bounded for a sequence of any length; a finished
 * result is yielded without waiting for the sequence's next item. When the consumer stops early, `work` throws
 * or the signal aborts, no further item is started.
 *
 * @throws what `work` and the sequence throw, after the results before it; the signal's reason
 */
export async function* mapOrdered<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  concurrency: number,
  work: (item: T, index: number) => Promise<R>,
  signal?: AbortSignal,
): AsyncGenerator<R, void, undefined> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const running: Promise<R>[] = [];
  let reading: Promise<void> | undefined;
  let index = 0;
  let exhausted = false;
  let left = false;

  const start = (promise: Promise<R>): void => {
    promise.catch(ignore); // handled when it is awaited in order
    running.push(promise);
  };
  const read = async (): Promise<void> => {
    try {
      const next = await orAborted(Promise.resolve(iterator.next()), signal);
      if (next.done) exhausted = true;
      else if (!left) start(work(next.value, index++));
    } catch (error) {
      exhausted = !signal?.aborted;
      start(Promise.reject(error));
    }
    reading = undefined;
  };

  try {
    for (;;) {
      if (!exhausted && running.length < concurrency) reading ??= read();
      const first = running[0];
      if (!first && !reading) return;
      if (reading && (await Promise.race([reading.then(() => "read"), first?.then(() => "ready") ?? reading])) !== "ready")
        continue;
      running.shift();
      const result = await (first as Promise<R>);
      signal?.throwIfAborted();
      yield result;
    }
  } finally {
    left = true;
    // A sequence that awaits its own next item can only be closed after that item.
    const closed = exhausted ? undefined : Promise.resolve(iterator.return?.());
    if (reading || signal?.aborted) closed?.catch(ignore);
    else await closed;
  }
}

const ignore = (): void => undefined;

/** The promise, rejected early if the signal aborts. The listener is removed afterwards. */
function orAborted<V>(promise: Promise<V>, signal: AbortSignal | undefined): Promise<V> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
