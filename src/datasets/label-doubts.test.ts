import { describe, expect, it } from "vitest";
import { labelDoubts, type Neighbourhood } from "./label-doubts.ts";

/** Faces on a line, one dimension; distances are squared differences. */
function graphOf(places: readonly number[], k: number): Neighbourhood {
  const rows = places.map((at, i) =>
    places
      .map((other, j) => ({ j, distance: (at - other) ** 2 }))
      .filter(({ j }) => j !== i)
      .sort((a, b) => a.distance - b.distance || a.j - b.j)
      .slice(0, k),
  );
  return {
    k,
    neighbours: Uint32Array.from(rows.flat(), ({ j }) => j),
    distances: Float32Array.from(rows.flat(), ({ distance }) => distance),
  };
}
const options = { samePerson: 1, copy: 0.0001 };

describe("labelDoubts", () => {
  it("has none if people are separated", () => {
    const doubts = labelDoubts([0, 0, 0, 1, 1, 1], graphOf([0, 0.3, 0.6, 10, 10.3, 10.6], 3), options);
    expect(doubts).toEqual({ mislabelled: [], copies: [], onePerson: [] });
  });

  it("finds a face among another person's, and one similar to no one", () => {
    const { mislabelled } = labelDoubts([0, 0, 0, 0, 0, 1, 1, 1], graphOf([0, 0.3, 0.6, 10.1, 30, 10, 10.3, 10.6], 7), options);
    expect(mislabelled).toEqual([
      { face: 3, looksLike: 1, ownDistance: expect.closeTo(90.25, 4), otherDistance: expect.closeTo(0.01, 4) },
      { face: 4, looksLike: null, ownDistance: expect.closeTo(19.9 ** 2, 3), otherDistance: null },
    ]);
  });

  it("does not report an outlier among two or three faces, because either may be right", () => {
    expect(labelDoubts([0, 0, 1, 1], graphOf([0, 5, 10, 10.1], 3), options).mislabelled).toEqual([]);
  });

  it("finds copies once, under one name or two", () => {
    const { copies } = labelDoubts([0, 0, 1], graphOf([0, 0.001, 0.002], 2), options);
    expect(copies.map(({ a, b }) => [a, b])).toEqual([
      [0, 1],
      [1, 2],
      [0, 2],
    ]);
  });

  it("finds a copy that is among the nearest of only one of the two", () => {
    const graph = { k: 1, neighbours: Uint32Array.of(1, 2, 1), distances: Float32Array.of(0.0001, 0, 0) };
    expect(labelDoubts([0, 0, 0], graph, options).copies.map(({ a, b }) => [a, b])).toEqual([
      [1, 2],
      [0, 1],
    ]);
  });

  it("finds the same person under two names", () => {
    const { onePerson } = labelDoubts([0, 0, 1, 1, 2, 2], graphOf([0, 0.2, 0.1, 0.3, 10, 10.1], 5), options);
    expect(onePerson).toEqual([{ a: 0, b: 1, share: 1 }]);
  });
});
