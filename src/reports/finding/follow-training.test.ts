import { expect, it } from "vitest";
import type { TrainingStep } from "../../schemas/training.ts";
import { TrainingCurve } from "./follow-training.ts";

const step = (number: number, changes: Partial<TrainingStep> = {}): TrainingStep => ({
  step: number,
  epoch: number / 10,
  loss: number,
  learningRate: 0.05,
  images: 100,
  pairs: 500,
  triplets: 400,
  active: 10 * number,
  positiveDistance: 0.5,
  negativeDistance: null,
  imagesPerSecond: 50,
  waitedMs: 0,
  ...changes,
});

it("keeps every step of a short run", () => {
  const curve = new TrainingCurve(4);
  for (const number of [1, 2, 3]) curve.add(step(number));
  expect(curve.points.map(({ step, steps, loss, active }) => [step, steps, loss, active])).toEqual([
    [1, 1, 1, 10],
    [2, 1, 2, 20],
    [3, 1, 3, 30],
  ]);
});

it("averages neighbouring steps of a long run, each counted once", () => {
  const curve = new TrainingCurve(8);
  for (let number = 1; number <= 1003; number++) curve.add(step(number));
  const { points } = curve;
  expect(points.length).toBeLessThanOrEqual(8);
  expect(points.length).toBeGreaterThan(3);
  expect(points.reduce((sum, { steps }) => sum + steps, 0)).toBe(1003);
  let first = 1;
  for (const { step: last, steps, loss } of points) {
    expect(last - first + 1).toBe(steps);
    expect(loss).toBeCloseTo((first + last) / 2, 9); // the mean of first, first + 1, …, last
    first = last + 1;
  }
});

it("returns changes that, applied in order, give the complete curves", () => {
  const curve = new TrainingCurve(6);
  const kept: unknown[] = [];
  for (let number = 1; number <= 50; number++) {
    curve.add(step(number));
    if (number % 3 !== 0) continue;
    const { from, items } = curve.takeChanges();
    kept.splice(from, kept.length, ...items);
    expect(kept).toEqual(curve.points);
  }
  expect(curve.takeChanges().items.length).toBeLessThan(6);
});

it("has no active triplets without mining, and no unmeasured distances", () => {
  const curve = new TrainingCurve(1);
  curve.add(step(1, { pairs: 0, positiveDistance: null }));
  curve.add(step(2, { pairs: 0, positiveDistance: 0.4 }));
  expect(curve.points).toMatchObject([{ active: null, positiveDistance: 0.4, negativeDistance: null }]);
});
