import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../metric/seeded-random.ts";
import { principalComponents, project } from "./principal-components.ts";

describe("principalComponents", () => {
  it("span the same space as an eigenvalue decomposition", () => {
    const random = seededRandom(3);
    const scale = [5, 4, 3, 0.3, 0.2, 0.1];
    const vectors = Array.from({ length: 200 }, () => Float32Array.from(scale, (s) => s * (random() - 0.5)));
    const found = principalComponents(vectors, 3);
    const data = new Matrix(vectors.map((vector) => Array.from(vector)));
    const { eigenvectorMatrix, realEigenvalues } = new EigenvalueDecomposition(data.transpose().mmul(data));
    const order = realEigenvalues
      .map((_, i) => i)
      .sort((a, b) => (realEigenvalues[b] as number) - (realEigenvalues[a] as number));
    for (const k of order.slice(0, 3)) {
      const direction = eigenvectorMatrix.getColumn(k);
      const inside = found.reduce(
        (sum, own) => sum + own.reduce((d, value, i) => d + value * (direction[i] as number), 0) ** 2,
        0,
      );
      expect(inside).toBeCloseTo(1, 9);
    }
    for (const [i, a] of found.entries())
      for (const [j, b] of found.entries())
        expect(a.reduce((sum, value, k) => sum + value * (b[k] as number), 0)).toBeCloseTo(i === j ? 1 : 0, 12);
  });

  it("equal the leading eigenvectors of a library, in order", () => {
    const random = seededRandom(4);
    // The variance decreases with each dimension.
    const vectors = Array.from({ length: 200 }, () => Float32Array.from({ length: 12 }, (_, i) => (random() - 0.5) * 1.4 ** -i));
    const x = new Matrix(vectors.map((vector) => Array.from(vector)));
    const { eigenvectorMatrix } = new EigenvalueDecomposition(x.transpose().mmul(x), { assumeSymmetric: true });
    for (const [i, own] of principalComponents(vectors, 4).entries()) {
      const expected = eigenvectorMatrix.getColumn(11 - i); // eigenvalues ascend
      const cosine = expected.reduce((sum, value, k) => sum + value * (own[k] as number), 0);
      expect(Math.abs(cosine)).toBeGreaterThan(0.999);
    }
  });

  it("adds other directions if the vectors span fewer", () => {
    const found = principalComponents([Float32Array.of(1, 1, 0), Float32Array.of(2, 2, 0)], 3);
    for (const [i, a] of found.entries())
      for (const [j, b] of found.entries())
        expect(a.reduce((sum, value, k) => sum + value * (b[k] as number), 0)).toBeCloseTo(i === j ? 1 : 0, 9);
    expect(Math.abs(found[0]?.[0] as number)).toBeCloseTo(Math.SQRT1_2, 9);
  });

  it("rejects more directions than there are dimensions", () => {
    expect(() => principalComponents([Float32Array.of(1), Float32Array.of(2)], 2)).toThrow(RangeError);
  });
});

it("project keeps unit length, and distances if no dimension is dropped", () => {
  const directions = [Float64Array.of(0.6, 0.8), Float64Array.of(-0.8, 0.6)];
  const [x, y] = [project(Float32Array.of(1, 0), directions), project(Float32Array.of(0, 1), directions)];
  expect(x[0]).toBeCloseTo(0.6, 6);
  expect((x[0] as number) * (y[0] as number) + (x[1] as number) * (y[1] as number)).toBeCloseTo(0, 6);
});
