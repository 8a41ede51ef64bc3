import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeDistance } from "../metric/distance.ts";
import { CodeIndex } from "./code-index.ts";
import { knnGraph } from "./knn-graph.ts";

const code = fc
  .array(fc.integer({ min: -3, max: 3 }), { minLength: 3, maxLength: 3 })
  .filter((values) => values.some(Boolean))
  .map((values) => Int8Array.from(values));

describe("knnGraph", () => {
  it("joins every face with its k nearest others", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(code, { maxLength: 150 }), fc.integer({ min: 1, max: 8 }), async (codes, wanted) => {
        const index = await CodeIndex.create({ dimensions: 3, threads: 1 });
        for (const [i, one] of codes.entries()) index.add([i * 10], one);
        const { ids, k, neighbours, distances } = await knnGraph(index, wanted);
        expect(Array.from(ids)).toEqual(codes.map((_, i) => i * 10));
        expect(k).toBe(Math.max(0, Math.min(wanted, codes.length - 1)));
        for (const [i, one] of codes.entries()) {
          const expected = codes
            .map((other, j) => ({ j, distance: codeDistance(one, other) }))
            .filter(({ j }) => j !== i)
            .sort((a, b) => a.distance - b.distance || a.j - b.j)
            .slice(0, k);
          expect(Array.from(neighbours.subarray(i * k, (i + 1) * k))).toEqual(expected.map(({ j }) => j));
          expect(distances.subarray(i * k, (i + 1) * k)).toEqual(Float32Array.from(expected, ({ distance }) => distance));
        }
        await index.dispose();
      }),
      { numRuns: 40 },
    );
  });

  it("refuses k below 1", async () => {
    const index = await CodeIndex.create({ dimensions: 3, threads: 1 });
    await expect(knnGraph(index, 0)).rejects.toThrow(RangeError);
    await index.dispose();
  });

  it("fails rather than leaving gaps when a face is removed meanwhile", async () => {
    const index = await CodeIndex.create({ dimensions: 1, threads: 1 });
    for (let id = 0; id < 200; id++) index.add([id], Int8Array.of(id < 100 ? 1 : -1));
    const graph = knnGraph(index, 3);
    index.remove([199]);
    await expect(graph).rejects.toThrow("was removed");
    await index.dispose();
  });
});
