import { describe, expect, it } from "vitest";
import { seededRandom, streamSeed } from "./seeded-random.ts";

describe("seededRandom", () => {
  it("is determined by its seed", () => {
    const draw = (seed: number) => Array.from({ length: 5 }, seededRandom(seed));
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it("is uniform over [0, 1)", () => {
    const random = seededRandom(1);
    const tenths = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) {
      const tenth = Math.floor(random() * 10);
      tenths[tenth] = (tenths[tenth] as number) + 1;
    }
    // 10,000 each, standard deviation 95
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(475);
  });
});

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

  it("starts neighbouring streams with different numbers", () => {
    const first = Array.from({ length: 2000 }, (_, step) => seededRandom(streamSeed(5, "augment", step))());
    const mean = first.reduce((a, b) => a + b) / first.length;
    const lag = first.slice(1).reduce((sum, value, i) => sum + (value - mean) * ((first[i] as number) - mean), 0) / first.length;
    expect(mean).toBeCloseTo(0.5, 1);
    expect(Math.abs(lag * 12)).toBeLessThan(0.1); // correlation of neighbours
  });
});
