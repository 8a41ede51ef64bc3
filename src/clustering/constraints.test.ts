import { describe, expect, it } from "vitest";
import { ConstrainedClusters, type Constraints } from "./constraints.ts";

const of = (size: number, constraints: Constraints, previous?: number[]) =>
  ConstrainedClusters.create(size, constraints, previous);
const together = (clusters: ConstrainedClusters, a: number, b: number) => clusters.find(a) === clusters.find(b);

describe("ConstrainedClusters", () => {
  it("joins what nothing speaks against", () => {
    const clusters = of(3, {});
    expect(clusters.join(0, 2)).toBe(true);
    expect(clusters.join(2, 0)).toBe(true);
    expect([together(clusters, 0, 2), together(clusters, 0, 1), clusters.sizeOf(2)]).toEqual([true, false, 2]);
  });

  it("never joins two faces of one photograph, not through a third either", () => {
    const clusters = of(3, { photographs: [5, 5, 6] });
    expect(clusters.join(0, 1)).toBe(false);
    expect(clusters.join(0, 2)).toBe(true);
    expect(clusters.join(2, 1)).toBe(false);
  });

  it("starts with the faces of a fixed person as one, and never joins two such people", () => {
    const clusters = of(5, { fixed: [7, -1, 7, 8, -1] });
    expect(together(clusters, 0, 2)).toBe(true);
    expect(clusters.join(2, 3)).toBe(false);
    expect(clusters.join(1, 0)).toBe(true);
    expect(clusters.join(1, 3)).toBe(false);
    expect(clusters.join(4, 3)).toBe(true);
  });

  it("keeps pairs apart that a user has parted, whichever way they would come together", () => {
    const clusters = of(4, { cannotLink: [[0, 1]] });
    expect(clusters.join(0, 2)).toBe(true);
    expect(clusters.join(1, 3)).toBe(true);
    expect(clusters.join(2, 3)).toBe(false);
  });

  it("keeps a face from a person it is not", () => {
    const clusters = of(4, { fixed: [7, -1, -1, -1], rejections: [{ face: 1, person: 7 }] });
    expect(clusters.join(1, 0)).toBe(false);
    expect(clusters.join(1, 2)).toBe(true);
    expect(clusters.join(0, 2)).toBe(false);
    expect(clusters.join(0, 3)).toBe(true);
    expect(clusters.join(3, 1)).toBe(false);
  });

  it("takes a user's word over what photographs say", () => {
    const photographs = [5, 5, 5];
    expect(together(of(3, { photographs, mustLink: [[0, 1]] }), 0, 1)).toBe(true);
    const fixed = of(3, { photographs, fixed: [7, 7, -1] });
    expect(together(fixed, 0, 1)).toBe(true);
    expect(fixed.join(1, 2)).toBe(false);
  });

  it("lets assignments go before partings, and partings before links", () => {
    expect(together(of(2, { fixed: [7, 7], cannotLink: [[0, 1]] }), 0, 1)).toBe(true);
    expect(together(of(2, { fixed: [7, 7], rejections: [{ face: 1, person: 7 }] }), 0, 1)).toBe(true);
    expect(together(of(2, { cannotLink: [[0, 1]], mustLink: [[0, 1]] }), 0, 1)).toBe(false);
    expect(together(of(2, { fixed: [7, 8], mustLink: [[0, 1]] }), 0, 1)).toBe(false);
    expect(together(of(2, { fixed: [7, -1], rejections: [{ face: 1, person: 7 }], mustLink: [[0, 1]] }), 0, 1)).toBe(false);
  });

  it("joins again what was one before, except what has been parted since", () => {
    const clusters = of(5, { cannotLink: [[0, 1]] }, [3, 3, 3, 3, -1]);
    expect(together(clusters, 0, 1)).toBe(false);
    expect([together(clusters, 0, 2), together(clusters, 0, 3), clusters.sizeOf(4)]).toEqual([true, true, 1]);
  });

  it("keeps a face from those who were a person it is not, though nobody has fixed them", () => {
    const clusters = of(4, { fixed: [8, -1, -1, -1], rejections: [{ face: 0, person: 3 }] }, [8, 3, 3, -1]);
    expect(together(clusters, 1, 2)).toBe(true);
    expect(clusters.join(0, 1)).toBe(false);
    expect(clusters.join(3, 2)).toBe(true);
    expect(clusters.join(0, 3)).toBe(false);
  });
});
