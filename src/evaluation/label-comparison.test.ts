import { describe, expect, it } from "vitest";
import { normalize, squaredL2 } from "../metric/distance.ts";
import { createEmbeddingMatrix } from "../metric/embedding-matrix.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import { quantile } from "../metric/statistics.ts";
import type { LabelComparison } from "../schemas/evaluation.ts";
import { drawPeople } from "./bootstrap.ts";
import type { FaceSet } from "./face-set.ts";
import { compareLabels, compareLabelsOfEveryPair, overGeometricMean } from "./label-comparison.ts";
import { cellOf, type FaceLabels } from "./labelled-pairs.ts";
import { type PairList, pairListOf } from "./verification.ts";

const PEOPLE = 36;
const THRESHOLD = 0.5;
const labels = ["a", "b", "c"];

/** People who overlap, two to five faces each; those of the last third stand closer together. */
const random = seededRandom(3);
const person = Uint32Array.from(Array.from({ length: PEOPLE }, (_, p) => new Array<number>(2 + (p % 4)).fill(p)).flat());
const centres = Array.from({ length: PEOPLE }, (_, p) =>
  Float32Array.from({ length: 4 }, (_, k) => (random() - 0.5) * (p < 24 ? 1 : 0.6) + (p >= 24 && k === 0 ? 0.5 : 0)),
);
const vectors = Array.from(person, (p) => normalize((centres[p] as Float32Array).map((value) => value + (random() - 0.5) * 0.5)));
const faces: FaceSet = {
  images: vectors.map((_, i) => `${i}.jpg`),
  boxes: vectors.map(() => null),
  people: centres.map((_, p) => `p${p}`),
  person,
  embeddings: createEmbeddingMatrix(vectors, "floats"),
};
const everyPair: PairList = pairListOf(vectors.flatMap((_, i) => Array.from({ length: i }, (__, j) => [i, j, 1] as const)));

/** As people have it: a third each, the last person none. */
const ofPeople: FaceLabels = { labels, of: Int32Array.from(person, (p) => (p === PEOPLE - 1 ? -1 : Math.floor(p / 12))) };
/** As images have it: faces of one person differ. */
const ofImages: FaceLabels = { labels, of: Int32Array.from(person, (_, face) => (face * 7) % 4) };
for (const [face, label] of ofImages.of.entries()) if (label === 3) ofImages.of[face] = -1;

type Naive = { far: number; frr: number; same: number; different: number };

/** Each pair looked at by itself; person p is there `times[p]` times. */
function naive(labelled: FaceLabels, times: ArrayLike<number>): Naive[] {
  const cells = Array.from({ length: 6 }, () => ({ same: 0, different: 0, rejected: 0, accepted: 0 }));
  for (let i = 0; i < vectors.length; i++)
    for (let j = 0; j < i; j++) {
      const [a, b] = [labelled.of[i] as number, labelled.of[j] as number];
      if (a < 0 || b < 0) continue;
      const cell = cells[cellOf(a, b, 3)] as (typeof cells)[number];
      const [p, q] = [person[i] as number, person[j] as number];
      const isAccepted = squaredL2(vectors[i] as Float32Array, vectors[j] as Float32Array) <= THRESHOLD;
      if (p === q) {
        cell.same += times[p] as number;
        if (!isAccepted) cell.rejected += times[p] as number;
      } else {
        const weight = (times[p] as number) * (times[q] as number);
        cell.different += weight;
        if (isAccepted) cell.accepted += weight;
      }
    }
  return cells.map(({ same, different, rejected, accepted }) => ({
    same,
    different,
    far: accepted / different,
    frr: rejected / same,
  }));
}

function allRates({ labels, between }: Pick<LabelComparison, "labels" | "between">) {
  const at = (a: string, b: string) => between.find((each) => each.labels[0] === a && each.labels[1] === b);
  return [labels[0], at("a", "b"), at("a", "c"), labels[1], at("b", "c"), labels[2]];
}

const options = () => ({ threshold: THRESHOLD, bootstrap: { resamples: 200, random: seededRandom(9) } });

describe("cellOf", () => {
  it("numbers each combination of two labels once, in any order", () => {
    const cells = labels.flatMap((_, a) => labels.map((__, b) => cellOf(a, b, 3)));
    expect(cells).toEqual([0, 1, 2, 1, 3, 4, 2, 4, 5]);
  });
});

describe.each([
  ["people", ofPeople],
  ["images", ofImages],
])("compareLabels of %s", (_, labelled) => {
  it("equals evaluating each pair, with intervals from reweighting pairs in every resample", () => {
    const result = compareLabels(faces, everyPair, labelled, options());
    const drawings = ((random) => Array.from({ length: 200 }, () => naive(labelled, drawPeople(PEOPLE, random))))(
      seededRandom(9),
    );
    for (const [cell, expected] of naive(labelled, new Array(PEOPLE).fill(1)).entries()) {
      const rates = allRates(result)[cell];
      expect([rates?.samePairs, rates?.differentPairs]).toEqual([expected.same, expected.different]);
      for (const [rate, interval, name] of [
        [rates?.measuredFar, rates?.farInterval, "far"],
        [rates?.frr, rates?.frrInterval, "frr"],
      ] as const) {
        if (Number.isNaN(expected[name])) expect(rate).toBeNull();
        else expect(rate).toBeCloseTo(expected[name], 12);
        const drawn = drawings.map((each) => each[cell]?.[name] as number).filter((value) => !Number.isNaN(value));
        if (Number.isNaN(expected[name]) || drawn.length < 190) expect(interval).toBeNull();
        else {
          const sorted = drawn.sort((a, b) => a - b);
          expect(interval?.low).toBeCloseTo(quantile(sorted, 0.025), 9);
          expect(interval?.high).toBeCloseTo(quantile(sorted, 0.975), 9);
        }
      }
    }
    expect(result.labels.map(({ images }) => images)).toEqual(
      labels.map((__, label) => labelled.of.filter((each) => each === label).length),
    );
  });

  it("is the same on all pairs of a set, streamed", async () => {
    const listed = compareLabels(faces, everyPair, labelled, options());
    const streamed = await compareLabelsOfEveryPair(faces, labelled, { ...options(), stream: {} });
    const rounded = (value: unknown) =>
      JSON.parse(JSON.stringify(value, (_, each) => (typeof each === "number" ? Number(each.toFixed(9)) : each)));
    expect(rounded(streamed)).toEqual(rounded(listed));
  });

  it("names the worst label, relative to the geometric mean", () => {
    const { labels, worstFar } = compareLabels(faces, everyPair, labelled, { ...options(), threshold: 0.8 });
    const rates = labels.map(({ measuredFar }) => measuredFar as number);
    const highest = Math.max(...rates);
    expect(worstFar?.label).toBe(labels[rates.indexOf(highest)]?.label);
    expect(worstFar?.ratio).toBeCloseTo(
      highest / ((rates[0] as number) * (rates[1] as number) * (rates[2] as number)) ** (1 / 3),
      9,
    );
    expect(worstFar?.interval?.low).toBeLessThanOrEqual(worstFar?.ratio as number);
    expect(worstFar?.interval?.high).toBeGreaterThanOrEqual(worstFar?.ratio as number);
  });
});

describe("compareLabels", () => {
  it("uses a given distance instead of that of the embeddings, as for videos", () => {
    const { labels } = compareLabels(faces, everyPair, ofPeople, { ...options(), distanceOf: () => 1 });
    expect(labels.map(({ measuredFar, frr }) => [measuredFar, frr])).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
    ]);
  });

  it("finds the people who are confused more often", () => {
    expect(compareLabels(faces, everyPair, ofPeople, options()).worstFar?.label).toBe("c");
  });

  it("has no rate without pairs: a label of one person, or of nobody", () => {
    const of = Int32Array.from(person, (p) => (p === 3 ? 0 : -1));
    const { labels, worstFar } = compareLabels(faces, everyPair, { labels: ["alone", "nobody"], of }, options());
    expect(labels[0]).toMatchObject({ people: 1, differentPairs: 0, measuredFar: null, farInterval: null });
    expect(labels[1]).toMatchObject({ people: 0, images: 0, samePairs: 0, frr: null, frrInterval: null });
    expect(worstFar).toBeNull();
  });
});

describe("overGeometricMean", () => {
  it("ignores unmeasured rates, and is undefined if a rate is 0 or the only one", () => {
    expect(overGeometricMean([0.1, Number.NaN, 0.001])).toBeCloseTo(10, 12);
    expect(overGeometricMean([0.1, 0])).toBeUndefined();
    expect(overGeometricMean([0.1, Number.NaN])).toBeUndefined();
  });
});
