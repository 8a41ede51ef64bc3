import fc from "fast-check";
import { expect, it } from "vitest";
import { imageSampler } from "./image-sampler.ts";
import { seededRandom } from "./seeded-random.ts";

it("draws every image once before any is repeated, and none twice in a batch", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 50 }), fc.integer(), (count, size, seed) => {
      const images = Array.from({ length: count }, (_, i) => 100 + i);
      const sampler = imageSampler(images, size, seededRandom(seed));
      const seen = new Map<number, number>();
      for (let batch = 0; batch < 12; batch++) {
        const { images: drawn, labels } = sampler.next().value;
        expect(drawn).toHaveLength(Math.min(size, count));
        expect(new Set(drawn).size).toBe(drawn.length);
        expect(new Set(labels).size).toBe(drawn.length);
        for (const image of drawn) seen.set(image, (seen.get(image) ?? 0) + 1);
        const times = images.map((image) => seen.get(image) ?? 0);
        expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(2);
      }
      expect(new Set(seen.keys()).size).toBe(Math.min(count, 12 * Math.min(size, count)));
    }),
  );
});
