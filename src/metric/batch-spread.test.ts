import { expect, it } from "vitest";
import { batchSpread } from "./batch-spread.ts";
import { distanceMatrix } from "./distance-matrix.ts";

it("is the mean distance within people and between them", () => {
  const distances = distanceMatrix(Float32Array.of(0, 1, 3, 7), 1);
  // people: {0, 1}, {3}, {7}
  expect(batchSpread(distances, [5, 5, 6, 8])).toEqual({
    positiveDistance: 1,
    negativeDistance: (9 + 49 + 4 + 36 + 16) / 5,
  });
});

it("is null where there is no such pair, never NaN", () => {
  expect(batchSpread(new Float32Array(0), [])).toEqual({ positiveDistance: null, negativeDistance: null });
  expect(batchSpread(new Float32Array(4), [1, 1])).toEqual({ positiveDistance: 0, negativeDistance: null });
});
