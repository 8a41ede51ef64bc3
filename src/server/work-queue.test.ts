import { expect, test } from "vitest";
import { WorkQueue } from "./work-queue.ts";

test("what goes beyond the limit is refused at once, and there is room again when work ends", async () => {
  const queue = new WorkQueue(2, () => 0);
  const { promise, resolve } = Promise.withResolvers<void>();
  const running = [queue.run(() => promise), queue.run(() => promise)];
  await expect(queue.run(async () => 1)).rejects.toThrow(expect.objectContaining({ code: "SERVER_BUSY" }));
  resolve();
  await Promise.all(running);
  expect(await queue.run(async () => 1)).toBe(1);
  expect(queue.inHand).toBe(0);
});

test("work that fails makes room as well", async () => {
  const queue = new WorkQueue(1, () => 0);
  await expect(queue.run(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(queue.inHand).toBe(0);
});

test("a refusal says when the work in hand will be done, by the pace of the last answers", async () => {
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
