import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { numericalGradient } from "../../test/numerical-gradient.ts";
import { additiveMarginSoftmaxLoss, type ClassBatch, centerLoss, softmaxLoss } from "./classification-losses.ts";

const SIZE = 3;
const CLASSES = 4;
const value = fc.double({ min: -1, max: 1, noNaN: true });
const cases = fc
  .array(fc.integer({ min: 0, max: CLASSES - 1 }), { minLength: 1, maxLength: 4 })
  .chain((labels) =>
    fc.record({
      labels: fc.constant(labels),
      embeddings: fc.array(value, { minLength: labels.length * SIZE, maxLength: labels.length * SIZE }),
      weights: fc.array(value, { minLength: CLASSES * SIZE, maxLength: CLASSES * SIZE }),
    }),
  )
  .filter(({ weights }) => rows(weights).every((w) => Math.hypot(...w) > 0.2));

function rows(values: ArrayLike<number>): number[][] {
  const all = Array.from(values);
  return Array.from({ length: all.length / SIZE }, (_, r) => all.slice(r * SIZE, (r + 1) * SIZE));
}

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, v, i) => sum + v * (b[i] as number), 0);
const unit = (v: readonly number[]) => v.map((c) => c / Math.hypot(...v));

function naive(
  { embeddings, labels, weights }: ClassBatch,
  logit: (w: readonly number[], x: readonly number[], own: boolean) => number,
) {
  const losses = rows(embeddings).map((x, r) => {
    const exponentials = rows(weights).map((w, c) => Math.exp(logit(w, x, c === labels[r])));
    return -Math.log((exponentials[labels[r] as number] as number) / exponentials.reduce((a, b) => a + b));
  });
  return losses.reduce((a, b) => a + b) / losses.length;
}

const batchOf = ({ embeddings, labels, weights }: { embeddings: number[]; labels: number[]; weights: number[] }): ClassBatch => ({
  embeddings: Float64Array.from(embeddings),
  labels,
  weights: Float64Array.from(weights),
  size: SIZE,
});

describe.each([
  {
    name: "softmaxLoss",
    loss: (batch: ClassBatch) => softmaxLoss(batch, { scale: 5 }),
    logit: (w: readonly number[], x: readonly number[]) => 5 * dot(w, x),
  },
  {
    name: "additiveMarginSoftmaxLoss",
    loss: (batch: ClassBatch) => additiveMarginSoftmaxLoss(batch, { scale: 5, margin: 0.35 }),
    logit: (w: readonly number[], x: readonly number[], own: boolean) => 5 * (dot(unit(w), x) - (own ? 0.35 : 0)),
  },
])("$name", ({ loss, logit }) => {
  it("is the cross-entropy", () => {
    fc.assert(
      fc.property(cases, (given) => {
        expect(loss(batchOf(given)).loss).toBeCloseTo(naive(batchOf(given), logit), 9);
      }),
    );
  });

  it("agrees with finite differences for embeddings and class weights", () => {
    fc.assert(
      fc.property(cases, (given) => {
        const batch = batchOf(given);
        const { gradient, weightGradient } = loss(batch);
        const byEmbeddings = numericalGradient((embeddings) => loss({ ...batch, embeddings }).loss, batch.embeddings);
        const byWeights = numericalGradient((weights) => loss({ ...batch, weights }).loss, batch.weights);
        for (const [i, expected] of byEmbeddings.entries()) expect(gradient[i]).toBeCloseTo(expected, 4);
        for (const [i, expected] of byWeights.entries()) expect(weightGradient[i]).toBeCloseTo(expected, 4);
      }),
    );
  });

  it("is 0 with gradients of zeros for an empty batch", () => {
    const empty = loss({ embeddings: new Float32Array(0), labels: [], weights: new Float32Array(6).fill(1), size: SIZE });
    expect([empty.loss, ...empty.gradient, ...empty.weightGradient]).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it("stays finite for distant logits", () => {
    const far = batchOf({ embeddings: [300, 0, 0], labels: [1], weights: [9, 0, 0, -9, 0, 0, 1, 1, 1, 2, 2, 2] });
    const { loss: value, gradient, weightGradient } = loss(far);
    for (const number of [value, ...gradient, ...weightGradient]) expect(Number.isFinite(number)).toBe(true);
  });

  it("counts embeddings nearest to their own class", () => {
    const batch = batchOf({ embeddings: [1, 0, 0, 0, 1, 0], labels: [0, 0], weights: [1, 0, 0, 0, 1, 0] });
    expect(loss(batch).accuracy).toBe(0.5);
  });

  it("rejects a label without a class", () => {
    expect(() => loss(batchOf({ embeddings: [1, 0, 0], labels: [2], weights: [1, 0, 0, 0, 1, 0] }))).toThrow(
      "labels[0]: class 2 of 2",
    );
  });
});

describe("additiveMarginSoftmaxLoss", () => {
  it("rejects zero weights", () => {
    const batch = batchOf({ embeddings: [1, 0, 0], labels: [0], weights: [0, 0, 0] });
    expect(() => additiveMarginSoftmaxLoss(batch)).toThrow("class 0: its weights are zeros");
  });
});

const embeddings = Float64Array.of(1, 0, 0, 1, 0.5, 0.5);
const labels = [0, 1, 0];
const centers = Float64Array.of(0.2, 0.1, -0.3, 0.4);

describe("centerLoss", () => {
  it("is the mean squared difference from the own center", () => {
    // (0.8^2 + 0.1^2 + 0.3^2 + 0.6^2 + 0.3^2 + 0.4^2) / 6
    expect(centerLoss(embeddings, 2, labels, centers).loss).toBeCloseTo((0.64 + 0.01 + 0.09 + 0.36 + 0.09 + 0.16) / 6, 12);
  });

  it("agrees with finite differences", () => {
    const { gradient } = centerLoss(embeddings, 2, labels, centers);
    const expected = numericalGradient((x) => centerLoss(x, 2, labels, centers).loss, embeddings);
    for (const [i, value] of expected.entries()) expect(gradient[i]).toBeCloseTo(value, 6);
  });

  it("moves each center towards each of its embeddings", () => {
    const { centers: moved } = centerLoss(embeddings, 2, labels, centers, 0.9);
    const expected = [0.2 + 0.1 * (0.8 + 0.3), 0.1 + 0.1 * (-0.1 + 0.4), -0.3 + 0.1 * 0.3, 0.4 + 0.1 * 0.6];
    for (const [i, value] of expected.entries()) expect(moved[i]).toBeCloseTo(value, 6);
  });

  it("is 0 for an empty batch, and rejects a label without a center", () => {
    expect(centerLoss(new Float32Array(0), 2, [], centers).loss).toBe(0);
    expect(() => centerLoss(embeddings, 2, [0, 1, 2], centers)).toThrow("labels[2]: center 2 of 2");
  });
});
