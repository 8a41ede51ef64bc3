import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { trainingDefaults } from "../../schemas/training.ts";
import type { Checkpoint } from "../checkpoint.ts";
import { DEFAULT_NETWORK, optimiserOf, resolveConfiguration } from "./configuration.ts";

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
  it("is the paper's where nothing is given", async () => {
    expect(await resolveConfiguration({})).toEqual({ ...trainingDefaults, network: DEFAULT_NETWORK });
    expect(trainingDefaults).toMatchObject({
      margin: 0.2,
      learningRate: 0.05,
      optimizer: "adagrad",
      peoplePerBatch: 45,
      imagesPerPerson: 40,
    });
  });

  it("goes on with what the checkpoint says, but for what is given", async () => {
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

  it("keeps the text of a schedule, and names file and line where it is wrong", async () => {
    const folder = await mkdtemp(join(tmpdir(), "facenet-schedule-"));
    const file = join(folder, "s.txt");
    await writeFile(file, "0: 0.1\n5: 0.01\n");
    expect((await resolveConfiguration({ schedule: file })).schedule).toBe("0: 0.1\n5: 0.01\n");
    await writeFile(file, "0: 0.1\n5 0.01\n");
    await expect(resolveConfiguration({ schedule: file })).rejects.toThrow("s.txt, line 2:");
    await rm(folder, { recursive: true });
    await expect(resolveConfiguration({ schedule: file })).rejects.toMatchObject({ code: "FILE_NOT_READABLE" });
  });
});

describe("optimiserOf", () => {
  it("has momentum for SGD", () => {
    expect(optimiserOf({ ...trainingDefaults, augment: [], network: "n", optimizer: "sgd" })).toEqual({
      kind: "sgd",
      momentum: 0.9,
      nesterov: true,
    });
    expect(optimiserOf({ ...trainingDefaults, augment: [], network: "n" })).toEqual({ kind: "adagrad" });
  });
});
