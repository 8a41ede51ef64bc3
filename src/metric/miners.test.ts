/** Every miner against naive triple loops that state its rule. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { minerNames } from "../schemas/training.ts";
import { distanceMatrix } from "./distance.ts";
import { mineAtMost, miners, type Triplets } from "./miners.ts";

type Triple = readonly [anchor: number, positive: number, negative: number];

const list = ({ anchors, positives, negatives }: Triplets): Triple[] =>
  Array.from(anchors, (anchor, k) => [anchor, positives[k] as number, negatives[k] as number]);

/** A batch of one to four people in a plane, and a margin. */
const batches = fc.record({
  labels: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 12 }),
  values: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 24, maxLength: 24 }),
  margin: fc.double({ min: 0.01, max: 1, noNaN: true }),
  draw: fc.double({ min: 0, max: 0.999, noNaN: true }),
});

function everyTriple(labels: readonly number[]): Triple[] {
  const rows = [...labels.keys()];
  return rows.flatMap((a) =>
    rows.flatMap((p) =>
      p === a || labels[p] !== labels[a] ? [] : rows.filter((n) => labels[n] !== labels[a]).map((n): Triple => [a, p, n]),
    ),
  );
}

function setUp({ labels, values }: { labels: number[]; values: number[] }) {
  const distances = distanceMatrix(Float64Array.from(values.slice(0, 2 * labels.length)), 2);
  return { distances, at: (i: number, j: number) => distances[i * labels.length + j] as number, all: everyTriple(labels) };
}

describe("mineSemiHard", () => {
  it("selects for every anchor and positive the nearest negative beyond the positive and within the margin", () => {
    fc.assert(
      fc.property(batches, ({ labels, values, margin, draw }) => {
        const { distances, at, all } = setUp({ labels, values });
        const found = miners["semi-hard"](distances, labels, { margin, random: () => draw });
        const semiHard = all.filter(([a, p, n]) => at(a, p) < at(a, n) && at(a, n) < at(a, p) + margin);
        const expected = [...Map.groupBy(semiHard, ([a, p]) => `${a} ${p}`).values()].map((rivals) =>
          rivals.reduce((best, next) => (at(next[0], next[2]) < at(best[0], best[2]) ? next : best)),
        );
        expect(list(found)).toEqual(expected);
        expect(found.pairs).toBe(pairsOf(labels));
      }),
    );
  });
});

describe("mineRandomViolators", () => {
  it("draws one of the negatives that violate the margin for every unordered pair", () => {
    fc.assert(
      fc.property(batches, ({ labels, values, margin, draw }) => {
        const { distances, at, all } = setUp({ labels, values });
        const found = list(miners["random-violator"](distances, labels, { margin, random: () => draw }));
        const violators = all.filter(([a, p, n]) => a < p && at(a, n) < Math.fround(at(a, p)) + margin);
        const expected = [...Map.groupBy(violators, ([a, p]) => `${a} ${p}`).values()].map(
          (rivals) => rivals[Math.floor(draw * rivals.length)],
        );
        expect(found).toEqual(expected);
      }),
    );
  });
});

describe("mineBatchHard", () => {
  it("selects the farthest positive and nearest negative of every anchor", () => {
    fc.assert(
      fc.property(batches, ({ labels, values, margin, draw }) => {
        const { distances, at, all } = setUp({ labels, values });
        const found = list(miners["batch-hard"](distances, labels, { margin, random: () => draw }));
        const byAnchor = Map.groupBy(all, ([a]) => a);
        expect(found.map(([a]) => a)).toEqual([...byAnchor.keys()]);
        for (const [a, p, n] of found) {
          const rivals = byAnchor.get(a) ?? [];
          expect(at(a, p)).toBe(Math.max(...rivals.map(([, positive]) => at(a, positive))));
          expect(at(a, n)).toBe(Math.min(...rivals.map(([, , negative]) => at(a, negative))));
          expect(rivals).toContainEqual([a, p, n]);
        }
      }),
    );
  });
});

describe("mineBatchAll", () => {
  it("selects every triplet that violates the margin", () => {
    fc.assert(
      fc.property(batches, ({ labels, values, margin, draw }) => {
        const { distances, at, all } = setUp({ labels, values });
        const found = miners["batch-all"](distances, labels, { margin, random: () => draw });
        expect(list(found)).toEqual(all.filter(([a, p, n]) => at(a, n) < at(a, p) + margin));
      }),
    );
  });

  it("keeps an evenly spread subset of too many", () => {
    const labels = Array.from({ length: 20 }, (_, i) => i % 4);
    const { distances, all } = setUp({ labels, values: Array.from({ length: 40 }, (_, i) => Math.sin(i * i)) });
    const kept = list(mineAtMost(100, distances, labels, 10));
    expect(all).toHaveLength(20 * 4 * 15);
    expect(kept).toHaveLength(100);
    expect(kept).toEqual(all.filter((_, k) => (k + 1) % 12 === 0));
  });
});

describe("every miner", () => {
  const random = () => 0.5;

  it.each(minerNames)("%s finds nothing in an empty batch, one person, or people with one image each", (name) => {
    for (const labels of [[], [5], [5, 5, 5], [1, 2, 3]]) {
      const distances = new Float32Array(labels.length ** 2).fill(0.1);
      expect(list(miners[name](distances, labels, { margin: 0.2, random }))).toEqual([]);
    }
  });

  it.each(minerNames)("%s rejects distances of another batch", (name) => {
    expect(() => miners[name](new Float32Array(5), [1, 2], { margin: 0.2, random })).toThrow("5 distances for 2 labels");
  });

  it("mines the paper's batch of 1,800 in seconds even on a busy machine", () => {
    const values = Float32Array.from({ length: 1800 * 128 }, (_, i) => Math.sin(i * i) * 0.125);
    const labels = Array.from({ length: 1800 }, (_, i) => i % 45);
    const before = process.cpuUsage();
    const { pairs } = miners["semi-hard"](distanceMatrix(values, 128), labels, { margin: 0.2, random });
    const { user } = process.cpuUsage(before);
    expect(pairs).toBe(1800 * 39);
    expect(user / 1e6).toBeLessThan(2);
  });
});

function pairsOf(labels: readonly number[]): number {
  return labels.flatMap((a, i) => labels.filter((b, j) => i !== j && a === b)).length;
}
