import { describe, expect, it } from "vitest";
import { seededRandom } from "../metric/seeded-random.ts";
import { streamSeed } from "./stream-seed.ts";

describe("streamSeed", () => {
  it("differs by seed, purpose and every index", () => {
    const seeds = [
      streamSeed(1, "augment", 1, 2),
      streamSeed(2, "augment", 1, 2),
      streamSeed(1, "mine", 1, 2),
      streamSeed(1, "augment", 2, 1),
      streamSeed(1, "augment", 1, 3),
      streamSeed(1, "augment", 1),
    ];
    expect(new Set(seeds).size).toBe(seeds.length);
  });

  it("begins neighbouring streams with unlike numbers", () => {
    const first = Array.from({ length: 2000 }, (_, step) => seededRandom(streamSeed(5, "augment", step))());
    const mean = first.reduce((a, b) => a + b) / first.length;
    const lag = first.slice(1).reduce((sum, value, i) => sum + (value - mean) * ((first[i] as number) - mean), 0) / first.length;
    expect(mean).toBeCloseTo(0.5, 1);
    expect(Math.abs(lag * 12)).toBeLessThan(0.1); // correlation of neighbours
  });
});
