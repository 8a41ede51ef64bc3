import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { codeDistance } from "../metric/distance.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import { knnGraph } from "./knn-graph.ts";

const code = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 3, maxLength: 3 }).filter((values) => values.some(Boolean));

function randomCodes(count: number, dimensions: number): Int8Array {
  const random = seededRandom(1);
  return Int8Array.from({ length: count * dimensions }, () => 1 + Math.floor(random() * 100));
}

describe("knnGraph", () => {
  it("connects every face to its k nearest others", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(code, { maxLength: 150 }), fc.integer({ min: 1, max: 8 }), async (values, wanted) => {
        const codes = values.map((one) => Int8Array.from(one));
        const { size, k, neighbours, distances } = await knnGraph(Int8Array.from(values.flat()), { dimensions: 3, k: wanted });
        expect([size, k]).toEqual([codes.length, Math.max(0, Math.min(wanted, codes.length - 1))]);
        for (const [i, one] of codes.entries()) {
          const expected = codes
            .map((other, j) => ({ j, distance: codeDistance(one, other) }))
            .filter(({ j }) => j !== i)
            .sort((a, b) => a.distance - b.distance || a.j - b.j)
            .slice(0, k);
          expect(Array.from(neighbours.subarray(i * k, (i + 1) * k))).toEqual(expected.map(({ j }) => j));
          expect(distances.subarray(i * k, (i + 1) * k)).toEqual(Float32Array.from(expected, ({ distance }) => distance));
        }
      }),
      { numRuns: 40 },
    );
  });

  it("gives the same graph with several threads as with one", async () => {
    const codes = randomCodes(2500, 16);
    const one = await knnGraph(codes, { dimensions: 16, k: 5, threads: 1 });
    expect(await knnGraph(codes, { dimensions: 16, k: 5, threads: 3 })).toEqual(one);
  });

  it("stops on abort, and reports progress until then", async () => {
    const controller = new AbortController();
    const onProgress = vi.fn(() => controller.abort(new Error("enough")));
    const graph = knnGraph(randomCodes(30_000, 128), { dimensions: 128, k: 10, signal: controller.signal, onProgress });
    await expect(graph).rejects.toThrow("enough");
    expect(onProgress).toHaveBeenCalled();
  });

  it("rejects k below 1, and truncated codes", async () => {
    await expect(knnGraph(new Int8Array(6), { dimensions: 3, k: 0 })).rejects.toThrow(RangeError);
    await expect(knnGraph(new Int8Array(7), { dimensions: 3, k: 1 })).rejects.toThrow(RangeError);
  });
});
