import { describe, expect, it } from "vitest";
import { normalize } from "../metric/distance.ts";
import { createEmbeddingMatrix, rowDistance } from "../metric/embedding-matrix.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import { quantile } from "../metric/statistics.ts";
import { drawPeople } from "./bootstrap.ts";
import type { FaceSet } from "./face-set.ts";
import { facesByPerson } from "./people-folds.ts";
import { keptReliabilityIntervals, logLoss, RELIABILITY_BINS, reliabilityIntervals, reliabilityOf } from "./reliability.ts";
import { computeRoc } from "./roc.ts";

describe("reliabilityOf", () => {
  it("weights both kinds equally, whatever their numbers", () => {
    // three same pairs and one different in the bin of 0.75, three different in the bin of 0.25, one same beside them
    const distances = [1, 1, 1, 3, 1, 3, 3, 3];
    const same = [true, true, true, true, false, false, false, false];
    expect(reliabilityOf(computeRoc(distances, same), (d) => (d < 2 ? 0.75 : 0.25))).toEqual([
      { predicted: 0.25, observed: 0.25, interval: null, pairs: 4 },
      { predicted: 0.75, observed: 0.75, interval: null, pairs: 4 },
    ]);
    // the different pairs three times over: nothing but the count changes
    const more = [0, 1, 2].flatMap(() => distances.slice(4));
    const points = reliabilityOf(
      computeRoc([...distances.slice(0, 4), ...more], [...same.slice(0, 4), ...more.map(() => false)]),
      (d) => (d < 2 ? 0.75 : 0.25),
    );
    expect(points.map(({ observed }) => observed)).toEqual([expect.closeTo(0.25, 12), expect.closeTo(0.75, 12)]);
  });

  it("keeps a probability of 1 in the last bin", () => {
    expect(reliabilityOf(computeRoc([0, 4], [true, false]), (d) => (d === 0 ? 1 : 0))).toEqual([
      { predicted: 0, observed: 0, interval: null, pairs: 1 },
      { predicted: 1, observed: 1, interval: null, pairs: 1 },
    ]);
  });
});

describe("logLoss", () => {
  it("is the mean of -log of the probability of the truth, over both kinds", () => {
    const loss = logLoss(computeRoc([0, 0, 2], [true, true, false]), (d) => (d === 0 ? 0.9 : 0.2));
    expect(loss).toBeCloseTo(-(Math.log(0.9) + Math.log(0.8)) / 2, 12);
    expect(logLoss(computeRoc([0, 2], [true, false]), () => 0.5)).toBeCloseTo(Math.LN2, 12);
  });

  it("stays finite for wrong certainty, and rejects pairs of one kind", () => {
    expect(logLoss(computeRoc([0, 2], [true, false]), () => 1)).toBeCloseTo(-Math.log(1e-9) / 2, 6);
    expect(() => logLoss(computeRoc([0], [true]), () => 1)).toThrow(RangeError);
  });
});

const PEOPLE = 30;

/** 1 to 6 faces a person on few dimensions, so that people overlap and every probability occurs. */
function randomFaces(): FaceSet {
  const random = seededRandom(3);
  const person = Uint32Array.from(Array.from({ length: PEOPLE }, (_, p) => new Array<number>(1 + (p % 6)).fill(p)).flat());
  const centres = Array.from({ length: PEOPLE }, () => Float32Array.from({ length: 4 }, () => random() - 0.5));
  const vectors = Array.from(person, (p) =>
    normalize((centres[p] as Float32Array).map((value) => value + (random() - 0.5) * 0.6)),
  );
  return {
    images: vectors.map((_, i) => `${i}.jpg`),
    boxes: vectors.map(() => null),
    people: centres.map((_, p) => `p${p}`),
    person,
    embeddings: createEmbeddingMatrix(vectors, "floats"),
  };
}

const faces = randomFaces();
const facesOf = facesByPerson(faces.person, PEOPLE);
const probability = (distance: number) => 1 / (1 + Math.exp(4 * (distance - 0.7)));
const all = Array.from(faces.person.keys()).flatMap((left) =>
  Array.from({ length: left }, (_, right) => ({ left, right, distance: rowDistance(faces.embeddings, left, right) })),
);
const who = (face: number) => faces.person[face] as number;

/** The share of one person in a bin, pairs counted as often as their people were drawn. */
function shareIn(bin: number, times: Float64Array, wanted: (a: number, b: number) => boolean = () => true): number {
  const sums = { same: 0, different: 0, sameInBin: 0, differentInBin: 0 };
  for (const { left, right, distance } of all) {
    const [a, b] = [who(left), who(right)];
    if (!wanted(a, b)) continue;
    const weight = a === b ? (times[a] as number) : (times[a] as number) * (times[b] as number);
    const p = probability(distance);
    const isIn = p >= bin / RELIABILITY_BINS && (p < (bin + 1) / RELIABILITY_BINS || bin === RELIABILITY_BINS - 1);
    sums[a === b ? "same" : "different"] += weight;
    if (isIn) sums[a === b ? "sameInBin" : "differentInBin"] += weight;
  }
  const [same, different] = [sums.sameInBin / sums.same, sums.differentInBin / sums.different];
  return same / (same + different);
}

function expectedIntervals(resamples: number, seed: number, wanted?: (a: number, b: number) => boolean) {
  const random = seededRandom(seed);
  const drawings = Array.from({ length: resamples }, () => drawPeople(PEOPLE, random));
  return Array.from({ length: RELIABILITY_BINS }, (_, bin) => {
    const values = drawings.map((times) => shareIn(bin, times, wanted)).sort((a, b) => a - b);
    return [quantile(values, 0.025), quantile(values, 0.975)] as const;
  });
}

describe("reliabilityIntervals", () => {
  it("contain the share of a bin in most resamples of people", () => {
    const pairs = {
      probabilities: all.map(({ distance }) => probability(distance)),
      left: all.map(({ left }) => who(left)),
      right: all.map(({ right }) => who(right)),
      people: PEOPLE,
    };
    const intervals = reliabilityIntervals(pairs, { resamples: 60, random: seededRandom(5) });
    for (const [bin, [low, high]] of expectedIntervals(60, 5).entries()) {
      expect(intervals[bin]?.low, `bin ${bin}`).toBeCloseTo(low, 9);
      expect(intervals[bin]?.high, `bin ${bin}`).toBeCloseTo(high, 9);
    }
  });

  it("are null for an empty bin, and without resamples", () => {
    const pairs = { probabilities: [0.95, 0.95, 0.05], left: [0, 1, 0], right: [0, 1, 1], people: 2 };
    const intervals = reliabilityIntervals(pairs, { resamples: 100, random: seededRandom(5) });
    expect(intervals[5]).toBeNull();
    expect(reliabilityIntervals(pairs, { resamples: 0, random: seededRandom(5) })).toEqual(new Array(10).fill(null));
  });
});

describe("keptReliabilityIntervals", () => {
  const kept = { faces, facesOf, probability, random: seededRandom(8) };
  const everyone = [[...facesOf.keys()]];

  it("are the same if all pairs were kept, also by groups", () => {
    const halves = [everyone[0]?.filter((p) => p % 2 === 0) ?? [], everyone[0]?.filter((p) => p % 2 === 1) ?? []];
    const bootstrap = () => ({ resamples: 60, random: seededRandom(5) });
    const intervals = keptReliabilityIntervals({ ...kept, pairs: all, limit: 4, groups: halves }, bootstrap());
    for (const [bin, [low, high]] of expectedIntervals(60, 5, (a, b) => a % 2 === b % 2).entries()) {
      expect(intervals[bin]?.low, `bin ${bin}`).toBeCloseTo(low, 9);
      expect(intervals[bin]?.high, `bin ${bin}`).toBeCloseTo(high, 9);
    }
  });

  it("of close pairs only: exact for bins within, and approximate by a sample for bins beyond", () => {
    const limit = 0.6; // probability 0.599: bins 6 to 9 lie within
    const pairs = all.filter(({ left, right, distance }) => who(left) === who(right) || distance <= limit);
    const intervals = keptReliabilityIntervals(
      { ...kept, pairs, limit, groups: everyone },
      { resamples: 1000, random: seededRandom(5) },
    );
    const expected = expectedIntervals(1000, 5);
    for (const [bin, interval] of intervals.entries()) {
      const [low, high] = expected[bin] as readonly [number, number];
      const digits = bin >= 6 ? 9 : 1;
      expect(interval?.low, `bin ${bin}`).toBeCloseTo(low, digits);
      expect(interval?.high, `bin ${bin}`).toBeCloseTo(high, digits);
    }
  });
});
