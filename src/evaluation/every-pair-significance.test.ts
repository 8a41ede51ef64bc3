import { describe, expect, it } from "vitest";
import { normalize } from "../metric/distance.ts";
import { createEmbeddingMatrix } from "../metric/embedding-matrix.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import { significanceOfEveryPair } from "./every-pair-significance.ts";
import type { FaceSet } from "./face-set.ts";
import { pairedSignificance } from "./paired-significance.ts";
import { type PairList, pairListOf } from "./verification.ts";

const PEOPLE = 24;

/** 2 to 5 faces a person on few dimensions, so that people overlap; `noise` makes a model worse. */
function madeUpFaces(noise: number, seed = 3): FaceSet {
  const random = seededRandom(seed);
  const person = Uint32Array.from(Array.from({ length: PEOPLE }, (_, p) => new Array<number>(2 + (p % 4)).fill(p)).flat());
  const centres = Array.from({ length: PEOPLE }, () => Float32Array.from({ length: 5 }, () => random() - 0.5));
  const codes = Array.from(person, (p) => {
    const vector = normalize((centres[p] as Float32Array).map((value) => value + (random() - 0.5) * noise));
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

function everyPair({ images }: FaceSet): PairList {
  return pairListOf(images.flatMap((_, i) => Array.from({ length: i }, (__, j) => [i, j, 1] as const)));
}

const bootstrap = () => ({ resamples: 100, random: seededRandom(9) });

describe("significanceOfEveryPair", () => {
  it("equals the result for a list of all pairs measured by both", async () => {
    const [a, b] = [madeUpFaces(0.5), madeUpFaces(0.9)];
    const all = { ...a, images: a.images.map((image, i) => (i === 5 ? "only-a.jpg" : image)) };
    const found = await significanceOfEveryPair(
      { model: "a", faces: all },
      { model: "b", faces: b },
      [0.1, 0.01],
      bootstrap(),
      {},
    );
    const judged = (model: string, faces: FaceSet) => ({ model, faces, list: everyPair(faces), folds: [] });
    const expected = pairedSignificance(judged("a", all), judged("b", b), [0.1, 0.01], bootstrap());
    expect(found.pairs).toBe(expected.pairs);
    expect(found.accuracy).toBeNull();
    for (const [i, { far, difference, interval, pValue }] of expected.val.entries()) {
      expect(found.val[i]?.far).toBe(far);
      expect(found.val[i]?.difference).toBeCloseTo(difference, 2); // thresholds on edges of bins
      expect(found.val[i]?.interval?.low).toBeCloseTo(interval?.low as number, 1);
      expect(found.val[i]?.interval?.high).toBeCloseTo(interval?.high as number, 1);
      expect(found.val[i]?.pValue).toBeCloseTo(pValue as number, 1);
    }
    expect(found.val[0]?.difference).toBeGreaterThan(0.05);
  });
});
