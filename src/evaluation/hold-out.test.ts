import { describe, expect, it } from "vitest";
import { createEmbeddingMatrix, rowDistance } from "../metric/embedding-matrix.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import { BINS_A_UNIT } from "./distance-histogram.ts";
import type { FaceSet } from "./face-set.ts";
import { verifyHoldOut } from "./hold-out.ts";
import { computeRoc, valAtFar } from "./roc.ts";

/** `people` people of `each` faces around a centre of their own. */
function randomFaces(people: number, each: number): FaceSet {
  const random = seededRandom(2);
  const centres = Array.from({ length: people }, () => Array.from({ length: 8 }, () => random() - 0.5));
  const person = Uint32Array.from({ length: people * each }, (_, i) => i % people);
  const codes = Array.from(person, (p) =>
    Int8Array.from(centres[p] as number[], (value) => Math.round(120 * value + 60 * (random() - 0.5))),
  );
  return {
    images: codes.map((_, i) => `${i}.jpg`),
    boxes: codes.map(() => null),
    people: centres.map((_, p) => `p${p}`),
    person,
    embeddings: createEmbeddingMatrix(codes, "bytes"),
  };
}

const options = { fars: [0.05], modelThresholds: [], facesAHalf: 1000, random: seededRandom(3), stream: {} };

describe("verifyHoldOut", () => {
  it("compares the two halves of each split, with every person in one split", async () => {
    const faces = randomFaces(30, 4);
    const result = await verifyHoldOut(faces, { ...options, splits: 3, random: seededRandom(3) });
    // 10 people of 4 faces a split: 20 faces a half, 400 pairs, of them 10 people x 2 x 2 of one person
    expect(result.folds.map(({ fold, pairs }) => [fold, pairs])).toEqual([
      [1, 400],
      [2, 400],
      [3, 400],
    ]);
    expect(result).toMatchObject({ pairs: 1200, samePairs: 120, differentPairs: 1080, inSample: true });
    expect(result.val[0]?.standardError).toBeGreaterThan(0);
  });

  it("computes VAL from a split's own curve, like a loop over its pairs", async () => {
    const faces = randomFaces(12, 2);
    const result = await verifyHoldOut(faces, { ...options, splits: 1, random: seededRandom(5) });
    // two faces a person: one in each half, whichever; every same pair is across. The 132 different pairs depend on
    // the halves, so recompute them from what is reported: VAL at the reported threshold over all same pairs.
    const same = faces.people.map((_, p) => rowDistance(faces.embeddings, p, p + 12));
    const { threshold, mean } = result.val[0] as { threshold: number; mean: number };
    expect(mean).toBeCloseTo(same.filter((d) => Math.ceil(d * BINS_A_UNIT) / BINS_A_UNIT <= threshold).length / 12, 9);
    expect(result.val[0]?.measuredFar).toBeLessThanOrEqual(0.05);
  });

  it("equals computeRoc if only one split into halves is possible", async () => {
    // two people, one of them with one face only: different pairs are across whichever half it falls into
    const faces = randomFaces(2, 2);
    const result = await verifyHoldOut(faces, { ...options, splits: 1, random: seededRandom(1) });
    expect(result.samePairs).toBe(2);
    expect(result.differentPairs).toBe(2);
    const up = (d: number) => Math.ceil(d * BINS_A_UNIT) / BINS_A_UNIT;
    const distance = (a: number, b: number) => up(rowDistance(faces.embeddings, a, b));
    const halvings = [
      [0, 1, 2, 3],
      [0, 3, 2, 1],
    ] as const;
    const values = halvings.map(([a, b, c, d]) =>
      valAtFar(computeRoc([distance(a, c), distance(b, d), distance(a, d), distance(b, c)], [true, true, false, false]), 0.05),
    );
    expect(values).toContain(result.val[0]?.mean);
  });

  it("rejects a split without a person in both halves", async () => {
    await expect(verifyHoldOut(randomFaces(30, 4), { ...options, splits: 3, facesAHalf: 0 })).rejects.toThrow(
      "across its halves",
    );
    await expect(verifyHoldOut(randomFaces(4, 1), { ...options, splits: 1 })).rejects.toThrow(RangeError);
  });
});
