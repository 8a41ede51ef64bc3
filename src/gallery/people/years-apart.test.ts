import { expect, it } from "vitest";
import { yearsApart } from "./years-apart.ts";

it("is the number of years between two photographs, if both dates are known", () => {
  expect(yearsApart("2009-06-01T10:00:00", "2019-06-01T10:00:00")).toBeCloseTo(10, 2);
  expect(yearsApart("2019-06-01T10:00:00", "2009-06-01T10:00:00")).toBeCloseTo(10, 2);
  expect(yearsApart("2019-06-01", "2019-06-01")).toBe(0);
  for (const [a, b] of [
    [null, "2019-06-01"],
    ["2019-06-01", undefined],
    ["0000-00-00T00:00:00", "2019-06-01"],
  ])
    expect(yearsApart(a, b)).toBeNull();
});
