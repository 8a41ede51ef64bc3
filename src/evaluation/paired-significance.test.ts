import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEmbeddingMatrix } from "../metric/embedding-matrix.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import { quantile } from "../metric/statistics.ts";
import { drawPeople } from "./bootstrap.ts";
import {
  type JudgedPairs,
  mcnemarExact,
  type PairedDistances,
  pairedSignificance,
  valDifferences,
} from "./paired-significance.ts";

/** Faces on a half circle: the angle between two gives their distance. Two images a person. */
function judged(model: string, angles: readonly number[], thresholds: readonly number[]): JudgedPairs {
  const faces = {
    images: angles.map((_, i) => `image-${i}.jpg`),
    boxes: angles.map(() => null),
    people: Array.from({ length: angles.length / 2 }, (_, person) => `person-${person}`),
    person: Uint32Array.from(angles, (_, i) => Math.floor(i / 2)),
    embeddings: createEmbeddingMatrix(
      angles.map((angle) => Float32Array.of(Math.cos(angle), Math.sin(angle))),
      "floats",
    ),
  };
  const rows = angles.flatMap((_, i) => angles.flatMap((__, j) => (j > i ? [[i, j, (i + j) % thresholds.length]] : [])));
  return {
    model,
    faces,
    list: {
      left: Uint32Array.from(rows, ([left]) => left as number),
      right: Uint32Array.from(rows, ([, right]) => right as number),
      fold: Uint32Array.from(rows, ([, , fold]) => fold as number),
    },
    folds: thresholds.map((threshold, fold) => ({ fold, threshold, accuracy: 1, pairs: 1 })),
  };
}

const random = seededRandom(2);
const anglesOf = (noise: number) => Array.from({ length: 24 }, (_, i) => Math.floor(i / 2) * 0.25 + noise * random());
const [sharp, blurred] = [judged("sharp", anglesOf(0.1), [0.02, 0.03]), judged("blurred", anglesOf(0.5), [0.02, 0.05])];
const bootstrap = () => ({ resamples: 100, random: seededRandom(1) });

/** Is a pair judged rightly? Everything looked up by names, pair by pair. */
function naiveRight({ faces, list, folds }: JudgedPairs): Map<string, boolean> {
  return new Map(
    Array.from(list.left, (left, i) => {
      const [x, y] = [left, list.right[i] as number].map((face) => faces.embeddings.rows.slice(face * 2, face * 2 + 2)) as [
        Float32Array,
        Float32Array,
      ];
      const distance = ((x[0] as number) - (y[0] as number)) ** 2 + ((x[1] as number) - (y[1] as number)) ** 2;
      const fold = folds.find((one) => one.fold === list.fold[i]);
      const same = faces.person[left] === faces.person[list.right[i] as number];
      return [`${faces.images[left]} ${faces.images[list.right[i] as number]}`, same === distance <= (fold?.threshold ?? 0)];
    }),
  );
}

describe("pairedSignificance", () => {
  it("counts disagreements like a comparison pair by pair, each model at the thresholds of its folds", () => {
    const result = pairedSignificance(sharp, blurred, [0.05], bootstrap());
    const [a, b] = [naiveRight(sharp), naiveRight(blurred)];
    const onlyARight = [...a].filter(([pair, right]) => right && !b.get(pair)).length;
    const onlyBRight = [...a].filter(([pair, right]) => !right && b.get(pair)).length;
    expect(onlyARight).toBeGreaterThan(onlyBRight);
    expect(result).toMatchObject({ a: "sharp", b: "blurred", pairs: (24 * 23) / 2 });
    expect(result.accuracy).toEqual({ onlyARight, onlyBRight, pValue: mcnemarExact({ onlyA: onlyARight, onlyB: onlyBRight }) });
    expect(result.val[0]?.difference).toBeGreaterThan(0);
  });

  it("uses only pairs measured by both models", () => {
    const list = { left: blurred.list.left.slice(50), right: blurred.list.right.slice(50), fold: blurred.list.fold.slice(50) };
    expect(pairedSignificance(sharp, { ...blurred, list }, [0.05], bootstrap()).pairs).toBe((24 * 23) / 2 - 50);
  });

  it("finds no difference between a model and itself", () => {
    const { accuracy, val } = pairedSignificance(sharp, { ...sharp, model: "again" }, [0.05], bootstrap());
    expect(accuracy).toEqual({ onlyARight: 0, onlyBRight: 0, pValue: 1 });
    expect(val[0]).toMatchObject({ difference: 0, pValue: 1 });
  });
});

/** Each of n people with some same pairs, and pairs with the next ones; distances by a function of kind and model. */
function pairsOf(people: number, distance: (same: boolean, model: "a" | "b", random: () => number) => number): PairedDistances {
  const random = seededRandom(11);
  const [left, right, a, b]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let person = 0; person < people; person++) {
    for (const other of [person, person, (person + 1) % people, (person + 2) % people]) {
      left.push(person);
      right.push(other);
      a.push(distance(person === other, "a", random));
      b.push(distance(person === other, "b", random));
    }
  }
  return { left, right, a, b, people };
}

const noisy = (same: boolean, model: "a" | "b", random: () => number) =>
  (same ? (model === "a" ? 0.6 : 0.9) : 1.4) + 0.8 * (random() - 0.5);

/** VAL at the largest observed threshold that keeps the rate, over pairs repeated one by one. */
function naiveVal(pairs: PairedDistances, distances: ArrayLike<number>, times: Float64Array, far: number): number {
  const repeated = Array.from(pairs.left, (person, i) => {
    const other = pairs.right[i] as number;
    const count = person === other ? (times[person] as number) : (times[person] as number) * (times[other] as number);
    return new Array<{ distance: number; same: boolean }>(count).fill({
      distance: distances[i] as number,
      same: person === other,
    });
  }).flat();
  const share = (same: boolean, threshold: number) => {
    const kind = repeated.filter((pair) => pair.same === same);
    return kind.filter(({ distance }) => distance <= threshold).length / kind.length;
  };
  const kept = repeated.map(({ distance }) => distance).filter((distance) => share(false, distance) <= far);
  return share(true, Math.max(0, ...kept));
}

describe("valDifferences", () => {
  const options = (resamples: number) => ({ resamples, random: seededRandom(5) });

  it("equals a recomputation with every pair repeated as often as its people were drawn", () => {
    const pairs = pairsOf(12, noisy);
    const fars = [0.05, 0.25];
    const computed = valDifferences(pairs, fars, options(60));
    const random = seededRandom(5);
    const drawings = Array.from({ length: 60 }, () => drawPeople(12, random));
    for (const [i, far] of fars.entries()) {
      const once = new Float64Array(12).fill(1);
      expect(computed[i]?.a).toBeCloseTo(naiveVal(pairs, pairs.a, once, far), 12);
      expect(computed[i]?.b).toBeCloseTo(naiveVal(pairs, pairs.b, once, far), 12);
      const differences = drawings
        .map((times) => naiveVal(pairs, pairs.a, times, far) - naiveVal(pairs, pairs.b, times, far))
        .sort((x, y) => x - y);
      expect(computed[i]?.interval?.low).toBeCloseTo(quantile(differences, 0.025), 12);
      expect(computed[i]?.interval?.high).toBeCloseTo(quantile(differences, 0.975), 12);
      const notAbove = differences.filter((difference) => difference <= 0).length;
      expect(computed[i]?.pValue).toBeCloseTo(Math.min(1, (2 * (1 + notAbove)) / 61), 12);
    }
  });

  it("detects a model that is better on all people, and no difference between equal ones", () => {
    const better = pairsOf(60, (same, model) => (same ? (model === "a" ? 0.5 : 1.6) : 1.4));
    expect(valDifferences(better, [0.01], options(200))[0]).toMatchObject({ a: 1, b: 0, difference: 1 });
    expect(valDifferences(better, [0.01], options(200))[0]?.pValue).toBeCloseTo(2 / 201, 12);
    const equal = { ...better, b: better.a };
    expect(valDifferences(equal, [0.01], options(200))[0]).toMatchObject({ difference: 0, pValue: 1 });
  });

  it("changes sign when the models are swapped", () => {
    const pairs = pairsOf(30, noisy);
    const [forth] = valDifferences(pairs, [0.1], options(100));
    const [back] = valDifferences({ ...pairs, a: pairs.b, b: pairs.a }, [0.1], options(100));
    expect(back?.difference).toBeCloseTo(-(forth?.difference as number), 12);
    expect(back?.interval?.low).toBeCloseTo(-(forth?.interval?.high as number), 12);
    expect(back?.pValue).toBe(forth?.pValue);
  });

  it("has no p-value without resamples", () => {
    expect(valDifferences(pairsOf(30, noisy), [0.1], options(0))[0]).toMatchObject({ interval: null, pValue: null });
  });
});

/** Every way n coins can fall, counted one by one. */
function byCounting(onlyA: number, onlyB: number): number {
  const n = onlyA + onlyB;
  const least = Math.abs(onlyA - onlyB);
  let asStrong = 0;
  for (let coins = 0; coins < 2 ** n; coins++) {
    const heads = coins.toString(2).replaceAll("0", "").length;
    if (Math.abs(heads - (n - heads)) >= least) asStrong++;
  }
  return asStrong / 2 ** n;
}

describe("mcnemarExact", () => {
  it("equals the share of coin sequences at least as uneven", () => {
    fc.assert(
      fc.property(fc.nat(6), fc.nat(6), (a, b) => {
        expect(mcnemarExact({ onlyA: a, onlyB: b })).toBeCloseTo(byCounting(a, b), 12);
      }),
    );
  });

  it("equals textbook values", () => {
    // scipy.stats.binomtest(1, 10).pvalue, binomtest(9, 16).pvalue
    expect(mcnemarExact({ onlyA: 1, onlyB: 9 })).toBeCloseTo(0.021484375, 12);
    expect(mcnemarExact({ onlyA: 9, onlyB: 7 })).toBeCloseTo(0.8036193847656, 10);
  });

  it("is symmetric, and 1 without disagreements", () => {
    expect(mcnemarExact({ onlyA: 3, onlyB: 20 })).toBe(mcnemarExact({ onlyA: 20, onlyB: 3 }));
    expect(mcnemarExact({ onlyA: 0, onlyB: 0 })).toBe(1);
  });

  it("works for counts beyond the range of powers of two", () => {
    const p = mcnemarExact({ onlyA: 4800, onlyB: 5200 });
    // normal approximation with continuity correction: z = 3.99
    expect(p).toBeGreaterThan(5e-5);
    expect(p).toBeLessThan(8e-5);
  });

  it("rejects invalid counts", () => {
    expect(() => mcnemarExact({ onlyA: -1, onlyB: 2 })).toThrow(RangeError);
    expect(() => mcnemarExact({ onlyA: 1.5, onlyB: 2 })).toThrow("got 1.5");
  });
});
