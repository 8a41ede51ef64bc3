import { expect, it } from "vitest";
import { roundToHalf } from "./half-float.ts";

it.each([
  [1, 1],
  [-0.1, -0.0999755859375], // 0xAE66
  [1 / 3, 0.333251953125], // 0x3555
  [1 + 2 ** -11, 1], // a tie, to even
  [1 + 3 * 2 ** -11, 1 + 2 ** -9], // a tie, to even
  [2 ** -24, 2 ** -24], // the smallest there is
  [2 ** -26, 0],
  [0.999_99, 1],
])("roundToHalf(%d) is %d", (value, half) => {
  expect(roundToHalf(value)).toBe(half);
});
