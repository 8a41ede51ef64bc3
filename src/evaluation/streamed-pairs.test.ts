/** Against loops over every pair, written out from the definitions. */
import { describe, expect, it } from "vitest";
import { normalize } from "../metric/distance.ts";
import { createEmbeddingMatrix, rowDistance } from "../metric/embedding-matrix.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import { balanced } from "./counted-pairs.ts";
import { BINS_A_UNIT } from "./distance-histogram.ts";
import type { FaceSet } from "./face-set.ts";
import { dealPeople, facesByPerson } from "./people-folds.ts";
import { computeRoc } from "./roc.ts";
import { verifyAllPairs } from "./streamed-pairs.ts";

const SIZE = 8;

/** 40 people of 1 to 5 faces; low dimensions, so that people overlap. */
function randomFaces(seed: number): FaceSet {
  const random = seededRandom(seed);
  const person = Uint32Array.from(Array.from({ length: 40 }, (_, p) => new Array<number>(1 + (p % 5)).fill(p)).flat());
  const centres = Array.from({ length: 40 }, () => Float32Array.from({ length: SIZE }, () => random() - 0.5));
  const codes = Array.from(person, (p) => {
    const vector = normalize((centres[p] as Float32Array).map((value) => value + (random() - 0.5) * 0.7));
    return Int8Array.from(vector, (value) => Math.round(value * 120));
  });
  return {
    images: codes.map((_, i) => `${i}.jpg`),
    boxes: codes.map(() => null),
    people: centres.map((_, p) => `p${p}`),
    person,
    embeddings: createEmbeddingMatrix(codes, "bytes"),
  };
}

const options = (seed: number) => ({
  fars: [0.1, 0.01],
  folds: 3,
  random: seededRandom(seed),
  modelThresholds: [{ far: 0.05, distance: 0.7 }],
  bootstrap: { resamples: 40, random: seededRandom(1) },
  stream: {},
});

type Pair = { a: number; b: number; distance: number; same: boolean };
const up = (distance: number) => Math.ceil(distance * BINS_A_UNIT) / BINS_A_UNIT;
const rate = (pairs: Pair[], same: boolean, threshold: number) => {
  const kind = pairs.filter((pair) => pair.same === same);
  return kind.filter(({ distance }) => distance <= threshold).length / kind.length;
};

describe("verifyAllPairs", () => {
  const faces = randomFaces(4);
  const pairs: Pair[] = [];
  for (let a = 0; a < faces.images.length; a++)
    for (let b = 0; b < a; b++)
      pairs.push({ a, b, distance: up(rowDistance(faces.embeddings, a, b)), same: faces.person[a] === faces.person[b] });

  it("equals loops over all pairs to 1e-9, with distances rounded up to 2^-14", async () => {
    const result = await verifyAllPairs(faces, options(9));
    expect(result).toMatchObject({ pairs: pairs.length, samePairs: pairs.filter(({ same }) => same).length, inSample: false });
    const facesOf = facesByPerson(faces.person, 40);
    const folds = dealPeople(
      facesOf.map((own) => own.length),
      3,
      seededRandom(9),
    );
    const foldOf = (face: number) => folds.findIndex((people) => people.includes(faces.person[face] as number));
    const vals: number[] = [];
    const accuracies: number[] = [];
    for (const [fold] of folds.entries()) {
      const test = pairs.filter(({ a, b }) => foldOf(a) === fold && foldOf(b) === fold);
      const train = pairs.filter(({ a, b }) => foldOf(a) !== fold && foldOf(b) !== fold);
      const thresholds = [0, ...train.map(({ distance }) => distance)];
      vals.push(rate(test, true, Math.max(...thresholds.filter((d) => rate(train, false, d) <= 0.1))));
      const { threshold, accuracy } = result.folds[fold] as { threshold: number; accuracy: number };
      const accuracyAt = (some: Pair[], d: number) => (rate(some, true, d) + 1 - rate(some, false, d)) / 2;
      expect(accuracyAt(train, threshold)).toBeCloseTo(Math.max(...thresholds.map((d) => accuracyAt(train, d))), 9);
      expect(accuracy).toBeCloseTo(accuracyAt(test, threshold), 9);
      expect(result.folds[fold]?.pairs).toBe(test.length);
      accuracies.push(accuracy);
    }
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value) / values.length;
    expect(result.val[0]?.mean).toBeCloseTo(mean(vals), 9);
    expect(result.accuracy.mean).toBeCloseTo(mean(accuracies), 9);
    let inOrder = 0;
    for (const s of pairs.filter(({ same }) => same))
      for (const d of pairs.filter(({ same }) => !same)) inOrder += (1 - Math.sign(s.distance - d.distance)) / 2;
    expect(result.auc).toBeCloseTo(inOrder / result.samePairs / result.differentPairs, 9);
    expect(result.modelThresholds[0]).toMatchObject({
      val: rate(pairs, true, up(0.7) - 1 / BINS_A_UNIT),
      measuredFar: rate(pairs, false, up(0.7) - 1 / BINS_A_UNIT),
    });
  });

  it("has the worst pairs, and intervals of its figures", async () => {
    const result = await verifyAllPairs(faces, options(9));
    const closest = pairs.filter(({ same }) => !same).sort((x, y) => x.distance - y.distance)[0] as Pair;
    expect(result.worst.falseAccepts[0]?.distance).toBe(rowDistance(faces.embeddings, closest.a, closest.b));
    expect(result.worst.falseRejects.length).toBeGreaterThan(0);
    for (const { mean, interval } of [result.accuracy, ...result.val]) {
      expect(interval?.low).toBeLessThan(mean + 0.1);
      expect(interval?.high).toBeGreaterThan(mean - 0.1);
      expect(interval?.low).toBeLessThan(interval?.high as number);
    }
  });

  it("rejects a single person", async () => {
    const one = { ...faces, people: ["p"], person: new Uint32Array(faces.images.length) };
    await expect(verifyAllPairs(one, options(1))).rejects.toThrow("two people, got 1");
  });
});

it("balanced weights both kinds equally", () => {
  const roc = balanced(computeRoc([0.1, 0.2, 0.3, 0.4], [true, false, false, false]));
  expect([roc.samePairs, roc.differentPairs, ...roc.falseAccepts]).toEqual([1, 1, 0, 1 / 3, 2 / 3, 1]);
});
