import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { computeKnnGraph } from "../../test/naive-knn-graph.ts";
import { squaredL2 } from "../metric/distance.ts";
import { adjacencyOf, edgesBelow, withoutPairs } from "./knn-graph.ts";

/** Points on a line: squared distances can be read off. */
const onALine = (...points: number[]) => Float32Array.from(points);

describe("computeKnnGraph", () => {
  it("lists the nearest first, without the face itself", () => {
    const graph = computeKnnGraph(onALine(0, 1, 3, 7), 1, 2);
    expect(graph).toMatchObject({ size: 4, k: 2 });
    expect(Array.from(graph.neighbours)).toEqual([1, 2, 0, 2, 1, 0, 2, 1]);
    expect(Array.from(graph.distances)).toEqual([1, 9, 1, 4, 4, 9, 16, 36]);
  });

  it("has at most as many neighbours as other faces, and none for one face or none", () => {
    expect(computeKnnGraph(onALine(0, 1, 3), 1, 9).k).toBe(2);
    expect(computeKnnGraph(onALine(5), 1, 9)).toMatchObject({ size: 1, k: 0 });
    expect(computeKnnGraph(onALine(), 1, 9)).toMatchObject({ size: 0, k: 0 });
  });
});

describe("edgesBelow", () => {
  it("lists each pair once, closest first, up to and including the threshold", () => {
    const edges = edgesBelow(computeKnnGraph(onALine(0, 1, 3, 7), 1, 3), 9);
    expect(Array.from(edges.distances)).toEqual([1, 4, 9]);
    expect(Array.from(edges.a)).toEqual([0, 1, 0]);
    expect(Array.from(edges.b)).toEqual([1, 2, 2]);
  });

  it("includes a pair if one face is among the other's nearest", () => {
    const edges = edgesBelow(computeKnnGraph(onALine(0, 1, 3), 1, 1), 99); // 2's nearest is 1, 1's is 0
    expect(Array.from(edges.a, (a, i) => [a, edges.b[i]])).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  it("equals the comparison of all pairs", () => {
    const vectors = fc
      .array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 2, maxLength: 24 })
      .map((values) => Float32Array.from(values.slice(values.length % 2)));
    fc.assert(
      fc.property(vectors, fc.float({ min: 0, max: 4, noNaN: true }), (points, threshold) => {
        const rows = Array.from({ length: points.length / 2 }, (_, i) => points.subarray(2 * i, 2 * i + 2));
        const pairs = rows.flatMap((x, i) =>
          rows.slice(i + 1).map((y, j) => ({ a: i, b: i + 1 + j, distance: Math.fround(squaredL2(x, y)) })),
        );
        const expected = pairs.filter(({ distance }) => distance <= threshold).map(({ distance }) => distance);
        const edges = edgesBelow(computeKnnGraph(points, 2, rows.length), threshold);
        expect(Array.from(edges.distances)).toEqual(expected.sort((x, y) => x - y));
        const at = new Map(pairs.map(({ a, b, distance }) => [`${a} ${b}`, distance]));
        for (const [i, a] of edges.a.entries()) expect(at.get(`${a} ${edges.b[i]}`)).toBe(edges.distances[i]);
      }),
    );
  });
});

describe("adjacencyOf", () => {
  it("lists every edge at both ends, closest first", () => {
    const { offsets, neighbours, distances } = adjacencyOf(edgesBelow(computeKnnGraph(onALine(0, 1, 3, 7), 1, 3), 9));
    expect(Array.from(offsets)).toEqual([0, 2, 4, 6, 6]);
    expect(Array.from(neighbours)).toEqual([1, 2, 0, 2, 1, 0]);
    expect(Array.from(distances)).toEqual([1, 9, 1, 4, 4, 9]);
  });
});

describe("withoutPairs", () => {
  it("removes exactly the given pairs, whatever the graph and threshold", () => {
    const points = fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 2, maxLength: 14 });
    const out = fc.array(fc.tuple(fc.nat(13), fc.nat(13)), { maxLength: 20 });
    fc.assert(
      fc.property(
        points,
        out,
        fc.integer({ min: 1, max: 6 }),
        fc.float({ min: 0, max: 4, noNaN: true }),
        (line, pairs, k, threshold) => {
          const isOut = (a: number, b: number) => pairs.some(([x, y]) => (x === a && y === b) || (x === b && y === a));
          const graph = computeKnnGraph(onALine(...line), 1, k);
          const key = ({ a, b, distances }: ReturnType<typeof edgesBelow>) =>
            Array.from(a, (from, i) => [from, b[i], distances[i]]);
          const expected = key(edgesBelow(graph, threshold)).filter(([a, b]) => !isOut(a as number, b as number));
          expect(key(edgesBelow(withoutPairs(graph, isOut), threshold))).toEqual(expected);
        },
      ),
    );
  });
});
