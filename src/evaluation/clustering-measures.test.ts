import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { computeClusteringMeasures } from "./clustering-measures.ts";

describe("computeClusteringMeasures", () => {
  it("matches a manual calculation", () => {
    // clusters {0 1 2} {3}, people {0 1} {2 3}: of 3 pairs 1 is right, of 2 people's pairs 1 is found
    const measures = computeClusteringMeasures([0, 0, 0, 1], [5, 5, 6, 6]);
    expect(measures).toMatchObject({ faces: 4, people: 2, clusters: 2, clustersOfOne: 1 });
    expect(measures.pairwise).toEqual({ precision: 1 / 3, recall: 1 / 2, f: 2 / 5 });
    expect(measures.bCubed.precision).toBeCloseTo((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4, 12);
    expect(measures.bCubed.recall).toBeCloseTo((1 + 1 + 1 / 2 + 1 / 2) / 4, 12);
  });

  it("is 1 if clusters equal people, whatever their numbers", () => {
    const { pairwise, bCubed, normalizedMutualInformation } = computeClusteringMeasures([3, 3, 1, -1], [0, 0, 7, 8]);
    expect([pairwise.f, bCubed.f, normalizedMutualInformation]).toEqual([1, 1, expect.closeTo(1, 12)]);
  });

  it("counts unclustered faces as separate clusters", () => {
    expect(computeClusteringMeasures([-1, -1], [0, 0])).toMatchObject({
      clusters: 2,
      clustersOfOne: 2,
      pairwise: { precision: 1, recall: 0, f: 0 },
    });
  });

  it("rejects different lengths, and no faces", () => {
    expect(() => computeClusteringMeasures([0], [])).toThrow("1 labels, 0 people");
    expect(() => computeClusteringMeasures([], [])).toThrow("at least one face");
  });

  it("equals counting pairs and faces one by one", () => {
    const face = fc.record({ label: fc.integer({ min: -1, max: 4 }), person: fc.nat(4) });
    fc.assert(
      fc.property(fc.array(face, { minLength: 1, maxLength: 30 }), (faces) => {
        const labels = faces.map(({ label }, i) => (label < 0 ? `alone ${i}` : `${label}`));
        const people = faces.map(({ person }) => person);
        const of = faces.map((_, i) => i);
        const share = (a: number, b: number) => (b === 0 ? 1 : a / b);
        const pairs = of.flatMap((i) =>
          of.slice(i + 1).map((j) => ({ joined: labels[i] === labels[j], same: people[i] === people[j] })),
        );
        const right = pairs.filter(({ joined, same }) => joined && same).length;
        const mean = (value: (i: number) => number) => of.reduce((sum, i) => sum + value(i), 0) / of.length;
        const both = (i: number) => of.filter((j) => labels[j] === labels[i] && people[j] === people[i]).length;
        const inCluster = (i: number) => of.filter((j) => labels[j] === labels[i]).length;
        const ofPerson = (i: number) => of.filter((j) => people[j] === people[i]).length;

        const { pairwise, bCubed, normalizedMutualInformation } = computeClusteringMeasures(
          faces.map(({ label }) => label),
          people,
        );
        expect(pairwise.precision).toBeCloseTo(share(right, pairs.filter(({ joined }) => joined).length), 12);
        expect(pairwise.recall).toBeCloseTo(share(right, pairs.filter(({ same }) => same).length), 12);
        expect(bCubed.precision).toBeCloseTo(
          mean((i) => both(i) / inCluster(i)),
          12,
        );
        expect(bCubed.recall).toBeCloseTo(
          mean((i) => both(i) / ofPerson(i)),
          12,
        );
        // means over faces of -log p are entropies, of log p(both) / (p q) the information
        const n = of.length;
        const entropies = mean((i) => -Math.log(inCluster(i) / n)) + mean((i) => -Math.log(ofPerson(i) / n));
        const information = mean((i) => Math.log((both(i) * n) / (inCluster(i) * ofPerson(i))));
        if (entropies > 0) expect(normalizedMutualInformation).toBeCloseTo((2 * information) / entropies, 9);
      }),
    );
  });
});
