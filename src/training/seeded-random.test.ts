import { describe, expect, it } from "vitest";
import { seededRandom, streamSeed } from "./seeded-random.ts";

const take = (seed: number, count: number): number[] => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random());
};

describe("seededRandom", () => {
  it("gives the same numbers for the same seed, others for another", () => {
    expect(take(7, 5)).toEqual(take(7, 5));
    expect(take(7, 5)).not.toEqual(take(8, 5));
  });

  it("is uniform from 0 to below 1", () => {
    const numbers = take(1, 10_000);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    const tenths = Array.from({ length: 10 }, (_, t) => numbers.filter((value) => Math.floor(value * 10) === t).length);
    for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(120); // four standard deviations
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

  it("begins neighbouring streams with unlike numbers", () => {
    const first = Array.from({ length: 2000 }, (_, step) => seededRandom(streamSeed(5, "augment", step))());
    const mean = first.reduce((a, b) => a + b) / first.length;
    const lag = first.slice(1).reduce((sum, value, i) => sum + (value - mean) * ((first[i] as number) - mean), 0) / first.length;
    expect(mean).toBeCloseTo(0.5, 1);
    expect(Math.abs(lag * 12)).toBeLessThan(0.1); // correlation of neighbours
  });
});
