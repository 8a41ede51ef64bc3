import { describe, expect, it } from "vitest";
import { identitySampler } from "./identity-sampler.ts";
import { seededRandom } from "./seeded-random.ts";

/** Deterministic pseudo-random numbers. */
function numbers(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const people = Array.from({ length: 10 }, (_, person) => Array.from({ length: 3 + person }, (_, i) => 100 * person + i));

describe("identitySampler", () => {
  it("draws the given numbers of people and images, without repetition, with labels", () => {
    const sampler = identitySampler(people, { peoplePerBatch: 4, imagesPerPerson: 5, random: numbers() });
    for (let round = 0; round < 50; round++) {
      const { images, labels } = sampler.next().value;
      expect(new Set(images).size).toBe(images.length);
      expect(Array.from(images, (image) => Math.floor(image / 100))).toEqual([...labels]);
      const sizes = [...Map.groupBy(labels, (label) => label)].map(([label, own]) => [label, own.length]);
      expect(sizes).toHaveLength(4);
      for (const [label, size] of sizes) expect(size).toBe(Math.min(5, 3 + (label as number)));
    }
  });

  it("draws no person again before all others", () => {
    const sampler = identitySampler(people, { peoplePerBatch: 4, imagesPerPerson: 2, random: numbers() });
    const order = Array.from({ length: 15 }, () => [...new Set(sampler.next().value.labels)]).flat();
    const turns = people.map((_, person) => order.filter((seen) => seen === person).length);
    expect(turns).toEqual(people.map(() => 6));
  });

  it("eventually draws all images of a person", () => {
    const sampler = identitySampler(people, { peoplePerBatch: 10, imagesPerPerson: 2, random: numbers() });
    const seen = new Set(Array.from({ length: 60 }, () => [...sampler.next().value.images]).flat());
    expect(seen.size).toBe(people.flat().length);
  });

  it("draws everyone if there are fewer people than in a batch", () => {
    const { labels } = identitySampler(people.slice(0, 3), { random: numbers() }).next().value;
    expect(new Set(labels)).toEqual(new Set([0, 1, 2]));
  });

  it("is deterministic for the same random numbers", () => {
    const [a, b] = [0, 1].map(() => identitySampler(people, { peoplePerBatch: 3, random: numbers() }));
    for (let round = 0; round < 5; round++) expect(a?.next()).toEqual(b?.next());
  });

  it("rejects options without triplets", () => {
    expect(() => identitySampler([[1, 2]], { random: numbers() }).next()).toThrow("needs two people or more, got 1");
    expect(() => identitySampler([[1, 2], [3]], { random: numbers() }).next()).toThrow("person 1 has 1 images");
  });
});

it("adds random negatives of people outside the batch, including those with a single image", () => {
  const imagesOfPeople = Array.from({ length: 6 }, (_, person) => [3 * person, 3 * person + 1, 3 * person + 2]);
  const singles = [18, 19, 20, 21];
  const personOf = (image: number) => (image < 18 ? Math.floor(image / 3) : 6 + image - 18);
  const options = { peoplePerBatch: 2, imagesPerPerson: 2, randomNegatives: 5, singles, random: seededRandom(7) };
  const sampler = identitySampler(imagesOfPeople, options);
  const seen = new Set<number>();
  for (let batch = 0; batch < 60; batch++) {
    const { images, labels } = sampler.next().value;
    expect(images.length).toBe(2 * 2 + 5);
    expect(new Set(images).size).toBe(images.length);
    expect([...labels]).toEqual([...images].map(personOf));
    for (const image of images) seen.add(image);
  }
  for (const single of singles) expect(seen).toContain(single);
  const few = identitySampler(imagesOfPeople.slice(0, 3), { ...options, singles: [], randomNegatives: 99 });
  expect(few.next().value.images.length).toBe(2 * 2 + 3);
});
