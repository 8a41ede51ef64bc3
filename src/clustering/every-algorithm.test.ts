/** Properties that all clustering algorithms share, and differences between them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { computeKnnGraph } from "../../test/naive-knn-graph.ts";
import { normalize, squaredL2 } from "../metric/distance.ts";
import { agglomerative } from "./agglomerative.ts";
import { averageLinkage } from "./average-linkage.ts";
import { chineseWhispers } from "./chinese-whispers.ts";
import { clusterFaces } from "./cluster-faces.ts";
import type { Constraints } from "./constraints.ts";
import { dbscan } from "./dbscan.ts";
import type { KnnGraph } from "./knn-graph.ts";
import type { ClusteringOptions } from "./poor-faces.ts";

type Algorithm = (graph: KnnGraph, vectors: Float32Array, threshold: number, options?: ClusteringOptions) => Int32Array;

const algorithms: [string, Algorithm][] = [
  [
    "agglomerative",
    (graph, vectors, thresholdSquaredL2, options) => agglomerative(graph, vectors, { ...options, thresholdSquaredL2 }),
  ],
  [
    "chineseWhispers",
    (graph, _vectors, thresholdSquaredL2, options) =>
      chineseWhispers(graph, { ...options, thresholdSquaredL2, random: generator(1) }),
  ],
  ["dbscan", (graph, _vectors, thresholdSquaredL2, options) => dbscan(graph, { ...options, thresholdSquaredL2, minPoints: 2 })],
];

/** Park and Miller's generator. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Unit vectors in the plane, [n, 2], from angles in degrees; 30 degrees are 0.27 apart, 90 are 2. */
const atAngles = (...degrees: number[]) =>
  Float32Array.from(degrees.flatMap((angle) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)]));
const completeGraph = (vectors: Float32Array) => computeKnnGraph(vectors, 2, vectors.length);

const number = (max: number) => fc.oneof({ weight: 2, arbitrary: fc.constant(-1) }, fc.nat(max));
const face = fc.record({
  angle: fc.double({ min: 0, max: 360, noNaN: true }),
  photograph: fc.nat(12),
  fixed: number(2),
  previous: number(3),
  mayStart: fc.integer({ min: 0, max: 1 }),
});
const row = fc.nat(19);
const album = fc.record({
  faces: fc.array(face, { minLength: 20, maxLength: 20 }),
  mustLink: fc.array(fc.tuple(row, row), { maxLength: 2 }),
  cannotLink: fc.array(
    fc.tuple(row, row).filter(([a, b]) => a !== b),
    { maxLength: 6 },
  ),
  rejections: fc.array(fc.record({ face: row, person: fc.nat(2) }), { maxLength: 6 }),
  threshold: fc.double({ min: 0, max: 3, noNaN: true }),
  k: fc.integer({ min: 1, max: 19 }),
});

describe.each(algorithms)("%s", (_name, cluster) => {
  it("groups close faces and leaves others alone", () => {
    const vectors = atAngles(0, 120, 5, 240, 125);
    expect(Array.from(cluster(completeGraph(vectors), vectors, 0.1))).toEqual([0, 1, 0, 2, 1]);
  });

  it("accepts no faces, and one", () => {
    expect(cluster(completeGraph(atAngles()), atAngles(), 1)).toEqual(new Int32Array());
    expect(cluster(completeGraph(atAngles(9)), atAngles(9), 1)).toEqual(Int32Array.of(0));
  });

  it("assigns a poor face to its closest cluster, but never starts or merges clusters by it", () => {
    const vectors = atAngles(0, 2, 14, 30, 32, 200, 202);
    const mayStart = Uint8Array.of(1, 1, 0, 1, 1, 0, 0);
    expect(Array.from(cluster(completeGraph(vectors), vectors, 0.12, { mayStart }))).toEqual([0, 0, 0, 1, 1, -1, -1]);
  });

  it("groups good faces independently of poor ones", () => {
    fc.assert(
      fc.property(album, ({ faces, threshold }) => {
        const good = faces.filter(({ mayStart }) => mayStart === 1);
        const all = atAngles(...faces.map(({ angle }) => angle));
        const alone = atAngles(...good.map(({ angle }) => angle));
        const mayStart = Uint8Array.from(faces, ({ mayStart }) => mayStart);
        const labels = cluster(completeGraph(all), all, threshold, { mayStart });
        const ofGood = labels.filter((_, i) => mayStart[i] === 1);
        expect(groups(ofGood)).toEqual(groups(cluster(completeGraph(alone), alone, threshold)));
      }),
      { numRuns: 300 },
    );
  });

  it("lets a poor face that a user has identified start a cluster", () => {
    const vectors = atAngles(0, 2);
    const constraints = { fixed: [7, -1] };
    expect(Array.from(cluster(completeGraph(vectors), vectors, 0.1, { mayStart: Uint8Array.of(0, 1), constraints }))).toEqual([
      0, 0,
    ]);
  });

  it("keeps people of an earlier run together and adds new faces to them", () => {
    const vectors = atAngles(0, 60, 62, 200);
    const previous = [4, 4, -1, 9];
    expect(Array.from(cluster(completeGraph(vectors), vectors, 0.6, { previous }))).toEqual([0, 0, 0, 1]);
  });

  it("is stable, also when given its own result", () => {
    const vectors = atAngles(0, 10, 25, 45, 70, 100, 135, 175);
    const labels = cluster(completeGraph(vectors), vectors, 0.2);
    expect(cluster(completeGraph(vectors), vectors, 0.2)).toEqual(labels);
    expect(cluster(completeGraph(vectors), vectors, 0.2, { previous: labels })).toEqual(labels);
  });

  it("never violates a constraint", () => {
    fc.assert(
      fc.property(album, ({ faces, threshold, k, ...said }) => {
        const vectors = atAngles(...faces.map(({ angle }) => angle));
        const constraints = {
          ...said,
          photographs: faces.map(({ photograph }) => photograph),
          fixed: faces.map(({ fixed }) => fixed),
        };
        const options = {
          constraints,
          mayStart: Uint8Array.from(faces, ({ mayStart }) => mayStart),
          previous: faces.map(({ previous }) => previous),
        };
        expectObeyed(cluster(computeKnnGraph(vectors, 2, k), vectors, threshold, options), constraints);
      }),
      { numRuns: 500 },
    );
  });

  it("never assigns two faces of a photograph to one person without a correction", () => {
    fc.assert(
      fc.property(album, ({ faces, threshold, k }) => {
        const vectors = atAngles(...faces.map(({ angle }) => angle));
        const photographs = faces.map(({ photograph }) => photograph);
        const labels = cluster(computeKnnGraph(vectors, 2, k), vectors, threshold, { constraints: { photographs } });
        expect(new Set(photographs.map((photograph, i) => `${photograph} ${labels[i]}`)).size).toBe(
          faces.length - repeats(photographs, labels),
        );
        expect(repeats(photographs, labels)).toBe(0);
      }),
    );
  });
});

describe("agglomerative", () => {
  it("equals average linkage over all pairs on a complete graph", () => {
    const angles = fc.uniqueArray(fc.integer({ min: 0, max: 99_991 }), { minLength: 2, maxLength: 25 });
    fc.assert(
      fc.property(angles, fc.double({ min: 0, max: 4, noNaN: true }), (steps, threshold) => {
        const vectors = Float32Array.from(
          steps.flatMap((step) =>
            Array.from(normalize(Float32Array.of(Math.sin(step), Math.cos(step * 1.7), Math.sin(step * 0.3)))),
          ),
        );
        const rows = steps.map((_, i) => vectors.subarray(3 * i, 3 * i + 3));
        const dense = averageLinkage(
          rows.map((a) => rows.map((b) => squaredL2(a, b))),
          threshold,
        );
        const labels = agglomerative(computeKnnGraph(vectors, 3, steps.length), vectors, { thresholdSquaredL2: threshold });
        expect(groups(labels)).toEqual(dense);
      }),
    );
  });

  it("is average linkage over normalised distances where every face has an offset", () => {
    const faces = fc.uniqueArray(
      fc.record({ step: fc.integer({ min: 0, max: 9_973 }), offset: fc.integer({ min: -50, max: 50 }) }),
      {
        minLength: 2,
        maxLength: 20,
        selector: ({ step }) => step,
      },
    );
    fc.assert(
      fc.property(faces, fc.double({ min: 0, max: 4, noNaN: true }), (given, threshold) => {
        const vectors = Float32Array.from(
          given.flatMap(({ step }) =>
            Array.from(normalize(Float32Array.of(Math.sin(step), Math.cos(step * 1.7), Math.sin(step * 0.3)))),
          ),
        );
        const offsets = Float32Array.from(given, ({ offset }) => offset / 200);
        const rows = given.map((_, i) => vectors.subarray(3 * i, 3 * i + 3));
        const dense = averageLinkage(
          rows.map((a, i) => rows.map((b, j) => squaredL2(a, b) + (offsets[i] as number) + (offsets[j] as number))),
          threshold,
        );
        const graph = computeKnnGraph(vectors, 3, given.length);
        const labels = clusterFaces(graph, vectors, {
          algorithm: "agglomerative",
          seed: 1,
          thresholdSquaredL2: threshold,
          offsets,
        });
        expect(groups(labels)).toEqual(dense);
      }),
    );
  });

  it("does not chain, unlike the others", () => {
    const vectors = atAngles(0, 20, 40, 60, 80, 100);
    expect(new Set(agglomerative(completeGraph(vectors), vectors, { thresholdSquaredL2: 0.13 })).size).toBe(3);
    expect(new Set(dbscan(completeGraph(vectors), { thresholdSquaredL2: 0.13, minPoints: 2 })).size).toBe(1);
  });

  it("rejects vectors and options that do not match the graph", () => {
    const vectors = atAngles(0, 20, 40);
    expect(() => agglomerative(completeGraph(vectors), vectors.subarray(1), { thresholdSquaredL2: 1 })).toThrow(
      "vectors: must have a multiple of 3 elements, got 5",
    );
    expect(() => agglomerative(completeGraph(vectors), vectors, { thresholdSquaredL2: 1, mayStart: new Uint8Array(2) })).toThrow(
      "mayStart: must have 3 elements, got 2",
    );
  });
});

describe("dbscan", () => {
  it("requires minPoints faces for a cluster, itself included", () => {
    const vectors = atAngles(0, 2, 120, 122, 124);
    expect(Array.from(dbscan(completeGraph(vectors), { thresholdSquaredL2: 0.01, minPoints: 3 }))).toEqual([0, 1, 2, 2, 2]);
  });

  it("does not merge two clusters through a border face", () => {
    const vectors = atAngles(0, 1, 2, 12, 22.5, 23.5, 24.5); // within 10.6 degrees 12 has 2 and 22.5, which have four
    const at = (minPoints: number) => Array.from(dbscan(completeGraph(vectors), { thresholdSquaredL2: 0.0341, minPoints }));
    expect(at(4)).toEqual([0, 0, 0, 0, 1, 1, 1]);
    expect(at(3)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it("rejects a minPoints beyond the graph's k", () => {
    const graph = computeKnnGraph(atAngles(0, 2, 120, 122), 2, 1);
    expect(() => dbscan(graph, { thresholdSquaredL2: 1, minPoints: 3 })).toThrow("minPoints: must be at most k + 1 = 2, got 3");
  });
});

/** Pairs of the same photograph within a cluster. */
function repeats(photographs: readonly number[], labels: Int32Array): number {
  let pairs = 0;
  for (const [i, x] of photographs.entries()) {
    for (const [j, y] of photographs.entries())
      if (j > i && x === y && labels[i] === labels[j] && (labels[i] as number) >= 0) pairs++;
  }
  return pairs;
}

/** Largest group first, like averageLinkage. */
function groups(labels: Int32Array): number[][] {
  const all = [...Map.groupBy(labels.keys(), (i) => labels[i] as number).values()];
  return all.sort((a, b) => b.length - a.length || (a[0] as number) - (b[0] as number));
}

/** Naive reference, pair by pair. */
function expectObeyed(
  labels: Int32Array,
  { photographs = [], fixed = [], mustLink = [], cannotLink = [], rejections = [] }: Constraints,
): void {
  const together = (a: number, b: number) => labels[a] === labels[b] && (labels[a] as number) >= 0;
  const person = (a: number) => fixed[a] as number;
  const assignedTogether = (a: number, b: number) => person(a) >= 0 && person(a) === person(b);
  for (const a of labels.keys()) {
    for (const b of labels.keys()) {
      if (a === b) continue;
      if (person(a) >= 0 && person(b) >= 0) expect(together(a, b)).toBe(person(a) === person(b));
      // Only a correction can merge two faces of the same photograph; must-links may do so indirectly.
      else if (photographs[a] === photographs[b] && mustLink.length === 0) expect(together(a, b)).toBe(false);
    }
  }
  for (const [a, b] of cannotLink) if (!assignedTogether(a, b)) expect(together(a, b)).toBe(false);
  for (const { face, person: rejected } of rejections) {
    if (person(face) === rejected) continue;
    for (const other of labels.keys()) if (person(other) === rejected) expect(together(face, other)).toBe(false);
  }
  const isFree = fixed.length === 0 || Array.from(fixed).every((one) => one < 0);
  if (isFree && cannotLink.length === 0) for (const [a, b] of mustLink) expect(together(a, b)).toBe(true);
}
