import fc from "fast-check";
import { Matrix, solve as solveMatrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { normalize, squaredL2 } from "./distance.ts";
import { applyLinearMap, type EmbeddingPair, fitLinearMap, meanDistance } from "./linear-map.ts";
import { seededRandom } from "./seeded-random.ts";

const vectorOf = (random: () => number, size: number) => normalize(Float32Array.from({ length: size }, () => random() - 0.5));

/** Pairs of a hidden affine map, with noise. */
function pairsOf(seed: number, { n, inputs, size, noise }: { n: number; inputs: number; size: number; noise: number }) {
  const random = seededRandom(seed);
  const hidden = Array.from({ length: size }, () => Float64Array.from({ length: inputs + 1 }, () => random() - 0.5));
  return Array.from({ length: n }, (_, group): EmbeddingPair => {
    const from = vectorOf(random, inputs);
    const exact = hidden.map((row) => [...from, 1].reduce((sum, x, i) => sum + x * (row[i] as number), 0));
    return { from, to: normalize(Float32Array.from(exact, (v) => v + noise * (random() - 0.5))), group };
  });
}

describe("fitLinearMap", () => {
  it("equals the ridge solution of ml-matrix for one of the factors", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 2, max: 6 }),
        (seed, inputs, size) => {
          const pairs = pairsOf(seed, { n: 40, inputs, size, noise: 0.3 });
          const { weights } = fitLinearMap(pairs);
          const x = new Matrix(pairs.map(({ from }) => [...from, 1]));
          const y = new Matrix(pairs.map(({ to }) => [...to]));
          const gram = x.transpose().mmul(x);
          const mean = Array.from({ length: inputs }, (_, i) => gram.get(i, i)).reduce((a, b) => a + b, 0) / inputs;
          const differences = [1e-4, 1e-3, 1e-2, 1e-1, 1].map((ridge) => {
            const shrunk = gram.clone();
            for (let i = 0; i < inputs; i++) shrunk.set(i, i, shrunk.get(i, i) + ridge * mean);
            const naive = solveMatrix(shrunk, x.transpose().mmul(y)).transpose().to1DArray();
            return Math.max(...naive.map((value, i) => Math.abs(value - (weights[i] as number))));
          });
          expect(Math.min(...differences)).toBeLessThan(1e-6);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("recovers a hidden rotation on faces it was not fitted on", () => {
    const random = seededRandom(7);
    const basis: Float32Array[] = [];
    for (let i = 0; i < 8; i++) {
      const v = vectorOf(random, 8);
      for (const other of basis) {
        const along = other.reduce((sum, x, k) => sum + x * (v[k] as number), 0);
        for (let k = 0; k < 8; k++) v[k] = (v[k] as number) - along * (other[k] as number);
      }
      basis.push(normalize(v));
    }
    const pairs = Array.from({ length: 400 }, (_, group): EmbeddingPair => {
      const from = vectorOf(random, 8);
      return { from, to: Float32Array.from(basis, (row) => row.reduce((sum, x, i) => sum + x * (from[i] as number), 0)), group };
    });
    expect(meanDistance(fitLinearMap(pairs.slice(0, 200)), pairs.slice(200))).toBeLessThan(1e-4);
  });

  it("with few more faces than dimensions is closer on other faces than least squares", () => {
    const pairs = pairsOf(3, { n: 500, inputs: 30, size: 10, noise: 1 });
    const [few, others] = [pairs.slice(0, 40), pairs.slice(40)];
    const squares = solveMatrix(new Matrix(few.map(({ from }) => [...from, 1])), new Matrix(few.map(({ to }) => [...to])));
    const leastSquares = { inputs: 30, size: 10, weights: Float64Array.from(squares.transpose().to1DArray()) };
    expect(meanDistance(fitLinearMap(few), others)).toBeLessThan(0.8 * meanDistance(leastSquares, others));
  });

  it("rejects faces of one group", () => {
    const pairs = pairsOf(1, { n: 5, inputs: 3, size: 3, noise: 0 }).map((pair) => ({ ...pair, group: 0 }));
    expect(() => fitLinearMap(pairs)).toThrow(RangeError);
  });
});

describe("applyLinearMap", () => {
  it("is W [x, 1] at unit length", () => {
    const [pair] = pairsOf(5, { n: 1, inputs: 3, size: 2, noise: 0 }) as [EmbeddingPair];
    const weights = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const [a, b, c] = pair.from as unknown as [number, number, number];
    const naive = normalize(Float32Array.of(a + 2 * b + 3 * c + 4, 5 * a + 6 * b + 7 * c + 8));
    expect(squaredL2(applyLinearMap({ inputs: 3, size: 2, weights }, pair.from), naive)).toBeLessThan(1e-12);
  });
});
