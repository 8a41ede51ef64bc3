import { expect, it } from "vitest";
import { editDistance } from "./edit-distance.ts";

it.each([
  ["", "abc", 3],
  ["family.db", "famly.db", 1],
  ["kitten", "sitting", 3],
  ["same", "same", 0],
])("%s and %s: %i", (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
  expect(editDistance(b, a)).toBe(distance);
});
