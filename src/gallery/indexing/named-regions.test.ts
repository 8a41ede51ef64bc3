import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { overlapOfUnion } from "../../faces/detection/overlap.ts";
import type { Box } from "../../schemas/face.ts";
import { matchRegions } from "./named-regions.ts";

const side = fc.integer({ min: 1, max: 12 });
const box: fc.Arbitrary<Box> = fc.record({
  x: fc.integer({ min: 0, max: 12 }),
  y: fc.integer({ min: 0, max: 12 }),
  width: side,
  height: side,
});

/** Reference: counts cells. */
function naiveOverlap(a: Box, b: Box): number {
  let [both, either] = [0, 0];
  const isIn = (x: number, y: number, { x: left, y: top, width, height }: Box) =>
    x >= left && x < left + width && y >= top && y < top + height;
  for (let x = 0; x < 24; x++) {
    for (let y = 0; y < 24; y++) {
      if (isIn(x, y, a) && isIn(x, y, b)) both++;
      if (isIn(x, y, a) || isIn(x, y, b)) either++;
    }
  }
  return both / either;
}

describe("overlapOfUnion", () => {
  it("is intersection over union", () => {
    fc.assert(
      fc.property(box, box, (a, b) => {
        expect(overlapOfUnion(a, b)).toBeCloseTo(naiveOverlap(a, b), 12);
      }),
    );
  });
});

describe("matchRegions", () => {
  const at = (x: number, width = 10) => ({ box: { x, y: 0, width, height: 10 } });

  it("pairs each region with the face it is drawn around, best first, and no face twice", () => {
    const [left, right, far] = [at(0), at(6), at(500)];
    const [tight, shifted] = [at(0), at(4)]; // shifted overlaps both, right more
    const pairs = matchRegions([shifted, tight], [left, right, far]);
    expect(pairs).toEqual([
      { region: tight, face: left },
      { region: shifted, face: right },
    ]);
    expect(matchRegions([tight, shifted], [left])).toEqual([{ region: tight, face: left }]);
  });

  it("matches a region around the whole head, but not one that only touches the face", () => {
    const head = { box: { x: -5, y: -8, width: 20, height: 24 } };
    expect(matchRegions([head], [at(0)])).toHaveLength(1);
    expect(matchRegions([at(8)], [at(0)])).toEqual([]);
  });
});
