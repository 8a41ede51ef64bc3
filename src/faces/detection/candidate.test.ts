import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Candidate, corrected, type OverlapMeasure, overlap, squared, withoutOverlaps } from "./candidate.ts";

const box = (left: number, top: number, right: number, bottom: number, confidence = 1): Candidate => ({
  left,
  top,
  right,
  bottom,
  confidence,
});
/** Small whole-numbered boxes, so that many overlap and areas can be counted pixel by pixel. */
const candidate = fc
  .record({
    left: fc.nat(9),
    top: fc.nat(9),
    width: fc.integer({ min: 1, max: 7 }),
    height: fc.integer({ min: 1, max: 7 }),
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ left, top, width, height, confidence }) => box(left, top, left + width, top + height, confidence));
const measures = fc.constantFrom<OverlapMeasure>("union", "smaller");

function overlapByCounting(a: Candidate, b: Candidate, measure: OverlapMeasure): number {
  const pixels = (c: Candidate) => {
    const set = new Set<string>();
    for (let x = c.left; x < c.right; x++) for (let y = c.top; y < c.bottom; y++) set.add(`${x},${y}`);
    return set;
  };
  const [p, q] = [pixels(a), pixels(b)];
  const common = p.intersection(q).size;
  return common / (measure === "union" ? p.union(q).size : Math.min(p.size, q.size));
}

/** As it is usually written: take the surest, strike out what overlaps it, repeat. */
function suppressSlowly(candidates: readonly Candidate[], limit: number, measure: OverlapMeasure): Candidate[] {
  let left = [...candidates];
  const kept: Candidate[] = [];
  while (left.length > 0) {
    const surest = left.reduce((best, c) => (c.confidence > best.confidence ? c : best));
    kept.push(surest);
    left = left.filter((c) => c !== surest && overlapByCounting(c, surest, measure) <= limit);
  }
  return kept;
}

describe("overlap", () => {
  it("is the share of the area in common", () => {
    fc.assert(
      fc.property(candidate, candidate, measures, (a, b, measure) => {
        expect(overlap(a, b, measure)).toBeCloseTo(overlapByCounting(a, b, measure), 12);
      }),
    );
  });

  it("is 0 for boxes that touch, 1 for a box within another measured by the smaller", () => {
    expect(overlap(box(0, 0, 4, 4), box(4, 0, 8, 4), "union")).toBe(0);
    expect(overlap(box(0, 0, 10, 10), box(2, 2, 4, 4), "smaller")).toBe(1);
    expect(overlap(box(0, 0, 10, 10), box(2, 2, 4, 4), "union")).toBeCloseTo(0.04, 12);
  });
});

describe("withoutOverlaps", () => {
  it("keeps what striking out by hand keeps, the surest first", () => {
    fc.assert(
      fc.property(
        fc.array(candidate, { maxLength: 25 }),
        fc.constantFrom(0, 0.3, 0.5, 0.7),
        measures,
        (candidates, limit, measure) => {
          expect(withoutOverlaps(candidates, limit, measure)).toEqual(suppressSlowly(candidates, limit, measure));
        },
      ),
    );
  });

  it("leaves its input as it was", () => {
    const candidates = [box(0, 0, 2, 2, 0.1), box(5, 5, 7, 7, 0.9)];
    withoutOverlaps(candidates, 0.5);
    expect(candidates.map(({ confidence }) => confidence)).toEqual([0.1, 0.9]);
  });
});

describe("corrected and squared", () => {
  it("moves each side by its share of the size", () => {
    expect(corrected(box(10, 20, 30, 60), [0.1, -0.1, 0.5, 0.25])).toEqual(box(12, 16, 40, 70));
  });

  it("makes the square of the longer side around the same centre", () => {
    expect(squared(box(10, 20, 30, 60))).toEqual(box(0, 20, 40, 60));
    expect(squared(box(0, 0, 40, 10, 0.5))).toEqual(box(0, -15, 40, 25, 0.5));
  });

  it("keeps what else is known of the candidate", () => {
    const known = { ...box(0, 0, 2, 2, 0.7), landmark: "nose" };
    expect(corrected(known, [0, 0, 0, 0])).toEqual(known);
    expect(squared(known)).toEqual(known);
  });
});
