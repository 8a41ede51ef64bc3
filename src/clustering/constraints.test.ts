import { describe, expect, it } from "vitest";
import { ConstrainedClusters, type Constraints } from "./constraints.ts";

const of = (size: number, constraints: Constraints, previous?: number[]) =>
  ConstrainedClusters.create(size, constraints, previous);
const together = (clusters: ConstrainedClusters, a: number, b: number) => clusters.find(a) === clusters.find(b);

describe("ConstrainedClusters", () => {
  it("merges unconstrained faces", () => {
    const clusters = of(3, {});
    expect(clusters.join(0, 2)).toBe(true);
    expect(clusters.join(2, 0)).toBe(true);
    expect([together(clusters, 0, 2), together(clusters, 0, 1), clusters.sizeOf(2)]).toEqual([true, false, 2]);
  });

  it("never merges two faces of the same photograph, not even indirectly", () => {
    const clusters = of(3, { photographs: [5, 5, 6] });
    expect(clusters.join(0, 1)).toBe(false);
    expect(clusters.join(0, 2)).toBe(true);
    expect(clusters.join(2, 1)).toBe(false);
  });

  it("starts with one cluster per fixed person, and never merges two such people", () => {
    const clusters = of(5, { fixed: [7, -1, 7, 8, -1] });
    expect(together(clusters, 0, 2)).toBe(true);
    expect(clusters.join(2, 3)).toBe(false);
    expect(clusters.join(1, 0)).toBe(true);
    expect(clusters.join(1, 3)).toBe(false);
    expect(clusters.join(4, 3)).toBe(true);
  });

  it("keeps cannot-link pairs apart, also indirectly", () => {
    const clusters = of(4, { cannotLink: [[0, 1]] });
    expect(clusters.join(0, 2)).toBe(true);
    expect(clusters.join(1, 3)).toBe(true);
    expect(clusters.join(2, 3)).toBe(false);
  });

  it("keeps a face away from a rejected person", () => {
    const clusters = of(4, { fixed: [7, -1, -1, -1], rejections: [{ face: 1, person: 7 }] });
    expect(clusters.join(1, 0)).toBe(false);
    expect(clusters.join(1, 2)).toBe(true);
    expect(clusters.join(0, 2)).toBe(false);
    expect(clusters.join(0, 3)).toBe(true);
    expect(clusters.join(3, 1)).toBe(false);
  });

  it("lets corrections override the photograph constraint", () => {
    const photographs = [5, 5, 5];
    expect(together(of(3, { photographs, mustLink: [[0, 1]] }), 0, 1)).toBe(true);
    const fixed = of(3, { photographs, fixed: [7, 7, -1] });
    expect(together(fixed, 0, 1)).toBe(true);
    expect(fixed.join(1, 2)).toBe(false);
  });

  it("gives assignments precedence over cannot-links, and these over must-links", () => {
    expect(together(of(2, { fixed: [7, 7], cannotLink: [[0, 1]] }), 0, 1)).toBe(true);
    expect(together(of(2, { fixed: [7, 7], rejections: [{ face: 1, person: 7 }] }), 0, 1)).toBe(true);
    expect(together(of(2, { cannotLink: [[0, 1]], mustLink: [[0, 1]] }), 0, 1)).toBe(false);
    expect(together(of(2, { fixed: [7, 8], mustLink: [[0, 1]] }), 0, 1)).toBe(false);
    expect(together(of(2, { fixed: [7, -1], rejections: [{ face: 1, person: 7 }], mustLink: [[0, 1]] }), 0, 1)).toBe(false);
  });

  it("restores previous clusters, except separated faces", () => {
    const clusters = of(5, { cannotLink: [[0, 1]] }, [3, 3, 3, 3, -1]);
    expect(together(clusters, 0, 1)).toBe(false);
    expect([together(clusters, 0, 2), together(clusters, 0, 3), clusters.sizeOf(4)]).toEqual([true, true, 1]);
  });

  it("keeps a face away from previous faces of a rejected person", () => {
    const clusters = of(4, { fixed: [8, -1, -1, -1], rejections: [{ face: 0, person: 3 }] }, [8, 3, 3, -1]);
    expect(together(clusters, 1, 2)).toBe(true);
    expect(clusters.join(0, 1)).toBe(false);
    expect(clusters.join(3, 2)).toBe(true);
    expect(clusters.join(0, 3)).toBe(false);
  });
});
