import { expect, test, vi } from "vitest";
import { fingerprintOf, Idempotency } from "./idempotency.ts";

test("a repeated request runs once, whether it comes later or at the same time", async () => {
  const idempotency = new Idempotency(() => 0);
  const work = vi.fn(async () => ({ person: 1 }));
  const [first, meanwhile] = await Promise.all([idempotency.run("k", "f", work), idempotency.run("k", "f", work)]);
  expect([first, meanwhile, await idempotency.run("k", "f", work)]).toEqual([{ person: 1 }, { person: 1 }, { person: 1 }]);
  expect(work).toHaveBeenCalledTimes(1);
});

test("a different request with the same key is rejected", async () => {
  const idempotency = new Idempotency(() => 0);
  await idempotency.run("k", "f", async () => 1);
  await expect(idempotency.run("k", "g", async () => 2)).rejects.toThrow(
    expect.objectContaining({ code: "IDEMPOTENCY_CONFLICT" }),
  );
});

test("failed work can be retried", async () => {
  const idempotency = new Idempotency(() => 0);
  await expect(idempotency.run("k", "f", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await idempotency.run("k", "f", async () => 2)).toBe(2);
});

test("a key can be reused after a day", async () => {
  let now = 0;
  const idempotency = new Idempotency(() => now);
  await idempotency.run("k", "f", async () => 1);
  now = 86_400_001;
  expect(await idempotency.run("k", "g", async () => 2)).toBe(2);
});

test("requests with different photograph bytes have different fingerprints", () => {
  const of = (text: string) =>
    fingerprintOf("post /x", { input: { a: 1 }, photographs: { images: [{ name: "a.jpg", data: Buffer.from(text) }] } });
  expect(of("a")).toBe(of("a"));
  expect(of("a")).not.toBe(of("b"));
});
