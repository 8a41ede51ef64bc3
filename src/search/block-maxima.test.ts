import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { BlockMaxima, kernels } from "./block-maxima.ts";
import { BLOCK_ROWS } from "./code-rows.ts";

describe.each(kernels)("BlockMaxima, %s", async (kernel) => {
  const dimensions = 5;
  const maxima = await BlockMaxima.of(kernel, { dimensions, threads: 1 });
  afterAll(() => maxima.dispose());

  it("returns the largest product of each block with each probe", async (context) => {
    context.skip(!(await maxima.isExact()), `${kernel} products overflow on this processor, which is never given them`);
    const probe = fc.array(fc.integer({ min: -128, max: 127 }), { minLength: dimensions, maxLength: dimensions });
    const rows = 3 * BLOCK_ROWS;
    const codes = fc.uint8Array({ minLength: rows * dimensions, maxLength: rows * dimensions });
    await fc.assert(
      fc.asyncProperty(codes, fc.array(probe, { minLength: 1, maxLength: 20 }), async (stored, probes) => {
        const prepared = maxima.prepare(probes.map((values) => Int8Array.from(values)));
        const products = (values: readonly number[]) =>
          Array.from({ length: rows }, (_, row) =>
            values.reduce((sum, value, i) => sum + value * (stored[row * dimensions + i] as number), 0),
          );
        const expected = probes.flatMap((values) => {
          const all = products(values);
          return [0, 1, 2].map((block) => Math.max(...all.slice(block * BLOCK_ROWS, (block + 1) * BLOCK_ROWS)));
        });
        expect(Array.from(await maxima.compute(Uint8Array.from(stored), prepared))).toEqual(expected);
      }),
    );
  });
});

describe("BlockMaxima.create", () => {
  it("selects a kernel with correct results", async () => {
    const maxima = await BlockMaxima.create({ dimensions: 128, threads: 1 });
    expect(await maxima.isExact()).toBe(true);
    await maxima.dispose();
  });
});
