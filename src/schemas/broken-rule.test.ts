import fc from "fast-check";
import { expect, test } from "vitest";
import * as z from "zod";
import { brokenRule } from "./broken-rule.ts";

const schema = z.strictObject({
  size: z.int().min(12).max(99),
  rate: z.number().positive(),
  names: z.array(z.string().min(1)).min(1),
  kind: z.enum(["a", "b"]),
  one: z.literal("x"),
  flag: z.boolean(),
  either: z.union([z.string(), z.number()]),
  date: z.string().regex(/^\d+$/, "must be a date"),
});
const valid = { size: 20, rate: 1, names: ["n"], kind: "a", one: "x", flag: true, either: 1, date: "1" };

test.each([
  [{ size: 3 }, "size must be at least 12"],
  [{ size: 1.5 }, "size must be a whole number"],
  [{ rate: 0 }, "rate must be more than 0"],
  [{ names: [] }, "names must have at least 1 item"],
  [{ names: [""] }, "names.0 must have at least 1 character"],
  [{ kind: "c" }, "kind must be one of a, b"],
  [{ one: "y" }, "one must be x"],
  [{ flag: undefined }, "flag must be true or false"],
  [{ date: "x" }, "date must be a date"],
  [{ other: 1 }, "has no option other"],
])("%j", (change, rule) => {
  expect(brokenRule(schema.safeParse({ ...valid, ...change }).error)).toBe(rule);
});

test("no message is zod's default", () => {
  fc.assert(
    fc.property(fc.record(Object.fromEntries(Object.keys(valid).map((key) => [key, fc.anything()]))), (value) => {
      const { error } = schema.safeParse(value);
      if (error) expect(brokenRule(error)).not.toMatch(/invalid|expected|received|too (small|big)|unrecognized/i);
    }),
  );
});

test("invalid JSON, and other errors", () => {
  expect(brokenRule(new SyntaxError("Unexpected token"))).toBe("is not JSON");
  expect(brokenRule(new Error("disk"))).toBeUndefined();
});
