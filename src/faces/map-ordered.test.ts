import { setTimeout as wait } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mapOrdered } from "./map-ordered.ts";

const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => Array.fromAsync(items);

/** Infinite sequence 0, 1, 2, … that records how many were requested and whether it was closed. */
function counting() {
  const state = { read: 0, closed: false };
  async function* numbers() {
    try {
      for (;;) yield state.read++;
    } finally {
      state.closed = true;
    }
  }
  return { numbers: numbers(), state };
}

describe("mapOrdered", () => {
  it("yields results in order, whichever is ready first", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { maxLength: 20 }), fc.integer({ min: 1, max: 6 }), async (delays, concurrency) => {
        const results = await collect(
          mapOrdered(delays, concurrency, async (delay, index) => {
            await wait(delay);
            return index;
          }),
        );
        expect(results).toEqual(delays.map((_, index) => index));
      }),
      { numRuns: 30 },
    );
  });

  it("works on at most the given number at a time", async () => {
    let now = 0;
    let most = 0;
    await collect(
      mapOrdered(Array.from({ length: 12 }), 3, async () => {
        most = Math.max(most, ++now);
        await wait(2);
        now--;
      }),
    );
    expect(most).toBe(3);
  });

  it("reads an endless sequence no further than its concurrency ahead, and closes it when left", async () => {
    const { numbers, state } = counting();
    for await (const value of mapOrdered(numbers, 4, async (n) => n)) {
      expect(state.read - value).toBeLessThanOrEqual(5);
      if (value === 20) break;
    }
    expect(state.closed).toBe(true);
  });

  it("closes the sequence and throws the error when the work fails", async () => {
    const { numbers, state } = counting();
    const seen: number[] = [];
    const run = async () => {
      for await (const value of mapOrdered(numbers, 2, async (n) => (n === 3 ? Promise.reject(new Error("three")) : n)))
        seen.push(value);
    };
    await expect(run()).rejects.toThrow("three");
    expect(seen).toEqual([0, 1, 2]);
    expect(state.closed).toBe(true);
  });

  it("throws the error of the sequence, after the results before it", async () => {
    async function* broken() {
      yield 1;
      throw new Error("disk gone");
    }
    const seen: number[] = [];
    const run = async () => {
      for await (const value of mapOrdered(broken(), 4, async (n) => n)) seen.push(value);
    };
    await expect(run()).rejects.toThrow("disk gone");
    expect(seen).toEqual([1]);
  });

  it("yields finished results while the sequence is slow", async () => {
    const held = Promise.withResolvers<void>();
    async function* slow() {
      yield "first";
      await held.promise;
      yield "second";
    }
    const results = mapOrdered(slow(), 4, async (item) => item);
    expect(await results.next()).toEqual({ value: "first", done: false });
    held.resolve();
    expect(await collect(results)).toEqual(["second"]);
  });

  it("abandons a stalled sequence when its signal aborts", async () => {
    const stalled = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<IteratorResult<number>>(() => "never") }) };
    const controller = new AbortController();
    const results = collect(mapOrdered(stalled, 2, async (n) => n, controller.signal));
    setImmediate(() => controller.abort(new Error("enough")));
    await expect(results).rejects.toThrow("enough");
  });

  it("does not start work on items after the consumer has stopped", async () => {
    const second = Promise.withResolvers<number>();
    async function* late() {
      yield 1;
      yield await second.promise;
    }
    const worked: number[] = [];
    for await (const _ of mapOrdered(late(), 3, async (n) => worked.push(n))) break;
    second.resolve(2);
    await wait(1);
    expect(worked).toEqual([1]);
  });

  it("accepts an empty sequence", async () => {
    expect(await collect(mapOrdered([], 3, async () => 1))).toEqual([]);
  });
});
