import { describe, expect, it } from "vitest";
import { arcfaceTemplate } from "../../faces/alignment/arcface-template.ts";
import { alignmentOf, trainingCutOut } from "./cut-out.ts";

const templateOf = (alignment: ReturnType<typeof alignmentOf>) => (alignment.kind === "similarity" ? alignment.template : []);

describe("alignmentOf", () => {
  it("is ArcFace's template at its own size", () => {
    for (const [i, point] of templateOf(alignmentOf({ width: 112, height: 112 })).entries())
      for (const [k, value] of point.entries()) expect(value).toBeCloseTo(arcfaceTemplate[i]?.[k] as number, 10);
  });

  it("scales pixel centres, and centres in an oblong", () => {
    const [[x, y] = [0, 0]] = templateOf(alignmentOf({ width: 56, height: 56 }));
    expect(x + 0.5).toBeCloseTo((38.2946 + 0.5) / 2, 10);
    expect(y + 0.5).toBeCloseTo((51.6963 + 0.5) / 2, 10);
    const [[wide] = [0]] = templateOf(alignmentOf({ width: 76, height: 56 }));
    expect(wide - x).toBeCloseTo(10, 10);
  });
});

describe("trainingCutOut", () => {
  it("is the network's image with a border: without it, the served face", () => {
    const { width, height, border, alignment } = trainingCutOut({ width: 96, height: 96 });
    expect([width, height]).toEqual([114, 114]);
    expect(width * (1 - 2 * border)).toBeCloseTo(96, 10);
    const served = templateOf(alignmentOf({ width: 96, height: 96 }));
    for (const [i, [x, y]] of templateOf(alignment).entries()) {
      expect(x - 9).toBeCloseTo(served[i]?.[0] as number, 10);
      expect(y - 9).toBeCloseTo(served[i]?.[1] as number, 10);
    }
  });
});
