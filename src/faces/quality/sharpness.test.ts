import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { laplacianVariance } from "./sharpness.ts";

/** By definition: population variance of the sum of the four neighbours minus four times the pixel, without the edge. */
function laplacianVarianceSlowly(rows: number[][]): number {
  const values: number[] = [];
  const at = (x: number, y: number) => (rows[y] as number[])[x] as number;
  for (let y = 1; y < rows.length - 1; y++) {
    for (let x = 1; x < (rows[0] as number[]).length - 1; x++) {
      values.push(at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4 * at(x, y));
    }
  }
  if (values.length === 0) return 0;
  const mean = values.reduce((a, b) => a + b) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

describe("laplacianVariance", () => {
  it("equals its definition", () => {
    const picture = fc
      .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
      .chain(([width, height]) =>
        fc.array(fc.array(fc.nat(255), { minLength: width, maxLength: width }), { minLength: height, maxLength: height }),
      );
    fc.assert(
      fc.property(picture, (rows) => {
        const [width, height] = [(rows[0] as number[]).length, rows.length];
        expect(laplacianVariance(Float32Array.from(rows.flat()), width, height)).toBeCloseTo(laplacianVarianceSlowly(rows), 5);
      }),
    );
  });

  it("is 0 for a flat picture, a gradient and a picture without inner pixels", () => {
    expect(laplacianVariance(new Float32Array(25).fill(90), 5, 5)).toBe(0);
    expect(
      laplacianVariance(
        Float32Array.from({ length: 25 }, (_, i) => 3 * (i % 5)),
        5,
        5,
      ),
    ).toBe(0);
    expect(laplacianVariance(Float32Array.of(1, 200, 3, 90), 2, 2)).toBe(0);
  });

  it("falls when the picture is blurred", () => {
    const sharp = Float32Array.from({ length: 400 }, (_, i) => ((i + 1) * 2_654_435_761) % 256);
    const blurred = sharp.map((value, i) => (value + (sharp[i - 1] ?? value) + (sharp[i + 1] ?? value)) / 3);
    expect(laplacianVariance(blurred, 20, 20)).toBeLessThan(laplacianVariance(sharp, 20, 20) / 2);
  });
});
