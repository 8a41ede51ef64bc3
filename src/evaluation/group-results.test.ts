import { describe, expect, it } from "vitest";
import { normalize } from "../metric/distance.ts";
import { createEmbeddingMatrix } from "../metric/embedding-matrix.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import { BINS_A_UNIT } from "./distance-histogram.ts";
import type { FaceSet } from "./face-set.ts";
import { groupResults, groupResultsOfEveryPair, significanceOfEveryPair } from "./group-results.ts";
import { pairedSignificance } from "./paired-significance.ts";
import { type PairList, pairListOf } from "./verification.ts";

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
/** An edge of the bins that distances are counted in, so that counts are exact there. */
const THRESHOLD = Math.round(0.4 * BINS_A_UNIT) / BINS_A_UNIT;

describe("groupResultsOfEveryPair", () => {
  const faces = madeUpFaces(0.7);
  const groups = new Map([
    ["age: old", new Set(["p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7"])],
    ["age: young", new Set(faces.people.slice(8))],
    ["alone", new Set(["p3"])],
    ["unknown", new Set(["nobody"])],
  ]);

  it("are those of the list of every pair, intervals too", async () => {
    const expected = groupResults(faces, everyPair(faces), groups, { threshold: THRESHOLD, bootstrap: bootstrap() });
    const results = await groupResultsOfEveryPair(faces, groups, { threshold: THRESHOLD, bootstrap: bootstrap(), stream: {} });
    expect(results).toHaveLength(4);
    expect(results[0]).toEqual({ ...expected[0], valInterval: expect.anything(), farInterval: expect.anything() });
    // The drawings of the first group are the same ones; the order in which pairs were listed says nothing.
    for (const [i, kind] of (["valInterval", "farInterval"] as const).entries()) {
      expect(results[0]?.[kind]?.low, String(i)).toBeCloseTo(expected[0]?.[kind]?.low as number, 9);
      expect(results[0]?.[kind]?.high, String(i)).toBeCloseTo(expected[0]?.[kind]?.high as number, 9);
    }
    for (const at of [1, 2, 3])
      for (const field of ["group", "people", "samePairs", "differentPairs", "val", "measuredFar"] as const)
        expect(results[at]?.[field], field).toEqual(expected[at]?.[field]);
    expect(results[3]).toMatchObject({ people: 0, val: null, measuredFar: null });
  });
});

describe("significanceOfEveryPair", () => {
  it("is that of the list of every pair that both measured", async () => {
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
