/** Beside it, the reference's own functions put into TypeScript line by line, loops and all. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lfwProtocol } from "./lfw-protocol.ts";
import { kFold, referenceProtocol } from "./reference-protocol.ts";

type Pairs = { distances: number[]; same: boolean[]; fold: number[] };

const arange = (step: number) => Array.from({ length: Math.round(4 / step) }, (_, i) => i * step);
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const std = (values: number[]) => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));

/** calculate_accuracy */
function accuracyOf(threshold: number, dist: number[], issame: boolean[]) {
  const predict = dist.map((d) => d < threshold);
  const tp = predict.filter((p, i) => p && issame[i]).length;
  const fp = predict.filter((p, i) => p && !issame[i]).length;
  const tn = predict.filter((p, i) => !p && !issame[i]).length;
  const fn = predict.filter((p, i) => !p && issame[i]).length;
  return { tpr: tp / (tp + fn), fpr: fp / (fp + tn), acc: (tp + tn) / dist.length };
}

function naive({ distances, same, fold }: Pairs, farTarget: number) {
  const k = new Set(fold).size;
  const n = distances.length;
  const sizes = Array.from({ length: k }, (_, i) => Math.floor(n / k) + (i < n % k ? 1 : 0));
  const folds = sizes.map((size, i) => {
    const from = sizes.slice(0, i).reduce((a, b) => a + b, 0);
    const pick = (test: boolean) => distances.map((_, j) => j).filter((j) => (j >= from && j < from + size) === test);
    const of = (indices: number[]) => ({
      dist: indices.map((j) => distances[j] as number),
      issame: indices.map((j) => same[j] as boolean),
    });
    return { train: of(pick(false)), test: of(pick(true)) };
  });
  const thresholds = arange(0.01);
  const accuracy = folds.map(({ train, test }) => {
    const acc = thresholds.map((t) => accuracyOf(t, train.dist, train.issame).acc);
    return accuracyOf(thresholds[acc.indexOf(Math.max(...acc))] as number, test.dist, test.issame).acc;
  });
  const valThresholds = arange(0.001);
  const val = folds.map(({ train, test }) => {
    const far = valThresholds.map((t) => accuracyOf(t, train.dist, train.issame).fpr);
    let threshold = 0;
    if (Math.max(...far) >= farTarget) {
      const hi = far.findIndex((f) => f >= farTarget);
      const [x0, x1] = [far[hi - 1] as number, far[hi] as number];
      // step for step as in the other: a distance may lie just at the threshold
      const [y0, y1] = [valThresholds[hi - 1] as number, valThresholds[hi] as number];
      threshold = y0 + ((y1 - y0) * (farTarget - x0)) / (x1 - x0);
    }
    return accuracyOf(threshold, test.dist, test.issame);
  });
  const curve = thresholds.map((t) => {
    const each = folds.map(({ test }) => accuracyOf(t, test.dist, test.issame));
    return { fpr: mean(each.map(({ fpr }) => fpr)), tpr: mean(each.map(({ tpr }) => tpr)) };
  });
  let auc = 0;
  for (let i = 1; i < curve.length; i++) {
    const [a, b] = [curve[i - 1], curve[i]] as [(typeof curve)[number], (typeof curve)[number]];
    auc += ((a.tpr + b.tpr) / 2) * (b.fpr - a.fpr);
  }
  return { accuracy, val: val.map(({ tpr }) => tpr), far: val.map(({ fpr }) => fpr), auc, curve };
}

const pairsOf = (folds: number) =>
  fc
    .array(fc.record({ distance: fc.integer({ min: 0, max: 399 }), fine: fc.nat(9), same: fc.boolean() }), {
      minLength: folds * 8,
      maxLength: folds * 12,
    })
    .map((pairs): Pairs => {
      // both kinds in every part: alternate
      const same = pairs.map((_, i) => i % 2 === 0);
      return {
        distances: pairs.map(({ distance, fine }) => distance / 100 + fine / 1000),
        same,
        fold: pairs.map((_, i) => i % folds),
      };
    });

describe("referenceProtocol", () => {
  it("equals the reference implementation to 1e-9", () => {
    fc.assert(
      fc.property(pairsOf(3), fc.constantFrom(0.05, 0.1, 0.25), (pairs, far) => {
        const result = referenceProtocol(pairs, { fars: [far] });
        const expected = naive(pairs, far);
        expect(result.accuracy.mean).toBeCloseTo(mean(expected.accuracy), 9);
        expect(result.accuracy.standardDeviation).toBeCloseTo(std(expected.accuracy), 9);
        expect(result.val[0]?.mean).toBeCloseTo(mean(expected.val), 9);
        expect(result.val[0]?.standardDeviation).toBeCloseTo(std(expected.val), 9);
        expect(result.val[0]?.measuredFar).toBeCloseTo(mean(expected.far), 9);
        expect(result.auc).toBeCloseTo(expected.auc, 9);
      }),
      { numRuns: 20 },
    );
  });

  it("accepts only below the threshold, unlike the paper", () => {
    // the best threshold of either fold is 0.5 on the grid's terms: 0.49 < 0.5; the pair at exactly 0.5 is refused
    const pairs = {
      distances: [0.495, 1.5, 0.495, 1.5, 0.5, 1.5, 0.5, 1.5],
      same: [true, false, true, false, true, false, true, false],
      fold: [1, 1, 1, 1, 2, 2, 2, 2],
    };
    const reference = referenceProtocol(pairs, { fars: [] });
    expect(reference.folds).toEqual([
      { fold: 1, threshold: 0.51, accuracy: 1, pairs: 4 },
      { fold: 2, threshold: 0.5, accuracy: 0.5, pairs: 4 },
    ]);
    expect(lfwProtocol(pairs, { fars: [] }).accuracy.mean).toBe(1);
  });

  it("uses threshold 0, hence VAL 0, if the training folds never reach the rate", () => {
    const distances = [1, 5, 1, 5, 1, 5, 1, 5];
    const same = distances.map((d) => d === 1);
    const [val] = referenceProtocol({ distances, same, fold: [1, 1, 1, 1, 2, 2, 2, 2] }, { fars: [0.5] }).val;
    expect(val).toMatchObject({ mean: 0, threshold: 0 });
  });

  it("meets 1 - x on the averaged curve", () => {
    const pairs = {
      distances: [0.3, 0.8, 0.6, 1.5, 0.3, 0.8, 0.6, 1.5],
      same: [true, true, false, false, true, true, false, false],
      fold: [1, 1, 1, 1, 2, 2, 2, 2],
    };
    // the curve goes (0, 0), (0, 1/2), (1/2, 1/2), …: it meets 1 - x at x = 1/2
    expect(referenceProtocol(pairs, { fars: [] }).eer).toBeCloseTo(0.5, 12);
  });

  it("rejects a single fold, and a fold of one kind", () => {
    expect(() => referenceProtocol({ distances: [1, 2], same: [true, false], fold: [1, 1] }, { fars: [] })).toThrow("at least 2");
    const sorted = { distances: [1, 1, 2, 2], same: [true, true, false, false], fold: [1, 1, 2, 2] };
    expect(() => referenceProtocol(sorted, { fars: [] })).toThrow("fold 1: requires pairs of both kinds");
  });
});

describe("kFold", () => {
  it("equals scikit-learn's: the first parts are one longer", () => {
    expect(kFold(10, 3)).toEqual([
      [0, 4],
      [4, 7],
      [7, 10],
    ]);
  });
});
