import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RgbImage } from "../schemas/image-source.ts";
import { createPyramid, halved } from "./pyramid.ts";

const image = fc
  .record({ width: fc.integer({ min: 1, max: 13 }), height: fc.integer({ min: 1, max: 13 }), seed: fc.nat() })
  .map(({ width, height, seed }): RgbImage => {
    const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => ((i + 1) * 2_654_435_761 + seed) >>> 11);
    return { data, width, height };
  });

/** Naive mean of up to four pixels for each new one. */
function halvedSlowly({ data, width, height }: RgbImage): number[] {
  const out: number[] = [];
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      for (let c = 0; c < 3; c++) {
        const under = [data[(y * width + x) * 3 + c] as number];
        if (x + 1 < width) under.push(data[(y * width + x + 1) * 3 + c] as number);
        if (y + 1 < height) under.push(data[((y + 1) * width + x) * 3 + c] as number);
        if (x + 1 < width && y + 1 < height) under.push(data[((y + 1) * width + x + 1) * 3 + c] as number);
        out.push(Math.floor(under.reduce((a, b) => a + b) / under.length + 0.5));
      }
    }
  }
  return out;
}

describe("halved", () => {
  it("is the rounded mean of 2 x 2 pixels, of fewer at odd edges", () => {
    fc.assert(
      fc.property(image, (picture) => {
        const half = halved(picture);
        expect([half.width, half.height]).toEqual([Math.ceil(picture.width / 2), Math.ceil(picture.height / 2)]);
        expect(Array.from(half.data)).toEqual(halvedSlowly(picture));
      }),
    );
  });
});

describe("createPyramid", () => {
  const picture = { data: Uint8Array.from({ length: 9 * 5 * 3 }, (_, i) => i), width: 9, height: 5 };

  it("halves repeatedly, rounding up", () => {
    const pyramid = createPyramid(picture);
    expect(pyramid.level(0)).toBe(picture);
    expect([1, 2, 3, 4].map((i) => [pyramid.level(i).width, pyramid.level(i).height])).toEqual([
      [5, 3],
      [3, 2],
      [2, 1],
      [1, 1],
    ]);
    expect(pyramid.level(2)).toEqual(halved(halved(picture)));
  });

  it("computes each level once, even if a deep one is requested first", () => {
    const pyramid = createPyramid(picture);
    const deep = pyramid.level(3);
    expect(pyramid.level(3)).toBe(deep);
    expect(deep).toEqual(halved(pyramid.level(2)));
  });
});
