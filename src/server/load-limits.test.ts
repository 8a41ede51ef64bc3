import { describe, expect, test } from "vitest";
import { ByteBudget, RateLimit, WorkQueue } from "./load-limits.ts";

describe("the work queue", () => {
  test("work beyond the limit is rejected at once; finished work makes room", async () => {
    const queue = new WorkQueue(2, () => 0);
    const { promise, resolve } = Promise.withResolvers<void>();
    const running = [queue.run(() => promise), queue.run(() => promise)];
    await expect(queue.run(async () => 1)).rejects.toThrow(expect.objectContaining({ code: "SERVER_BUSY" }));
    resolve();
    await Promise.all(running);
    expect(await queue.run(async () => 1)).toBe(1);
    expect(queue.size).toBe(0);
  });

  test("failed work makes room, too", async () => {
    const queue = new WorkQueue(1, () => 0);
    await expect(queue.run(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(queue.size).toBe(0);
  });

  test("a rejection estimates when there is room, from recent durations", async () => {
    let now = 0;
    const queue = new WorkQueue(1, () => now);
    for (let i = 0; i < 100; i++) {
      await queue.run(async () => {
        now += 5000;
      });
    }
    const waiting = queue.run(() => new Promise<void>(() => undefined));
    const refusal = await queue.run(async () => 1).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ data: { seconds: 5 } });
    void waiting;
  });
});

describe("the byte budget", () => {
  const code = (wanted: string) => expect.objectContaining({ code: wanted });

  test("a request is limited to its share, with or without Content-Length", () => {
    const budget = new ByteBudget({ total: 100, perRequest: 30 });
    const lease = budget.lease(30);
    lease.take(20);
    expect(() => lease.take(11)).toThrow(code("REQUEST_TOO_LARGE"));
    expect(() => budget.lease(31)).toThrow(code("REQUEST_TOO_LARGE"));
  });

  test("all requests together are limited to the total; released bytes can be used again", () => {
    const budget = new ByteBudget({ total: 50, perRequest: 30 });
    const [first, second] = [budget.lease(0), budget.lease(0)];
    first.take(30);
    expect(() => second.take(21)).toThrow(code("SERVER_BUSY"));
    first.release();
    second.take(21);
    expect(budget.used).toBe(21);
  });

  test("releasing twice counts once", () => {
    const budget = new ByteBudget({ total: 50, perRequest: 30 });
    const [first, second] = [budget.lease(0), budget.lease(0)];
    first.take(10);
    second.take(5);
    first.release();
    first.release();
    expect(budget.used).toBe(5);
  });
});

describe("the rate limit", () => {
  function use(limit: RateLimit, caller: string): boolean {
    try {
      limit.take(caller);
      return true;
    } catch {
      return false;
    }
  }

  test("a caller can burst one minute's worth, then refills continuously, independent of others", () => {
    let now = 0;
    const limit = new RateLimit(60, () => now);
    const granted = (seconds: number, caller = "a") => {
      now += seconds * 1000;
      let count = 0;
      while (use(limit, caller)) count++;
      return count;
    };
    expect(granted(0)).toBe(60);
    expect(granted(10)).toBe(10);
    expect(granted(0, "b")).toBe(60);
    expect(granted(3600)).toBe(60);
  });

  test("a rejection states when to retry", () => {
    const limit = new RateLimit(6, () => 0);
    while (use(limit, "a"));
    expect(() => limit.take("a")).toThrow(expect.objectContaining({ code: "RATE_LIMITED", data: { limit: 6, seconds: 10 } }));
  });

  test("0 disables the limit", () => {
    const limit = new RateLimit(0, () => 0);
    for (let i = 0; i < 1000; i++) expect(use(limit, "a")).toBe(true);
  });
});
