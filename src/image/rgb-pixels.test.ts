import fc from "fast-check";
import { expect, it } from "vitest";
import type { RgbImage } from "../schemas/image-source.ts";
import { reducedPixels } from "./rgb-pixels.ts";

const SIDE = 240;
const centre = { x: 131.3, y: 97.8 };

/** A soft light around the centre on black. */
const light: RgbImage = { data: new Uint8Array(SIDE * SIDE * 3), width: SIDE, height: SIDE };
for (let i = 0; i < SIDE * SIDE; i++) {
  const [x, y] = [(i % SIDE) + 0.5 - centre.x, Math.floor(i / SIDE) + 0.5 - centre.y];
  light.data.fill(255 * Math.exp(-(x * x + y * y) / 600), 3 * i, 3 * i + 3);
}

function centroid({ data, width, height }: RgbImage): { x: number; y: number } {
  const sum = { x: 0, y: 0, all: 0 };
  for (let i = 0; i < width * height; i++) {
    const value = data[3 * i] as number;
    sum.x += value * ((i % width) + 0.5);
    sum.y += value * (Math.floor(i / width) + 0.5);
    sum.all += value;
  }
  return { x: sum.x / sum.all, y: sum.y / sum.all };
}

it("a scaled picture keeps positions, to a twentieth of its pixels", async () => {
  const size = fc.integer({ min: 30, max: SIDE - 1 });
  await fc.assert(
    fc.asyncProperty(size, size, async (width, height) => {
      const found = centroid(await reducedPixels(light, { width, height }));
      expect(Math.abs(found.x - (centre.x * width) / SIDE)).toBeLessThan(0.05);
      expect(Math.abs(found.y - (centre.y * height) / SIDE)).toBeLessThan(0.05);
    }),
    { seed: 3, numRuns: 100 },
  );
});
