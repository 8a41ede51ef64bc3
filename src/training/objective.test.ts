import { describe, expect, it } from "vitest";
import { normalize } from "../metric/distance.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import { createObjective, type EmbeddedBatch, type ObjectiveOptions } from "./objective.ts";

const options: ObjectiveOptions = {
  loss: "triplet",
  miner: "semi-hard",
  margin: 0.2,
  reduction: "mean",
  centerLoss: 0,
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
    step,
    rate: 0.1,
  };
}

/** Free vectors that go down the gradient, brought back to length 1 each time. */
function descend(objective: ReturnType<typeof createObjective>, steps: number, rate: number): number[] {
  const { embeddings, ...rest } = batch();
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const { loss, gradient } = objective.compute({ ...rest, embeddings, step });
    losses.push(loss);
    for (let i = 0; i < embeddings.length; i++) embeddings[i] = (embeddings[i] as number) - rate * (gradient[i] as number);
    for (let row = 0; row < 9; row++) normalize(embeddings.subarray(row * 4, row * 4 + 4));
  }
  return losses;
}

describe.each(["triplet", "softmax", "am-softmax"] as const)("the objective %s", (loss) => {
  it("falls when embeddings follow its gradient", () => {
    const losses = descend(createObjective({ ...options, loss, miner: "batch-all", centerLoss: 0.1 }), 200, 0.5);
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) / 2);
  });

  it("goes on from what it had learned, bit for bit", () => {
    const settings = { ...options, loss, centerLoss: 0.1 };
    const whole = createObjective(settings);
    for (let step = 1; step <= 3; step++) whole.compute(batch(step));
    const learned = new Map([...whole.learned].map(([name, values]) => [name, values.slice()]));
    const resumed = createObjective({ ...settings, learned });
    expect(resumed.compute(batch(4))).toEqual(whole.compute(batch(4)));
  });

  it("tells how far apart the batch lies", () => {
    const { positiveDistance, negativeDistance } = createObjective({ ...options, loss }).compute(batch());
    expect(positiveDistance).toBeGreaterThan(0);
    expect(negativeDistance).toBeGreaterThan(0);
  });
});

it("draws the same triplets at the same step, whatever came before", () => {
  const settings = { ...options, miner: "random-violator", margin: 2 } as const;
  const one = createObjective(settings);
  one.compute(batch(1));
  expect(createObjective(settings).compute(batch(2))).toEqual(one.compute(batch(2)));
});

it("counts images that are nearer to another class", () => {
  const objective = createObjective({ ...options, loss: "softmax" });
  const weights = objective.learned.get("classes") as Float32Array;
  weights.fill(0);
  for (const i of [0, 5, 10]) weights[i] = 1;
  const embeddings = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0);
  expect(objective.compute({ ...batch(), embeddings, labels: Uint32Array.of(0, 1) }).active).toBe(1);
});
