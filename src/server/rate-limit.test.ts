import { expect, test } from "vitest";
import { RateLimit } from "./rate-limit.ts";

function use(limit: RateLimit, caller: string): boolean {
  try {
    limit.require(caller);
    limit.take(caller);
    return true;
  } catch {
    return false;
  }
}

test("a caller has a minute's worth at once, then as much as time brings; others are not touched", () => {
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

test("a refusal says when to come back", () => {
  const limit = new RateLimit(6, () => 0);
  while (use(limit, "a"));
  expect(() => limit.require("a")).toThrow(expect.objectContaining({ code: "RATE_LIMITED", data: { limit: 6, seconds: 10 } }));
});

test("0 is no limit", () => {
  const limit = new RateLimit(0, () => 0);
  for (let i = 0; i < 1000; i++) expect(use(limit, "a")).toBe(true);
});
