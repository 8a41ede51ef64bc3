import { describe, expect, it } from "vitest";
import { createEmbeddingMatrix } from "../metric/embedding-matrix.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import type { FaceSet } from "./face-set.ts";
import { groupResults } from "./group-results.ts";

const random = seededRandom(4);
/** Twelve people on a circle; those of the second half stand closer together. */
const angles = Array.from({ length: 36 }, (_, i) => {
  const person = Math.floor(i / 3);
  return (person < 6 ? person * 0.4 : 3 + person * 0.12) + 0.2 * random();
});
const faces: FaceSet = {
  images: angles.map((_, i) => `${i}.jpg`),
  boxes: angles.map(() => null),
  people: Array.from({ length: 12 }, (_, person) => `person-${person}`),
  person: Uint32Array.from(angles, (_, i) => Math.floor(i / 3)),
  embeddings: createEmbeddingMatrix(
    angles.map((angle) => Float32Array.of(Math.cos(angle), Math.sin(angle))),
    "floats",
  ),
};
const rows = angles.flatMap((_, i) => angles.flatMap((__, j) => (j > i ? [[i, j] as const] : [])));
const list = {
  left: Uint32Array.from(rows, ([left]) => left),
  right: Uint32Array.from(rows, ([, right]) => right),
  fold: new Uint32Array(rows.length),
};
const named = (from: number, to: number) => new Set(Array.from({ length: to - from }, (_, i) => `person-${from + i}`));
const options = { threshold: 0.02, bootstrap: { resamples: 200, random: seededRandom(1) } };

describe("groupResults", () => {
  it("judges by another distance where the embeddings do not say it, as those of videos", () => {
    const everybody = new Map([["all", named(0, 12)]]);
    const far = groupResults(faces, list, everybody, { ...options, distanceOf: () => 1 });
    expect(far).toMatchObject([{ val: 0, measuredFar: 0 }]);
    expect(groupResults(faces, list, everybody, options)[0]?.val).toBeGreaterThan(0.5);
  });

  it("equals counting the pairs of which both people belong to the group", () => {
    const groups = new Map([
      ["first", named(0, 6)],
      ["second", named(6, 12)],
      ["some", new Set(["person-0", "person-7", "person-11"])],
    ]);
    for (const result of groupResults(faces, list, groups, options)) {
      const counts = { same: 0, sameAccepted: 0, different: 0, differentAccepted: 0 };
      for (const [i, j] of rows) {
        const [a, b] = [`person-${Math.floor(i / 3)}`, `person-${Math.floor(j / 3)}`];
        if (!groups.get(result.group)?.has(a) || !groups.get(result.group)?.has(b)) continue;
        const [x, y] = [angles[i] as number, angles[j] as number];
        const accepted = 2 - 2 * Math.cos(x - y) <= options.threshold ? 1 : 0;
        counts[a === b ? "same" : "different"]++;
        counts[a === b ? "sameAccepted" : "differentAccepted"] += accepted;
      }
      expect([result.samePairs, result.differentPairs]).toEqual([counts.same, counts.different]);
      expect(result.val).toBeCloseTo(counts.sameAccepted / counts.same, 12);
      expect(result.measuredFar).toBeCloseTo(counts.differentAccepted / counts.different, 12);
    }
  });

  it("finds the group that is taken for one another more often, with intervals around the rates", () => {
    const [first, second] = groupResults(
      faces,
      list,
      new Map([
        ["first", named(0, 6)],
        ["second", named(6, 12)],
      ]),
      options,
    );
    expect(second?.measuredFar).toBeGreaterThan(first?.measuredFar as number);
    for (const { val, valInterval } of [first, second].filter((one) => one !== undefined)) {
      expect(valInterval?.low).toBeLessThanOrEqual(val as number);
      expect(valInterval?.high).toBeGreaterThanOrEqual(val as number);
    }
  });

  it("has no rate where there is no pair: one person, nobody, names without a face", () => {
    const [alone, nobody] = groupResults(
      faces,
      list,
      new Map([
        ["alone", named(3, 4)],
        ["nobody", new Set(["someone else"])],
      ]),
      options,
    );
    expect(alone).toMatchObject({ people: 1, samePairs: 3, differentPairs: 0, measuredFar: null, farInterval: null });
    expect(nobody).toMatchObject({ people: 0, samePairs: 0, val: null, valInterval: null, measuredFar: null });
  });
});
