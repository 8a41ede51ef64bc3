import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../metric/seeded-random.ts";
import { principalDirections } from "./principal-directions.ts";

const SIZE = 12;
const random = seededRandom(4);
/** Each dimension spreads less than the one before. */
const vectors = Float32Array.from({ length: 200 * SIZE }, (_, i) => (random() - 0.5) * 1.4 ** -(i % SIZE));

describe("principalDirections", () => {
  it("are the leading eigenvectors, as a library finds them", () => {
    const x = new Matrix(Array.from({ length: 200 }, (_, i) => Array.from(vectors.slice(i * SIZE, (i + 1) * SIZE))));
    const { eigenvectorMatrix } = new EigenvalueDecomposition(x.transpose().mmul(x), { assumeSymmetric: true });
    const found = principalDirections(vectors, SIZE, 4, seededRandom(1));
    for (let direction = 0; direction < 4; direction++) {
      const expected = eigenvectorMatrix.getColumn(SIZE - 1 - direction); // eigenvalues ascend
      const cosine = expected.reduce((sum, value, k) => sum + value * (found[direction * SIZE + k] as number), 0);
      expect(Math.abs(cosine)).toBeGreaterThan(0.999);
    }
  });

  it("are orthonormal", () => {
    const found = principalDirections(vectors, SIZE, 5, seededRandom(1));
    const rows = Array.from({ length: 5 }, (_, i) => Array.from(found.slice(i * SIZE, (i + 1) * SIZE)));
    for (const [i, a] of rows.entries())
      for (const [j, b] of rows.entries())
        expect(a.reduce((sum, value, k) => sum + value * (b[k] as number), 0)).toBeCloseTo(i === j ? 1 : 0, 5);
  });

  it("cannot be more than there are dimensions", () => {
    expect(() => principalDirections(vectors, SIZE, 13, seededRandom(1))).toThrow("13 of 12 dimensions");
  });
});
