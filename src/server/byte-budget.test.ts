import { expect, test } from "vitest";
import { ByteBudget } from "./byte-budget.ts";

const code = (wanted: string) => expect.objectContaining({ code: wanted });

test("a request may hold its share and no more, whether it announces it or not", () => {
  const budget = new ByteBudget({ total: 100, perRequest: 30 });
  const lease = budget.lease(30);
  lease.take(20);
  expect(() => lease.take(11)).toThrow(code("REQUEST_TOO_LARGE"));
  expect(() => budget.lease(31)).toThrow(code("REQUEST_TOO_LARGE"));
});

test("all requests together hold no more than the total; what is released can be taken again", () => {
  const budget = new ByteBudget({ total: 50, perRequest: 30 });
  const [first, second] = [budget.lease(0), budget.lease(0)];
  first.take(30);
  expect(() => second.take(21)).toThrow(code("SERVER_BUSY"));
  first.release();
  second.take(21);
  expect(budget.used).toBe(21);
});

test("releasing twice gives back once", () => {
  const budget = new ByteBudget({ total: 50, perRequest: 30 });
  const [first, second] = [budget.lease(0), budget.lease(0)];
  first.take(10);
  second.take(5);
  first.release();
  first.release();
  expect(budget.used).toBe(5);
});
