import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { TrainingConfiguration, trainingDefaults } from "../../schemas/training.ts";
import type { Checkpoint } from "../checkpoint.ts";
import { DEFAULT_NETWORK, resolveConfiguration, trainerOptionsOf } from "./configuration.ts";

const saved = (changes: Partial<Checkpoint["configuration"]>) => ({
  file: "c.safetensors",
  checkpoint: {
    configuration: { ...trainingDefaults, augment: [], network: "nn2", ...changes },
    step: 1,
    trainer: { steps: 1, tensors: new Map() },
    learned: new Map(),
    faces: { folder: "f", aligned: true },
  } satisfies Checkpoint,
});

describe("resolveConfiguration", () => {
  it("returns the defaults without options", async () => {
    expect(await resolveConfiguration({})).toEqual({ ...trainingDefaults, network: DEFAULT_NETWORK });
    expect(trainingDefaults).toMatchObject({ margin: 0.2, optimizer: "adamw", learningRate: 1e-3, rateSchedule: "cosine" });
  });

  it("uses the optimiser's default rate, unless one is given or the optimiser is kept", async () => {
    const rateOf = async (...given: Parameters<typeof resolveConfiguration>) =>
      (await resolveConfiguration(...given)).learningRate;
    expect(await rateOf({ optimizer: "sgd" })).toBe(0.05);
    expect(await rateOf({ optimizer: "sgd", learningRate: 0.3 })).toBe(0.3);
    expect(await rateOf({ optimizer: "sgd" }, saved({ optimizer: "sgd", learningRate: 0.2 }))).toBe(0.2);
    expect(await rateOf({}, saved({ optimizer: "sgd", learningRate: 0.2 }))).toBe(0.2);
  });

  it("keeps the values of the checkpoint, except given options", async () => {
    const resolved = await resolveConfiguration({ learningRate: 0.01, steps: 99 }, saved({ margin: 0.3, steps: 10 }));
    expect(resolved).toMatchObject({ network: "nn2", margin: 0.3, learningRate: 0.01, steps: 99, augment: [] });
  });

  it.each([{ network: "nn1" }, { seed: 1 }, { loss: "softmax" as const }, { heldOut: 0.5 }])(
    "refuses to change %j on the way",
    async (change) => {
      await expect(resolveConfiguration(change, saved({}))).rejects.toMatchObject({
        code: "CHECKPOINT_MISMATCH",
        message: expect.stringContaining("c.safetensors: was trained with"),
      });
    },
  );

  it("stores the text of a schedule, and reports file and line of an error", async () => {
    const folder = await temporaryFolder("schedule");
    const file = join(folder, "s.txt");
    await writeFile(file, "0: 0.1\n5: 0.01\n");
    expect((await resolveConfiguration({ schedule: file })).schedule).toBe("0: 0.1\n5: 0.01\n");
    await writeFile(file, "0: 0.1\n5 0.01\n");
    await expect(resolveConfiguration({ schedule: file })).rejects.toThrow("s.txt, line 2:");
    await rm(folder, { recursive: true });
    await expect(resolveConfiguration({ schedule: file })).rejects.toMatchObject({ code: "FILE_NOT_READABLE" });
  });
});

describe("trainerOptionsOf", () => {
  const optionsOf = (changes: Partial<TrainingConfiguration>) =>
    trainerOptionsOf({ ...trainingDefaults, network: "n", ...changes });

  it("passes each optimiser its constants", () => {
    const constants = { momentum: 0.9, beta1: 0.8, epsilon: 1e-3, initialAccumulator: 0.1, smoothing: 0.5 };
    const of = (optimizer: TrainingConfiguration["optimizer"]) => optionsOf({ optimizer, ...constants }).optimiser;
    expect(of("sgd")).toEqual({ kind: "sgd", momentum: 0.9 });
    expect(of("adamw")).toEqual({ kind: "adamw", beta1: 0.8, epsilon: 1e-3 });
    expect(of("adagrad")).toEqual({ kind: "adagrad", initialAccumulator: 0.1, epsilon: 1e-3 });
    expect(of("rmsprop")).toEqual({ kind: "rmsprop", momentum: 0.9, smoothing: 0.5, epsilon: 1e-3 });
  });

  it("parses parameter groups, and rejects invalid ones", () => {
    const { groups } = optionsOf({ groups: ["fc=rate:10/decay:0", "conv1=rate:0", "L=decay:1e-3"] });
    expect(groups).toEqual([
      { prefix: "fc", rateFactor: 10, weightDecay: 0 },
      { prefix: "conv1", rateFactor: 0 },
      { prefix: "L", weightDecay: 1e-3 },
    ]);
    for (const group of ["fc", "fc=10", "=rate:1", "fc=rate:"])
      expect(() => TrainingConfiguration.parse({ ...trainingDefaults, network: "n", groups: [group] })).toThrow("PREFIX=rate");
  });
});
