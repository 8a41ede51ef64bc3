import { describe, expect, it } from "vitest";
import { normalize } from "../metric/distance.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import type { EmbeddedBatch } from "./embedded-batch.ts";
import { createObjective, type ObjectiveOptions } from "./objective.ts";

const options: ObjectiveOptions = {
  loss: "triplet",
  miner: "semi-hard",
  margin: 0.2,
  reduction: "mean",
  centerLoss: 0,
  subCenters: 1,
  classShare: 1,
  learningRate: 0.1,
  seed: 1,
  people: 3,
  size: 4,
};

function batch(step = 1): EmbeddedBatch {
  const random = seededRandom(step);
  const rows = Array.from({ length: 9 }, () => [...normalize(Float32Array.from({ length: 4 }, () => random() - 0.5))]);
  return {
    embeddings: Float32Array.from(rows.flat()),
    size: 4,
    labels: Uint32Array.from([0, 0, 0, 1, 1, 1, 2, 2, 2]),
    images: Uint32Array.from({ length: 9 }, (_, i) => i),
    norms: Float32Array.from({ length: 9 }, (_, i) => 5 + (i % 4) * (1 + (step % 2))),
    step,
    rate: 0.1,
  };
}

/** Free vectors that follow the gradient, renormalised after each step. */
async function descend(objective: ReturnType<typeof createObjective>, steps: number, rate: number): Promise<number[]> {
  const { embeddings, ...rest } = batch();
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const { loss, gradient } = await objective.compute({ ...rest, embeddings, step });
    losses.push(loss);
    for (let i = 0; i < embeddings.length; i++) embeddings[i] = (embeddings[i] as number) - rate * (gradient[i] as number);
    for (let row = 0; row < 9; row++) normalize(embeddings.subarray(row * 4, row * 4 + 4));
  }
  return losses;
}

describe.each(["triplet", "softmax", "am-softmax", "arcface", "adaface"] as const)("the objective %s", (loss) => {
  it("falls when embeddings follow its gradient", async () => {
    const losses = await descend(createObjective({ ...options, loss, miner: "batch-all", centerLoss: 0.1 }), 200, 0.5);
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) / 2);
  });

  it("resumes from its learned state, bit for bit", async () => {
    const settings = { ...options, loss, centerLoss: 0.1 };
    const whole = createObjective(settings);
    for (let step = 1; step <= 3; step++) await whole.compute(batch(step));
    const learned = new Map([...whole.learned].map(([name, values]) => [name, values.slice()]));
    const resumed = createObjective({ ...settings, learned });
    expect(await resumed.compute(batch(4))).toEqual(await whole.compute(batch(4)));
  });

  it("reports the distances within the batch", async () => {
    const { positiveDistance, negativeDistance } = await createObjective({ ...options, loss }).compute(batch());
    expect(positiveDistance).toBeGreaterThan(0);
    expect(negativeDistance).toBeGreaterThan(0);
  });
});

it("draws the same triplets for the same step, whatever came before", async () => {
  const settings = { ...options, miner: "random-violator", margin: 2 } as const;
  const one = createObjective(settings);
  await one.compute(batch(1));
  expect(await createObjective(settings).compute(batch(2))).toEqual(await one.compute(batch(2)));
});

it("counts images closer to another class", async () => {
  const objective = createObjective({ ...options, loss: "softmax" });
  const weights = objective.learned.get("classes") as Float32Array;
  weights.fill(0);
  for (const i of [0, 5, 10]) weights[i] = 1;
  const embeddings = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0);
  expect((await objective.compute({ ...batch(), embeddings, labels: Uint32Array.of(0, 1) })).active).toBe(1);
});

it("updates only the class weights of the step's classes, which include the images' own", async () => {
  const many = { ...options, loss: "arcface", people: 200, classShare: 0.1, subCenters: 2 } as const;
  const objective = createObjective(many);
  const weights = objective.learned.get("classes") as Float32Array;
  expect(weights.length).toBe(200 * 2 * 4);
  const before = weights.slice();
  await objective.compute(batch());
  await objective.dispose();
  const moved = Array.from({ length: 200 }, (_, person) => person).filter((person) =>
    weights.subarray(person * 8, person * 8 + 8).some((value, i) => value !== before[person * 8 + i]),
  );
  expect(moved).toEqual(expect.arrayContaining([0, 1, 2]));
  expect(moved.length).toBeLessThanOrEqual(20);
  expect(moved.length).toBeGreaterThan(3);
});
