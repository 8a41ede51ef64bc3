import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { writeSyntheticFaces } from "../../test/synthetic-faces.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { openFaceFolder } from "../datasets/person-folders.ts";
import { relu } from "../engine/graph/layers/activations.ts";
import { convolution } from "../engine/graph/layers/convolution.ts";
import { fullyConnected } from "../engine/graph/layers/fully-connected.ts";
import { l2Normalisation } from "../engine/graph/layers/normalisation.ts";
import { initialParameters, planNetwork } from "../engine/graph/network.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import { type TrainingConfiguration, type TrainingStep, trainingDefaults } from "../schemas/training.ts";
import { FaceLoader } from "./face-loader.ts";
import { NetworkTrainer, type TrainerState } from "./network-trainer.ts";
import { createObjective } from "./objective.ts";
import { chunksOf, learningRateOf, stepsOfEpoch, trainNetwork } from "./train-network.ts";

const plan = planNetwork({
  name: "tiny",
  summary: "for these tests",
  input: { width: 12, height: 12 },
  layers: [
    convolution("conv1", { filters: 8, kernel: 3, stride: 2 }),
    relu("relu1"),
    fullyConnected("fc", { outputs: 8 }),
    l2Normalisation("L2"),
  ],
});
const configuration: TrainingConfiguration = {
  ...trainingDefaults,
  network: "tiny",
  rateSchedule: "step",
  warmup: 0,
  learningRate: 0.05,
  augment: ["flip", "crop", "colour"],
  miner: "random-violator",
  peoplePerBatch: 4,
  imagesPerPerson: 3,
  chunk: 5,
  steps: 20,
};

let folder: string;
const open: { dispose: () => Promise<void> }[] = [];
beforeAll(async () => {
  folder = await temporaryFolder("train");
  await writeSyntheticFaces(folder, { people: 6, images: 4, side: 14 });
});
afterEach(async () => {
  for (const each of open.splice(0)) await each.dispose();
});

type Options = { from?: TrainerState; startAt?: number; signal?: AbortSignal; onStep?: (step: TrainingStep) => void };

async function train(changes: Partial<TrainingConfiguration> = {}, { from, startAt = 0, signal, onStep }: Options = {}) {
  const own = { ...configuration, ...changes };
  const faces = await openFaceFolder(folder);
  const trainer = NetworkTrainer.create(plan, from ?? initialParameters(plan, seededRandom(1)), {
    optimiser: { kind: "adagrad", initialAccumulator: 0.1 },
    threads: 1,
  });
  const loader = FaceLoader.start({ ...plan.network.input, border: 0, augmentations: own.augment }, 2);
  open.push(trainer, loader);
  const steps: TrainingStep[] = [];
  const unreadable: string[] = [];
  const done = await trainNetwork({
    configuration: own,
    trainer,
    objective: createObjective({ ...own, people: 6, size: plan.dimensions }),
    loader,
    faces,
    startAt,
    signal: signal ?? new AbortController().signal,
    now: () => performance.now(),
    onStep: async (step) => {
      steps.push(step);
      onStep?.(step);
    },
    onUnreadable: async (_, images) => void unreadable.push(...images.map(({ image }) => image)),
  });
  return { done, steps, unreadable, state: await trainer.save() };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe("trainNetwork", () => {
  it("moves faces of the same person together and of different people apart", async () => {
    const { steps, done } = await train({ steps: 150, miner: "semi-hard", learningRate: 0.01 });
    const gap = (part: readonly TrainingStep[]) =>
      mean(part.map((s) => (s.negativeDistance as number) - (s.positiveDistance as number)));
    expect(done).toBe(150);
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 150 }, (_, i) => i + 1));
    expect(gap(steps.slice(-20))).toBeGreaterThan(2 * gap(steps.slice(0, 2)));
  });

  it("gives the same result in chunks and at once", async () => {
    const [chunked, whole] = [await train({ chunk: 5, steps: 3 }), await train({ chunk: 100, steps: 3 })];
    for (const [name, values] of whole.state.tensors) {
      const other = chunked.state.tensors.get(name) as Float32Array;
      const difference = Math.max(...values.map((value, i) => Math.abs(value - (other[i] as number))));
      expect(difference, name).toBeLessThan(1e-5);
    }
  });

  it("resumes bit for bit as if it had never stopped", async () => {
    const whole = await train({ learningRate: 0.2, schedule: "0: 0.2" });
    const first = await train({ learningRate: 0.2, schedule: "0: 0.2", steps: 7 });
    const second = await train({ learningRate: 0.2, schedule: "0: 0.2" }, { from: first.state, startAt: 7 });
    expect(second.state).toEqual(whole.state);
    const figures = ({ loss, triplets, step }: TrainingStep) => ({ loss, triplets, step });
    expect([...first.steps, ...second.steps].map(figures)).toEqual(whole.steps.map(figures));
  });

  it("stops after the current step on abort", async () => {
    const controller = new AbortController();
    const onStep = ({ step }: TrainingStep) => step === 3 && controller.abort();
    const { done, state } = await train({}, { signal: controller.signal, onStep });
    expect(done).toBe(3);
    expect(state.steps).toBe(3);
  });

  it("stops at the end of its schedule", async () => {
    // 24 images, 12 per step: an epoch is two steps
    expect((await train({ schedule: "0: 0.1\n3: -1" })).done).toBe(6);
  });

  it("stops with advice if the rate is too high, before the parameters are lost", async () => {
    const training = train({ learningRate: 1e30, steps: 50 });
    await expect(training).rejects.toMatchObject({
      code: "TRAINING_DIVERGED",
      message: expect.stringMatching(
        /diverged at step \d+ with learning rate 1e\+30 .*resume from it with a lower learning rate, such as 1e\+29/,
      ),
    });
  });

  it("continues without an unreadable image, and reports it", async () => {
    const broken = join(folder, "person-00", "broken.jpg");
    await writeFile(broken, "no picture");
    try {
      const { unreadable, done, steps } = await train({ steps: 8, imagesPerPerson: 5, peoplePerBatch: 6 });
      expect(done).toBe(8);
      expect(new Set(unreadable)).toEqual(new Set([broken]));
      expect(steps[0]?.images).toBe(24);
    } finally {
      await rm(broken);
    }
  });

  it("changes nothing without violated triplets, and takes no optimiser step", async () => {
    const { state, steps } = await train({ margin: 0, miner: "batch-all", steps: 2, augment: [] });
    const idle = steps.filter(({ active }) => active === 0).length;
    expect(state.steps).toBe(2 - idle);
    for (const { loss } of steps) expect(Number.isFinite(loss)).toBe(true);
  });
});

describe("chunksOf", () => {
  it("covers everything in chunks of nearly equal size", () => {
    expect(chunksOf(10, 4)).toEqual([
      [0, 3],
      [3, 6],
      [6, 10],
    ]);
    expect(chunksOf(61, 60)).toEqual([
      [0, 30],
      [30, 61],
    ]);
    expect(chunksOf(0, 4)).toEqual([]);
  });
});

describe("learning rates", () => {
  it("follow the schedule by epoch, else the rate and its decay", () => {
    const schedule = learningRateOf({ ...configuration, schedule: "0: 0.1\n2: 0.01\n3: -1" }, 10);
    expect([0, 19, 20, 29, 30].map(schedule)).toEqual([0.1, 0.1, 0.01, 0.01, null]);
    const plain = learningRateOf({ ...configuration, rateSchedule: "step", warmup: 0, learningRate: 0.5, steps: 10 }, 10);
    expect([0, 7, 8].map(plain)).toEqual([0.5, 0.5, 0.05]);
  });

  it("count an epoch as the steps that process as many images as there are", () => {
    const faces = {
      name: "",
      people: ["a", "b", "c"],
      images: [],
      imagesOfPeople: [
        [0, 1],
        [2, 3, 4, 5],
        [6, 7, 8, 9, 10, 11],
      ],
    };
    // 12 images; three people with 2, 4 and 4 of them: 10 per step
    expect(stepsOfEpoch(faces, { ...configuration, peoplePerBatch: 45, imagesPerPerson: 4 })).toBeCloseTo(1.2);
  });
});
