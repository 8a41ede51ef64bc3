import { expect, test } from "vitest";
import { plainText } from "./plain-text.ts";

test("names and values, nested ones indented, plain lists on one line, without undefined", () => {
  const text = plainText({
    id: "m",
    size: 3,
    none: undefined,
    empty: [],
    rates: [1, 2],
    inner: { a: true },
    list: [{ x: 1, y: null }],
  });
  expect(text.split("\n")).toEqual([
    "id     m",
    "size   3",
    "empty  (none)",
    "rates  1, 2",
    "inner",
    "  a  true",
    "list",
    "  - x  1",
    "    y  null",
  ]);
});
