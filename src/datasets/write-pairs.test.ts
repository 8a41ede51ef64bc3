import { expect, it } from "vitest";
import { type Pair, parsePairs } from "./pairs.ts";
import { formatPairs } from "./write-pairs.ts";

const ref = (name: string, index: number) => ({ name, index });
const pairs: Pair[] = [1, 2].flatMap((fold) => [
  { left: ref(`Ada ${fold}`, 1), right: ref(`Ada ${fold}`, 12), same: true, fold },
  { left: ref(`Ada ${fold}`, 1), right: ref("Zoë", fold), same: false, fold },
]);

it("writes what parsePairs reads", () => {
  expect(formatPairs(pairs)).toBe("2\t1\nAda 1\t1\t12\nAda 1\t1\tZoë\t1\nAda 2\t1\t12\nAda 2\t1\tZoë\t2\n");
  expect(parsePairs(formatPairs(pairs), "pairs.txt")).toEqual(pairs);
});

it("refuses folds that differ", () => {
  expect(() => formatPairs(pairs.slice(1))).toThrow(RangeError);
  expect(() => formatPairs([])).toThrow(RangeError);
});
