import { describe, expect, it } from "vitest";
import { createEmbeddingMatrix, rowDistance } from "../metric/embedding-matrix.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import type { FaceSet } from "./face-set.ts";
import { identify, openSetOf } from "./identification.ts";

/** Faces in a plane by their angle in degrees: D = 2 - 2 cos of the angle between. */
function planeFaces(list: readonly [person: number, degrees: number][]): FaceSet {
  return {
    images: list.map((_, i) => `${i}`),
    boxes: list.map(() => null),
    people: Array.from({ length: 1 + Math.max(...list.map(([person]) => person)) }, (_, p) => `p${p}`),
    person: Uint32Array.from(list, ([person]) => person),
    embeddings: createEmbeddingMatrix(
      list.map(([, degrees]) => Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180))),
      "floats",
    ),
  };
}

const none = { resamples: 0, random: seededRandom(1) };

describe("openSetOf", () => {
  it("enrols one face of people with several, and treats others as strangers", () => {
    const person = Uint32Array.of(0, 0, 0, 1, 2, 2);
    const people = ["a", "b", "c"];
    expect(openSetOf({ person, people })).toEqual({ enrolled: [0, 4], probes: [1, 2, 5], strangers: [3] });
  });

  it("rejects a set without strangers, and one of strangers only", () => {
    expect(() => openSetOf({ person: Uint32Array.of(0, 0), people: ["a"] })).toThrow("no strangers");
    expect(() => openSetOf({ person: Uint32Array.of(0, 1), people: ["a", "b"] })).toThrow("no person has two faces");
  });
});

describe("identify", () => {
  // enrolled a at 0, b at 90; probes: a at 10 (right), a at 80 (nearest is b), b at 60 (right, farther);
  // strangers at 20 from a, and at 180, 90 from b
  const faces = planeFaces([
    [0, 0],
    [0, 10],
    [0, 80],
    [1, 90],
    [1, 60],
    [2, -20],
    [3, 180],
  ]);
  const at = (degrees: number) => 2 - 2 * Math.cos((degrees * Math.PI) / 180);

  it("matches a manual calculation", () => {
    const thresholds = [15, 25, 45].map((degrees) => ({ fpir: 0.5, distance: at(degrees) }));
    const { rates, cmc } = identify(faces, openSetOf(faces), { thresholds, fpirs: [0, 0.5], bootstrap: none });
    expect(
      rates.map(({ dir, measuredFpir, wrongPerson, thresholdFrom }) => [thresholdFrom, dir, measuredFpir, wrongPerson]),
    ).toEqual([
      ["calibration", 1 / 3, 0, 1 / 3],
      ["calibration", 1 / 3, 1 / 2, 1 / 3],
      ["calibration", 2 / 3, 1 / 2, 1 / 3],
      // no stranger may pass: 0; one of two may: the nearest stranger's 20 degrees
      ["strangers", 0, 0, 0],
      ["strangers", 1 / 3, 1 / 2, 1 / 3],
    ]);
    expect(cmc).toEqual([
      { rank: 1, rate: 2 / 3 },
      { rank: 2, rate: 1 },
    ]);
  });

  it("equals loops over all probes, at every point of the curve", () => {
    const random = seededRandom(5);
    const list = Array.from({ length: 60 }, (_, i): [number, number] => [i < 40 ? i % 15 : i, 360 * random()]);
    const set = planeFaces(list);
    const open = openSetOf({ ...set, people: Array.from({ length: 60 }, (_, p) => `p${p}`) });
    const { curve } = identify(set, open, { thresholds: [], fpirs: [], bootstrap: none });
    expect(curve.length).toBeGreaterThan(5);
    for (const { fpir, dir, threshold } of curve) {
      const nearest = (face: number) =>
        open.enrolled
          .map((other) => ({ other, distance: rowDistance(set.embeddings, face, other) }))
          .sort((a, b) => a.distance - b.distance)[0] as { other: number; distance: number };
      const strangers = open.strangers.filter((face) => nearest(face).distance <= threshold);
      const found = open.probes.filter((face) => {
        const { other, distance } = nearest(face);
        return distance <= threshold && set.person[other] === set.person[face];
      });
      expect(fpir).toBe(strangers.length / open.strangers.length);
      expect(dir).toBe(found.length / open.probes.length);
    }
  });

  it("has intervals from a bootstrap over people", () => {
    const bootstrap = { resamples: 200, random: seededRandom(1) };
    const [rate] = identify(faces, openSetOf(faces), {
      thresholds: [{ fpir: 0.5, distance: at(25) }],
      fpirs: [],
      bootstrap,
    }).rates;
    expect(rate?.dirInterval?.low).toBe(0);
    expect(rate?.dirInterval?.high).toBeGreaterThanOrEqual(0.5);
  });
});
