import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accuracyAtThreshold, accuracyThreshold, computeFoldSpread, lfwProtocol, type MeasuredPairs } from "./lfw-protocol.ts";
import { computeRoc } from "./roc.ts";

type Measured = { distance: number; same: boolean; fold: number };

const columns = (pairs: readonly Measured[]): MeasuredPairs => ({
  distances: Float64Array.from(pairs, ({ distance }) => distance),
  same: pairs.map(({ same }) => same),
  fold: pairs.map(({ fold }) => fold),
});

const pair = (fold: number, same: boolean, distance: number): Measured => ({ distance, same, fold });

// Two folds. Each one's best threshold is the middle of its gap: 1.0 for fold 1, 0.5 for fold 2.
const twoFolds = [
  ...[0.25, 0.75].map((distance) => pair(1, true, distance)),
  ...[1.25, 2].map((distance) => pair(1, false, distance)),
  ...[0.125, 0.25].map((distance) => pair(2, true, distance)),
  ...[0.75, 3].map((distance) => pair(2, false, distance)),
];

describe("lfwProtocol", () => {
  it("tests each fold with thresholds from the other", () => {
    expect(lfwProtocol(columns(twoFolds), { fars: [0.5] })).toEqual({
      // Fold 1 at 0.5 loses the same pair at 0.75, fold 2 at 1.0 accepts the different pair at 0.75.
      folds: [
        { fold: 1, threshold: 0.5, accuracy: 0.75, pairs: 4 },
        { fold: 2, threshold: 1, accuracy: 0.75, pairs: 4 },
      ],
      accuracy: { mean: 0.75, standardError: 0, standardDeviation: 0 },
      threshold: 0.75,
      // FAR 0.5 on fold 2 allows 0.75: in fold 1 VAL 1, FAR 0. On fold 1 it allows 1.25: in fold 2 VAL 1, FAR 1/2.
      val: [
        { far: 0.5, mean: 1, standardError: 0, standardDeviation: 0, threshold: 1, measuredFar: 0.25, expectedFalseAccepts: 2 },
      ],
      // 15 of 16 couples in order, one tied (0.75); (FAR, VAL) goes from (0, 3/4) to (1/4, 1).
      auc: 15.5 / 16,
      eer: 0.125,
    });
  });

  it("equals the definitions, written out", () => {
    const measured = fc.record({
      distance: fc.integer({ min: 0, max: 16 }).map((quarters) => quarters / 4),
      same: fc.boolean(),
      fold: fc.integer({ min: 1, max: 3 }),
    });
    const bothKinds = [1, 2, 3].flatMap((fold) => [pair(fold, true, 1), pair(fold, false, 2)]);
    fc.assert(
      fc.property(fc.array(measured, { maxLength: 30 }), fc.double({ min: 0, max: 1, noNaN: true }), (more, far) => {
        const pairs = [...more, ...bothKinds];
        const result = lfwProtocol(columns(pairs), { fars: [far] });
        const share = (some: readonly Measured[], condition: (pair: Measured) => boolean) =>
          some.filter(condition).length / some.length;
        const accuracyAt = (some: readonly Measured[], threshold: number) =>
          share(some, ({ distance, same }) => same === distance <= threshold);
        const accuracies: number[] = [];
        const vals: number[] = [];
        for (const [k, { fold, threshold, accuracy, pairs: count }] of result.folds.entries()) {
          expect(fold).toBe(k + 1);
          const test = pairs.filter((p) => p.fold === fold);
          const train = pairs.filter((p) => p.fold !== fold);
          const best = Math.max(
            ...[pair(0, true, 0), ...train].flatMap(({ distance }) => [
              accuracyAt(train, distance),
              accuracyAt(train, distance + 0.125),
            ]),
          );
          expect(accuracyAt(train, threshold)).toBe(best);
          expect(accuracy).toBe(accuracyAt(test, threshold));
          expect(count).toBe(test.length);
          accuracies.push(accuracy);
          const impostors = train.filter(({ same }) => !same);
          const strictest = Math.max(
            -1,
            ...[0, ...train.map(({ distance }) => distance)].filter(
              (t) => share(impostors, ({ distance }) => distance <= t) <= far,
            ),
          );
          vals.push(
            share(
              test.filter(({ same }) => same),
              ({ distance }) => distance <= strictest,
            ),
          );
        }
        const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value) / values.length;
        const deviation = (values: readonly number[]) => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));
        expect(result.accuracy.mean).toBeCloseTo(mean(accuracies), 12);
        expect(result.accuracy.standardError).toBeCloseTo(deviation(accuracies) / Math.sqrt(2), 12);
        expect(result.val[0]?.mean).toBeCloseTo(mean(vals), 12);
        expect(result.val[0]?.standardDeviation).toBeCloseTo(deviation(vals), 12);
        expect(result.val[0]?.expectedFalseAccepts).toBe(far * pairs.filter(({ same }) => !same).length);
      }),
    );
  });

  it("keeps the folds of the list when pairs are skipped, in any order", () => {
    const { folds } = lfwProtocol(columns(twoFolds.slice(1).reverse()), { fars: [] });
    expect(folds.map(({ fold, pairs }) => [fold, pairs])).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  it("tests only the given folds, with thresholds from all others", () => {
    const all = lfwProtocol(columns(twoFolds), { fars: [0.5] });
    const second = lfwProtocol(columns(twoFolds), { fars: [0.5], testFolds: [2] });
    expect(second.folds).toEqual(all.folds.slice(1));
    expect(second.val[0]).toMatchObject({ threshold: 1.25, measuredFar: 0.5, expectedFalseAccepts: 1 });
    expect(second.auc).toBe(1);
    expect(second).not.toHaveProperty("inSample");
  });

  it("reports if the only fold also determines the threshold", () => {
    const result = lfwProtocol(columns(twoFolds.slice(0, 4)), { fars: [1e-3] });
    expect(result).toMatchObject({ inSample: true, threshold: 1, accuracy: { mean: 1, standardError: 0 } });
    expect(result.val[0]).toMatchObject({ mean: 1, threshold: 0.75, expectedFalseAccepts: 0.002 });
  });

  it.each<[string, MeasuredPairs, number[] | undefined, string]>([
    ["no pairs", columns([]), undefined, "at least one fold to test"],
    [
      "pairs that are all same",
      columns(twoFolds.filter(({ same }) => same)),
      undefined,
      "fold 1: requires pairs of both kinds, got 2 same and 0 different",
    ],
    [
      "a fold left with one kind",
      columns(twoFolds.slice(0, 6)),
      undefined,
      "fold 2: requires pairs of both kinds, got 2 same and 0 different",
    ],
    ["a NaN distance, by its place in the input", columns([...twoFolds, pair(1, true, Number.NaN)]), undefined, "distances[8]"],
    ["a fold that is no number", columns([...twoFolds, pair(Number.NaN, true, 1)]), undefined, "whole numbers, got NaN"],
    ["arrays of different lengths", { ...columns(twoFolds), fold: [1] }, undefined, "8 distances, 8 labels, 1 folds"],
    ["a test fold that is not there", columns(twoFolds), [1, 7], "testFolds: must be among 1, 2, got 7"],
    ["no test fold", columns(twoFolds), [], "at least one fold to test"],
  ])("refuses %s", (_, pairs, testFolds, message) => {
    const run = () => lfwProtocol(pairs, { fars: [0.1], ...(testFolds && { testFolds }) });
    expect(run).toThrow(RangeError);
    expect(run).toThrow(message);
  });
});

describe("accuracyAtThreshold", () => {
  it("counts same pairs at the threshold as correct and different pairs at it as wrong", () => {
    expect(accuracyAtThreshold(computeRoc([0.5, 0.5, 0.5, 0.9], [true, true, false, false]), 0.5)).toBe(0.75);
  });
});

describe("accuracyThreshold", () => {
  it.each([
    ["the middle of the gap between the kinds", [0.2, 0.5, 1.5, 1.8], [true, true, false, false], 1],
    ["the middle of the widest best plateau", [0.5, 1, 2, 3], [true, false, true, false], 2.5],
    ["the lowest of equally wide ones", [0.5, 1, 2.5, 3], [true, false, true, false], 0.75],
    ["the middle of a plateau that goes on through a tie of both kinds", [0.5, 0.75, 0.75, 1.5], [true, true, false, false], 1],
    ["the largest distance where every pair is same", [0.25, 0.75], [true, true], 0.75],
    ["half the smallest distance where every pair is different", [0.5, 0.75], [false, false], 0.25],
    ["as fine as the distances", [0, 0, 1e-300], [true, true, false], 5e-301],
  ])("is %s", (_, distances, same, expected) => {
    expect(accuracyThreshold(computeRoc(distances, same))).toBe(expected);
  });

  it("stays below a different pair one floating-point step above", () => {
    // The middle would be rounded up to the different pair.
    const distance = 1 + Number.EPSILON;
    const roc = computeRoc([distance, distance + Number.EPSILON], [true, false]);
    expect(accuracyThreshold(roc)).toBe(distance);
    expect(accuracyAtThreshold(roc, accuracyThreshold(roc))).toBe(1);
  });

  it("is as accurate as the best of all candidates", () => {
    const pair = fc.record({ distance: fc.integer({ min: 0, max: 16 }).map((quarters) => quarters / 4), same: fc.boolean() });
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 40 }), (pairs) => {
        const accuracyAt = (threshold: number) =>
          pairs.filter(({ distance, same }) => same === distance <= threshold).length / pairs.length;
        const best = Math.max(
          ...[{ distance: 0 }, ...pairs].flatMap(({ distance }) => [accuracyAt(distance), accuracyAt(distance + 0.125)]),
        );
        const roc = computeRoc(
          pairs.map(({ distance }) => distance),
          pairs.map(({ same }) => same),
        );
        const threshold = accuracyThreshold(roc);
        expect(threshold).toBeGreaterThanOrEqual(0);
        expect(accuracyAt(threshold)).toBe(best);
        expect(accuracyAtThreshold(roc, threshold)).toBe(best);
      }),
    );
  });

  it("rejects no pairs", () => {
    expect(() => accuracyThreshold(computeRoc([], []))).toThrow(RangeError);
    expect(() => accuracyAtThreshold(computeRoc([], []), 1)).toThrow(RangeError);
  });
});

describe("computeFoldSpread", () => {
  it("equals NumPy's population deviation, and the standard error from it", () => {
    // squared deviations from 5: 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32, over 8
    const { mean, standardDeviation, standardError } = computeFoldSpread([2, 4, 4, 4, 5, 5, 7, 9]);
    expect([mean, standardDeviation]).toEqual([5, 2]);
    expect(standardError).toBeCloseTo(Math.sqrt(32 / 7) / Math.sqrt(8), 12); // squares of the differences: 32
  });

  it("has no spread with one fold", () => {
    expect(computeFoldSpread([0.9])).toEqual({ mean: 0.9, standardError: 0, standardDeviation: 0 });
  });

  it("rejects no folds", () => {
    expect(() => computeFoldSpread([])).toThrow(RangeError);
  });
});
