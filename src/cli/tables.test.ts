import { expect, test } from "vitest";
import { rowFormatter, tableLines } from "./tables.ts";

test("columns are as wide as their widest cell, numbers right-aligned, without trailing spaces", () => {
  const lines = tableLines(
    [{ title: "image" }, { title: "n", align: "right" }, { title: "note" }],
    [
      ["a.jpg", "1", ""],
      ["longer.jpg", "12", "x"],
    ],
  );
  expect(lines).toEqual(["image        n  note", "a.jpg        1", "longer.jpg  12  x"]);
});

test("a table without rows has only titles", () => {
  expect(tableLines([{ title: "a" }, { title: "b" }], [])).toEqual(["a  b"]);
});

test("row by row, columns grow and never shrink", () => {
  const format = rowFormatter([{ title: "a" }, { title: "b" }]);
  expect([format(["1", "x"]), format(["12345", "x"]), format(["1", "x"])]).toEqual(["1  x", "12345  x", "1      x"]);
});
