import { describe, expect, it } from "vitest";
import { numericalGradient } from "../../test/numerical-gradient.ts";
import { normalize } from "../metric/distance.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import type { TrainingStep } from "../schemas/training.ts";
import { embedWithHead, type HeadTraining, headGradient, trainLinearHead } from "./linear-head.ts";

const random = seededRandom(6);
const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, () => random() - 0.5);

/** People differ only in the last dimensions, which have the least variance; the first are noise. */
function faces(people: number, each: number, inputs: number) {
  const rowsOfPeople: number[][] = [];
  const rows: number[] = [];
  for (let person = 0; person < people; person++) {
    const own = numbers(inputs).map((value, k) => (k < inputs / 2 ? 0 : value));
    rowsOfPeople.push(
      Array.from({ length: each }, () => {
        const face = own.map((value, k) => value + (random() - 0.5) * (k < inputs / 2 ? 1.5 : 0.2));
        return rows.push(...normalize(Float32Array.from(face))) / inputs - 1;
      }),
    );
  }
  return { features: Float32Array.from(rows), rowsOfPeople };
}

async function train(changes: Partial<HeadTraining["configuration"]> = {}, signal = new AbortController().signal) {
  const steps: TrainingStep[] = [];
  const head = await trainLinearHead({
    ...faces(12, 6, 8),
    inputs: 8,
    size: 4,
    configuration: {
      miner: "batch-hard",
      margin: 0.2,
      peoplePerBatch: 12,
      imagesPerPerson: 6,
      learningRate: 0.05,
      steps: 60,
      seed: 1,
      ...changes,
    },
    signal,
    now: () => performance.now(),
    onStep: async (step) => void steps.push(step),
  });
  return { head, steps };
}

describe("headGradient", () => {
  it("agrees with finite differences, through the normalisation", () => {
    const [features, pull] = [numbers(5 * 7), numbers(5 * 3)];
    const weights = numbers(3 * 7);
    const head = { size: 3, inputs: 7, weights };
    const found = headGradient(head, features, { ...embedWithHead(head, features), gradient: pull });
    const loss = (values: Float64Array): number => {
      let sum = 0;
      for (let i = 0; i < 5; i++) {
        const y = [0, 1, 2].map((o) =>
          Array.from({ length: 7 }, (_, k) => (values[o * 7 + k] as number) * (features[i * 7 + k] as number)).reduce(
            (a, b) => a + b,
          ),
        );
        for (const [o, value] of y.entries()) sum += (value / Math.hypot(...y)) * (pull[i * 3 + o] as number);
      }
      return sum;
    };
    for (const [i, expected] of numericalGradient(loss, weights).entries()) expect(found[i]).toBeCloseTo(expected, 4);
  });
});

describe("trainLinearHead", () => {
  it("learns to separate people better than principal components alone", async () => {
    const { steps } = await train();
    expect(steps).toHaveLength(60);
    const loss = (part: readonly TrainingStep[]) => part.reduce((sum, step) => sum + step.loss, 0) / part.length;
    expect(loss(steps.slice(-5))).toBeLessThan(loss(steps.slice(0, 3)) / 2);
  });

  it("stops on abort", async () => {
    await expect(train({}, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
  });

  it("returns unit vectors, and zeros for zeros", () => {
    const head = { size: 2, inputs: 2, weights: Float32Array.of(3, 0, 0, 4) };
    const { embeddings } = embedWithHead(head, Float32Array.of(1, 1, 0, 0));
    expect([...embeddings]).toEqual([expect.closeTo(0.6, 6), expect.closeTo(0.8, 6), 0, 0]);
  });
});
