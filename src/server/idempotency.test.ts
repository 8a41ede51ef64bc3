import { expect, test, vi } from "vitest";
import { fingerprintOf, Idempotency } from "./idempotency.ts";

test("the same request has its work done once, whether it comes later or meanwhile", async () => {
  const idempotency = new Idempotency(() => 0);
  const work = vi.fn(async () => ({ person: 1 }));
  const [first, meanwhile] = await Promise.all([idempotency.run("k", "f", work), idempotency.run("k", "f", work)]);
  expect([first, meanwhile, await idempotency.run("k", "f", work)]).toEqual([{ person: 1 }, { person: 1 }, { person: 1 }]);
  expect(work).toHaveBeenCalledTimes(1);
});

test("another request under the same key is refused", async () => {
  const idempotency = new Idempotency(() => 0);
  await idempotency.run("k", "f", async () => 1);
  await expect(idempotency.run("k", "g", async () => 2)).rejects.toThrow(
    expect.objectContaining({ code: "IDEMPOTENCY_CONFLICT" }),
  );
});

test("what failed may be tried again", async () => {
  const idempotency = new Idempotency(() => 0);
  await expect(idempotency.run("k", "f", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await idempotency.run("k", "f", async () => 2)).toBe(2);
});

test("after a day the key is free", async () => {
  let now = 0;
  const idempotency = new Idempotency(() => now);
  await idempotency.run("k", "f", async () => 1);
  now = 86_400_001;
  expect(await idempotency.run("k", "g", async () => 2)).toBe(2);
});

test("requests that differ in a photograph's bytes differ", () => {
  const of = (text: string) =>
    fingerprintOf("post /x", { input: { a: 1 }, photographs: { images: [{ name: "a.jpg", data: Buffer.from(text) }] } });
  expect(of("a")).toBe(of("a"));
  expect(of("a")).not.toBe(of("b"));
});
