import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalize, squaredL2 } from "../metric/distance.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import { compatibleObjective, distillationObjective } from "./reference-objectives.ts";

const SIZE = 4;
const options = { miner: "batch-all", margin: 0.2, reduction: "mean", seed: 1 } as const;

function vectors(count: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  const rows = Array.from({ length: count }, () => normalize(Float32Array.from({ length: SIZE }, () => random() - 0.5)));
  return Float32Array.from(rows.flatMap((row) => [...row]));
}
const row = (rows: ArrayLike<number>, i: number) => Array.from({ length: SIZE }, (_, k) => rows[i * SIZE + k] as number);

/** Batch of 6 of 9 images, and the other model's embeddings of all images. */
function batch(seed: number) {
  const images = Uint32Array.of(8, 0, 3, 5, 1, 7);
  return {
    embeddings: vectors(6, seed),
    reference: vectors(9, seed + 500),
    size: SIZE,
    images,
    labels: Uint32Array.of(0, 0, 0, 1, 1, 2),
    step: 1,
    rate: 0.1,
  };
}

describe("compatibleObjective", () => {
  it("is the mean over all mixed triplets that violate the margin, as in naive loops", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1000 }), async (seed) => {
        const { reference, ...own } = batch(seed);
        const both = [
          ...own.labels.keys().map((i) => ({ vector: row(own.embeddings, i), label: own.labels[i], isNew: true })),
          ...own.labels
            .keys()
            .map((i) => ({ vector: row(reference, own.images[i] as number), label: own.labels[i], isNew: false })),
        ];
        let [sum, count] = [0, 0];
        for (const [i, a] of both.entries())
          for (const [j, p] of both.entries())
            for (const n of both) {
              if (i === j || a.label !== p.label || a.label === n.label || !(a.isNew || p.isNew || n.isNew)) continue;
              const excess = squaredL2(a.vector, p.vector) - squaredL2(a.vector, n.vector) + options.margin;
              if (excess > 0) [sum, count] = [sum + excess, count + 1];
            }
        const { loss, triplets } = await compatibleObjective(options, reference).compute(own);
        expect(triplets).toBe(count);
        expect(loss).toBeCloseTo(sum / count, 4);
      }),
      { numRuns: 30 },
    );
  });

  it("has the gradient for new embeddings, and none for old ones", async () => {
    const { reference, ...own } = batch(3);
    const before = reference.slice();
    const objective = compatibleObjective(options, reference);
    const { gradient } = await objective.compute(own);
    expect(gradient).toHaveLength(own.embeddings.length);
    const numeric: number[] = [];
    for (const i of own.embeddings.keys()) {
      const at = async (by: number) => {
        const embeddings = own.embeddings.slice();
        embeddings[i] = (embeddings[i] as number) + by;
        return (await objective.compute({ ...own, embeddings })).loss;
      };
      numeric.push(((await at(1e-3)) - (await at(-1e-3))) / 2e-3);
    }
    // triplets may cross the margin within the step, so only nearly all entries agree
    const near = numeric.filter((value, i) => Math.abs(value - (gradient[i] as number)) < 0.05 * (1 + Math.abs(value)));
    expect(near.length).toBeGreaterThan(0.8 * numeric.length);
    expect(reference).toEqual(before);
  });

  it("pulls new embeddings towards old ones of the same person", async () => {
    const { reference, ...own } = batch(11);
    // a good old model: people are well separated
    const centres = [
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
    ];
    for (const [i, image] of own.images.entries()) reference.set(centres[own.labels[i] as number] as number[], image * SIZE);
    const objective = compatibleObjective({ ...options, miner: "batch-all" }, reference);
    const { embeddings } = own;
    for (let step = 0; step < 300; step++) {
      const { gradient } = await objective.compute({ ...own, step });
      for (const i of embeddings.keys()) embeddings[i] = (embeddings[i] as number) - 0.3 * (gradient[i] as number);
      for (const i of own.labels.keys()) normalize(embeddings.subarray(i * SIZE, (i + 1) * SIZE));
    }
    for (const [i, label] of own.labels.entries()) {
      const distances = centres.map((centre) => squaredL2(row(embeddings, i), centre));
      expect(distances.indexOf(Math.min(...distances)), String(distances)).toBe(label);
    }
  });
});

describe("distillationObjective", () => {
  it("is the mean squared distance to the teacher's embeddings, with its gradient", async () => {
    const { reference, ...own } = batch(5);
    const objective = distillationObjective(reference);
    const { loss, gradient } = await objective.compute(own);
    const naive = own.images.reduce((sum, image, i) => sum + squaredL2(row(own.embeddings, i), row(reference, image)), 0) / 6;
    expect(loss).toBeCloseTo(naive, 5);
    for (const i of own.embeddings.keys()) {
      const embeddings = own.embeddings.slice();
      embeddings[i] = (embeddings[i] as number) + 0.5;
      const above = (await objective.compute({ ...own, embeddings })).loss;
      embeddings[i] = (own.embeddings[i] as number) - 0.5;
      const below = (await objective.compute({ ...own, embeddings })).loss;
      expect(gradient[i]).toBeCloseTo(above - below, 5); // exact for a parabola
    }
  });
});
