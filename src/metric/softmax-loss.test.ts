import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { numericalGradient } from "../../test/numerical-gradient.ts";
import { additiveMarginSoftmaxLoss, type ClassBatch, softmaxLoss } from "./softmax-loss.ts";

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

  it("has the gradients that finite differences have, on embeddings and class weights", () => {
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

  it("stays finite where the logits are far apart", () => {
    const far = batchOf({ embeddings: [300, 0, 0], labels: [1], weights: [9, 0, 0, -9, 0, 0, 1, 1, 1, 2, 2, 2] });
    const { loss: value, gradient, weightGradient } = loss(far);
    for (const number of [value, ...gradient, ...weightGradient]) expect(Number.isFinite(number)).toBe(true);
  });

  it("counts what its own class is nearest to", () => {
    const batch = batchOf({ embeddings: [1, 0, 0, 0, 1, 0], labels: [0, 0], weights: [1, 0, 0, 0, 1, 0] });
    expect(loss(batch).accuracy).toBe(0.5);
  });

  it("refuses a label without a class", () => {
    expect(() => loss(batchOf({ embeddings: [1, 0, 0], labels: [2], weights: [1, 0, 0, 0, 1, 0] }))).toThrow(
      "labels[0]: class 2 of 2",
    );
  });
});

describe("additiveMarginSoftmaxLoss", () => {
  it("refuses weights without a direction", () => {
    const batch = batchOf({ embeddings: [1, 0, 0], labels: [0], weights: [0, 0, 0] });
    expect(() => additiveMarginSoftmaxLoss(batch)).toThrow("class 0: its weights are zeros");
  });
});
