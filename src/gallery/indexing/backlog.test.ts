import { describe, expect, it } from "vitest";
import { Backlog } from "./backlog.ts";

describe("Backlog", () => {
  it("yields items in order, including those added while it is being read, and ends", async () => {
    const backlog = new Backlog<number>();
    for (let i = 0; i < 10_000; i++) backlog.add(i);
    const taking = Array.fromAsync(backlog);
    await new Promise(setImmediate);
    for (let i = 10_000; i < 10_050; i++) backlog.add(i);
    expect(backlog).toMatchObject({ added: 10_050, ended: false });
    backlog.end();
    expect(await taking).toEqual(Array.from({ length: 10_050 }, (_, i) => i));
  });

  it("waits while it is empty", async () => {
    const backlog = new Backlog<string>();
    const next = backlog[Symbol.asyncIterator]().next();
    await new Promise(setImmediate);
    backlog.add("late");
    expect(await next).toEqual({ value: "late", done: false });
  });

  it("forwards an error after the items added before it", async () => {
    const backlog = new Backlog<number>();
    backlog.add(1);
    backlog.end(new Error("the disk is gone"));
    const taken: number[] = [];
    const taking = (async () => {
      for await (const item of backlog) taken.push(item);
    })();
    await expect(taking).rejects.toThrow("the disk is gone");
    expect(taken).toEqual([1]);
  });

  it("tells the producer that the consumer has stopped", async () => {
    const backlog = new Backlog<number>();
    backlog.add(1);
    for await (const _ of backlog) break;
    expect(backlog.abandoned).toBe(true);
  });
});
