/** `facenet train` end to end, on synthetic pictures of faces. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { openFaceFolder } from "../src/datasets/person-folders.ts";
import { packFaces } from "../src/datasets/tar-shards.ts";
import type { Progress } from "../src/faces/batch.ts";
import { FaceNet } from "../src/faces/facenet.ts";
import { createContext } from "../src/operations/context.ts";
import { train } from "../src/operations/train.ts";
import { decodeCheckpoint } from "../src/training/checkpoint.ts";
import { runInProcess } from "./run-in-process.ts";
import { writeSyntheticFaces } from "./synthetic-faces.ts";
import { temporaryFolder } from "./temporary-folder.ts";

// A dozen small training runs, on a machine that may be busy.
vi.setConfig({ testTimeout: 300_000 });

const program = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));
let folder: string;
let faces: string;
let output: string;

beforeAll(async () => {
  folder = await temporaryFolder("train-command");
  faces = join(folder, "faces");
  await writeSyntheticFaces(faces, { people: 9, images: 4, side: 64 });
});
beforeEach(async () => {
  output = await mkdtemp(join(folder, "model-"));
});

/** Small and fast, with the smallest network. */
const options = {
  network: "convnet-64",
  aligned: true,
  peoplePerBatch: 4,
  imagesPerPerson: 3,
  steps: 4,
  heldOut: 0.4,
  evaluateEvery: 2,
  threads: 1,
  loaders: 1,
};

async function run(changes: Record<string, unknown> = {}, signal = new AbortController().signal) {
  const seen: Progress[] = [];
  const context = createContext({ signal, onProgress: (progress) => seen.push(progress) });
  try {
    const result = await train.run(train.input.parse({ ...options, data: faces, output, ...changes }), context);
    return { result, seen };
  } finally {
    await context.dispose();
  }
}

const checkpoint = async (of = output) => decodeCheckpoint(await readFile(join(of, "checkpoint.safetensors")), "checkpoint");

describe("facenet train", () => {
  it("writes a model folder that other commands accept, with thresholds, a log and a report", async () => {
    const { result, seen } = await run();
    expect(result).toMatchObject({
      steps: 4,
      people: 5,
      images: 20,
      heldOut: { step: 4, people: 4, faces: 16 },
      untrained: { step: 0 },
    });
    expect(seen.filter(({ unit }) => unit === "steps").at(-1)).toMatchObject({
      done: 4,
      total: 4,
      figures: { loss: expect.any(Number), "images/s": expect.any(Number) },
    });

    const log = (await readFile(join(output, "train.jsonl"), "utf8")).trimEnd().split("\n");
    const kinds = log.map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(kinds).toEqual(["held-out", "step", "step", "held-out", "step", "step", "held-out"]);
    expect(await readFile(join(output, "report.html"), "utf8")).toMatch(/Learning curves[\s\S]*<svg[\s\S]*semi-hard/);

    const facenet = await FaceNet.load({ model: `${output}/`, threads: 1 });
    try {
      expect(facenet.model.calibratedOn).toContain("16 faces of 4 people held out");
      const image = (person: number, i: number) => join(faces, `person-0${person}`, `${i}.png`);
      const same = await facenet.verify(image(0, 0), image(0, 0), { aligned: true, far: 0.1 });
      expect(same).toMatchObject({ verified: true, model: result.model.id });
      expect(same.distance).toBeLessThan(1e-6);
    } finally {
      await facenet.dispose();
    }
  });

  it("trains embeddings of the given size, and keeps it on resuming", async () => {
    const { result } = await run({ dimensions: 16, steps: 1 });
    expect(result.model).toMatchObject({ embedding: { size: 16 } });
    await expect(run({ resume: true, dimensions: 32 })).rejects.toMatchObject({ code: "CHECKPOINT_MISMATCH" });
    expect((await run({ resume: true, steps: 2 })).result.model).toMatchObject({ embedding: { size: 16 } });
  });

  it("resumes after Ctrl-C as if it had not stopped, bit for bit", async () => {
    const steady = { augment: ["flip", "crop", "colour"], steps: 5 };
    await run(steady);
    const whole = await checkpoint();

    const stopped = await mkdtemp(join(folder, "model-"));
    const controller = new AbortController();
    const context = createContext({
      signal: controller.signal,
      onProgress: ({ done }) => done === 2 && controller.abort(new Error("stopped by the test")),
    });
    const input = train.input.parse({ ...options, ...steady, data: faces, output: stopped });
    await expect(train.run(input, context)).rejects.toThrow("stopped by the test");
    expect((await checkpoint(stopped)).step).toBe(2);

    const { result } = await run({
      output: stopped,
      resume: true,
      network: undefined,
      data: undefined,
      steps: undefined,
      heldOut: undefined,
      peoplePerBatch: undefined,
      imagesPerPerson: undefined,
      aligned: undefined,
    });
    expect(result.steps).toBe(5);
    const { faces: _, ...resumed } = await checkpoint(stopped);
    const { faces: __, ...expected } = whole;
    expect(resumed).toEqual(expected);
  });

  it("gives the same result from tar shards and the folder they were packed from", async () => {
    await run({ steps: 2 });
    const fromFolder = await checkpoint();
    const [shards, other] = [join(folder, "shards"), await mkdtemp(join(folder, "model-"))];
    await packFaces(await openFaceFolder(faces), shards, { imagesPerShard: 10 });
    expect((await readdir(shards)).length).toBeGreaterThan(1);
    await run({ steps: 2, data: shards, output: other });
    expect((await checkpoint(other)).trainer).toEqual(fromFolder.trainer);
  });

  it("rejects overwriting a run, and resuming with different settings or without a checkpoint", async () => {
    await expect(run({ resume: true })).rejects.toMatchObject({ code: "CHECKPOINT_MISSING" });
    await run({ steps: 1 });
    await expect(run()).rejects.toMatchObject({ code: "OPTION_INVALID", message: expect.stringContaining("(resume)") });
    await expect(run({ resume: true, network: "nn4-small" })).rejects.toMatchObject({
      code: "CHECKPOINT_MISMATCH",
      message: expect.stringContaining("was trained with network convnet-64, not nn4-small"),
    });
    await expect(run({ resume: true, heldOut: 0.5 })).rejects.toMatchObject({ code: "CHECKPOINT_MISMATCH" });
  });

  it("rejects a damaged checkpoint", async () => {
    await run({ steps: 1 });
    const file = join(output, "checkpoint.safetensors");
    await truncate(file, (await stat(file)).size - 1);
    await expect(run({ resume: true })).rejects.toMatchObject({ code: "CHECKPOINT_DAMAGED" });
  });

  it("keeps the last good checkpoint if the rate is too high, and resumes from it with a lower one", async () => {
    await expect(run({ learningRate: 1e30, steps: 30 })).rejects.toMatchObject({ code: "TRAINING_DIVERGED" });
    const { step, trainer } = await checkpoint();
    expect(step).toBe(0);
    for (const values of trainer.tensors.values()) expect(values.every(Number.isFinite)).toBe(true);
    expect((await run({ resume: true, learningRate: 0.05, steps: 2 })).result.steps).toBe(2);
  });

  it.each([
    ["a folder that is not there", async () => join(folder, "none"), "does not exist"],
    ["an empty folder", () => mkdtemp(join(folder, "empty-")), "none of its sub-folders contains an image"],
    [
      "one image of each person",
      async () => {
        const single = await mkdtemp(join(folder, "single-"));
        await writeSyntheticFaces(single, { people: 5, images: 1, side: 64 });
        return single;
      },
      "has 0 people with at least two images and 5 with one",
    ],
  ])("says what is wrong with %s", async (_, make, message) => {
    await expect(run({ data: await make() })).rejects.toMatchObject({
      code: "FACES_UNUSABLE",
      message: expect.stringContaining(message),
    });
  });

  it("continues without unreadable images and lists them", async () => {
    const spoilt = await mkdtemp(join(folder, "spoilt-"));
    await writeSyntheticFaces(spoilt, { people: 9, images: 4, side: 64 });
    await Promise.all(
      Array.from({ length: 9 }, (_, person) => writeFile(join(spoilt, `person-0${person}`, "0.png"), "no picture")),
    );
    const { result } = await run({ data: spoilt, peoplePerBatch: 5, imagesPerPerson: 4 });
    expect(result.failures.map(({ code }) => code)).toEqual(new Array(5).fill("IMAGE_UNKNOWN_FORMAT"));
    expect(result.heldOut?.faces).toBe(12);
  });

  it("reports photographs without faces", async () => {
    await expect(run({ aligned: false })).rejects.toMatchObject({ code: "FACES_UNUSABLE" });
  });
});

describe("with another model", () => {
  const plain = { augment: [], peoplePerBatch: 5, imagesPerPerson: 4, rateSchedule: "constant", warmup: 0 };

  it("distils a teacher, also from unlabelled photographs, and resumes without embedding them again", async () => {
    const unlabelled = await mkdtemp(join(folder, "unlabelled-"));
    await writeSyntheticFaces(unlabelled, { people: 3, images: 2, side: 64 });
    const { result } = await run({ ...plain, teacher: "sface.opencv-128", unlabelled, steps: 12 });
    expect(result).toMatchObject({ steps: 12, people: 5 });
    const log = (await readFile(join(output, "train.jsonl"), "utf8")).trimEnd().split("\n");
    const losses = log.map((line) => JSON.parse(line) as { kind: string; loss: number }).filter(({ kind }) => kind === "step");
    expect(losses.at(-1)?.loss).toBeLessThan(0.5 * (losses[0]?.loss as number));
    const kept = await stat(join(output, "reference.safetensors"));
    const again = { resume: true, network: undefined, data: undefined, aligned: undefined, heldOut: undefined };
    expect((await run({ ...again, steps: 13 })).result.steps).toBe(13);
    expect((await stat(join(output, "reference.safetensors"))).mtimeMs).toBe(kept.mtimeMs);
    await expect(run({ ...again, steps: 14, teacher: "mobilefacenet.facenet-128" })).rejects.toMatchObject({
      code: "CHECKPOINT_MISMATCH",
    });
  });

  it("trains compatibly with a model of the same dimensions, with triplet loss only", async () => {
    const { result } = await run({ ...plain, compatibleWith: "mobilefacenet.facenet-128" });
    expect(result.model.origin.training).toContain("compatible with mobilefacenet.facenet-128");
    const other = { output: await mkdtemp(join(folder, "model-")) };
    const refused = (option: string) => ({ code: "OPTION_INVALID", data: { option } });
    await expect(run({ ...other, compatibleWith: "mobilefacenet.sirius-192" })).rejects.toMatchObject(refused("compatibleWith"));
    await expect(run({ ...other, compatibleWith: "sface.opencv-128", loss: "arcface" })).rejects.toMatchObject(
      refused("compatibleWith"),
    );
    await expect(run({ ...other, loss: "distillation" })).rejects.toMatchObject(refused("teacher"));
    await expect(run({ ...other, teacher: "sface.opencv-128", loss: "arcface" })).rejects.toMatchObject(refused("teacher"));
    await expect(run({ ...other, unlabelled: faces })).rejects.toMatchObject(refused("unlabelled"));
  });

  it("starts from the weights of another run, except reinitialised layers", async () => {
    await run({ loss: "softmax" });
    const before = await checkpoint();
    const later = await mkdtemp(join(folder, "model-"));
    await run({ output: later, weights: output, reinitialise: ["fc"], steps: 0 });
    const { trainer } = await checkpoint(later);
    const isSame = (name: string) =>
      (trainer.tensors.get(name) as Float32Array).every((value, i) => value === before.trainer.tensors.get(name)?.[i]);
    const names = [...before.trainer.tensors.keys()].filter((name) => !name.includes(":"));
    expect(names.filter((name) => !isSame(name))).toEqual(names.filter((name) => name.startsWith("fc")));
    const other = { output: await mkdtemp(join(folder, "model-")), weights: output };
    await expect(run({ ...other, network: "nn4-small" })).rejects.toMatchObject({ code: "CHECKPOINT_MISMATCH" });
    await expect(run({ ...other, reinitialise: ["nothing"] })).rejects.toMatchObject({ code: "OPTION_INVALID" });
  });
});

describe("the program", () => {
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill("SIGKILL"));

  /** Starts a long run and waits until it makes progress. */
  async function start(
    ...more: string[]
  ): Promise<{ child: ChildProcess; ended: Promise<number | null>; steps: () => Promise<number> }> {
    const flags = ["--data", faces, "--output", output, "--network", "convnet-64", "--aligned", "--people-per-batch", "4"];
    const rest = [..."--images-per-person 3 --steps 100000 --held-out 0 --threads 1 --loaders 1".split(" "), ...more];
    const started = spawn(process.execPath, [program, "train", ...flags, ...rest], { stdio: "ignore" });
    child = started;
    // As a shell reports it: a process that lingers after its interrupted work is ended by the signal itself.
    const ended = new Promise<number | null>((resolve) =>
      started.once("exit", (code, signal) => resolve(code ?? (signal && 128 + constants.signals[signal]))),
    );
    const steps = async () => (await readFile(join(output, "train.jsonl"), "utf8").catch(() => "")).split("\n").length - 1;
    while ((await steps()) < 4 && started.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 50));
    return { child: started, ended, steps };
  }

  it("stops at Ctrl-C with a checkpoint of the last step", async () => {
    const { child: started, ended, steps } = await start();
    started.kill("SIGINT");
    expect(await ended).toBe(130);
    expect((await checkpoint()).step).toBe(await steps());
  });

  it("resumes with the checkpoint's data and options, not those of the environment", async () => {
    await run({ steps: 1 });
    const resume = (more: readonly string[], env: NodeJS.ProcessEnv) =>
      runInProcess(["train", "--output", output, "--resume", "--threads", "1", "--loaders", "1", ...more], { env });
    const other = join(folder, "other-faces");
    const env = {
      FACENET_DATA: other,
      FACENET_NETWORK: "nn4-small",
      FACENET_ALIGNED: "true",
      FACENET_TEACHER: "sface.opencv-128",
    };
    const { exitCode, stderr } = await resume(["--steps", "2"], env);
    expect([exitCode, (await checkpoint()).faces.folder]).toEqual([0, faces]);
    expect(stderr).toContain(`facenet: FACENET_DATA is not used: the run continues with data ${faces}.\n`);
    expect(stderr).toContain("facenet: FACENET_NETWORK is not used: the run continues with network convnet-64.\n");
    expect(stderr).toContain("facenet: FACENET_TEACHER is not used: the run continues without teacher.\n");
    expect(stderr).not.toContain("FACENET_ALIGNED");
    const given = await resume(["--steps", "3", "--data", other], {});
    expect(given.stderr).toContain(other);
    expect(given.exitCode).toBe(3);
  });

  it("keeps the last checkpoint when the disk is full, and reports it", async () => {
    await run({ steps: 1 });
    const before = await readFile(join(output, "checkpoint.safetensors"));
    // A limit on file sizes fails like a full disk: in the middle of a write.
    const more = ["train", "--output", output, "--resume", "--steps", "3", "--threads", "1", "--loaders", "1"];
    const started = spawn("sh", ["-c", 'ulimit -f 1000; exec "$0" "$@"', process.execPath, program, ...more], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    child = started;
    const exitCode = new Promise<number | null>((resolve) => started.once("close", resolve));
    expect(await text(started.stderr)).toMatch(
      /checkpoint\.safetensors: cannot be written \(the file would be too large for its file system\)/,
    );
    expect(await exitCode).toBe(6);
    expect(await readFile(join(output, "checkpoint.safetensors"))).toEqual(before);
    expect(await readdir(output)).not.toContain("checkpoint.safetensors.part");
  });

  it("loses at most one checkpoint interval to SIGKILL at any moment", async () => {
    for (let round = 0; round < 3; round++) {
      const { child: started, ended } = await start("--checkpoint-minutes", "0.0005", ...(round > 0 ? ["--resume"] : []));
      await new Promise((resolve) => setTimeout(resolve, 37 * round));
      started.kill("SIGKILL");
      await ended;
      expect((await checkpoint()).step).toBeGreaterThanOrEqual(round);
    }
  });
});

describe("facenet train --from", () => {
  const adapt = { from: "mobilefacenet", head: 16, network: undefined, steps: 3 };

  it("adds a head of the given size to a network, and writes a model folder", async () => {
    const { result } = await run(adapt);
    expect(result).toMatchObject({
      steps: 3,
      people: 5,
      heldOut: { faces: 16 },
      model: { embedding: { size: 16 }, input: { width: 112 } },
    });
    const facenet = await FaceNet.load({ model: `${output}/`, threads: 1 });
    try {
      const { faces: found } = await facenet.embed(join(faces, "person-00", "0.png"), { aligned: true });
      expect(found[0]?.embedding.vector).toHaveLength(16);
    } finally {
      await facenet.dispose();
    }
  });

  it("rejects a head larger than the embedding, and incompatible options", async () => {
    await expect(run({ ...adapt, head: 513 })).rejects.toThrow(
      "must be at most 512, the dimensions of mobilefacenet.faceplugin-512, got 513",
    );
    await expect(run({ ...adapt, resume: true })).rejects.toThrow("resume: does not combine with from");
    await expect(run({ ...adapt, network: "nn1" })).rejects.toThrow("network: does not combine with from");
    await expect(run({ ...adapt, from: "nobody" })).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
  });
});

describe("facenet train --from --tune", () => {
  const tuned = { from: "mobilefacenet.facenet-128", tune: "conv47", network: undefined, peoplePerBatch: 3, steps: 3 };
  const embed = async (model: string) => {
    const facenet = await FaceNet.load({ model, threads: 1 });
    try {
      const images = [0, 1, 2].map((person) => join(faces, `person-0${person}`, "0.png"));
      const found = await Promise.all(images.map((image) => facenet.embed(image, { aligned: true })));
      return found.flatMap(({ faces: [face] }) => Array.from(face?.embedding.vector ?? []));
    } finally {
      await facenet.dispose();
    }
  };
  const largestDifference = (a: readonly number[], b: readonly number[]) =>
    Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number))));

  it.each(["sface.opencv-128", "mobilefacenet.sirius-192"])(
    "begins with what %s computes: after no step the embeddings are the same",
    async (from) => {
      const { result } = await run({ ...tuned, from, tune: "all", steps: 0 });
      const base = await FaceNet.load({ model: from, threads: 1 });
      const { alignment, embedding, licence } = base.model;
      await base.dispose();
      expect(result.model).toMatchObject({ alignment, embedding: { mirrored: embedding.mirrored } });
      expect(result.model.licence).toContain(licence);
      // Mirrored faces are added at unit length, where the base model adds them as they are.
      const tolerance = embedding.mirrored ? 1e-2 : 1e-3;
      expect(largestDifference(await embed(`${output}/`), await embed(from))).toBeLessThan(tolerance);
    },
  );

  it("changes what is tuned, and resumes after an interruption as if there had been none", async () => {
    const { result } = await run(tuned);
    expect(result.model.summary).toContain("fine-tuned from conv47 on");
    expect(largestDifference(await embed(`${output}/`), await embed(tuned.from))).toBeGreaterThan(1e-3);
    const whole = await checkpoint();
    expect([...whole.trainer.tensors.keys()].every((name) => /^(conv(4[789]|50)|prelu\d+|fc\d+)\./.test(name))).toBe(true);

    const stopped = await mkdtemp(join(folder, "model-"));
    await run({ ...tuned, output: stopped, steps: 2, rateSchedule: "constant", warmup: 0 });
    const again = await mkdtemp(join(folder, "model-"));
    await run({ ...tuned, output: again, rateSchedule: "constant", warmup: 0 });
    const resumed = { output: stopped, resume: true, steps: 3 };
    const unchanged = { network: undefined, data: undefined, heldOut: undefined, aligned: undefined };
    await run({ ...resumed, ...unchanged, peoplePerBatch: undefined, imagesPerPerson: undefined });
    expect((await checkpoint(stopped)).trainer).toEqual((await checkpoint(again)).trainer);
  });

  it("distils into a trained model of other dimensions: starts near the target, and resumes", async () => {
    const student = { ...tuned, from: "mobilefacenet.faceplugin-512", teacher: "sface.opencv-128", augment: [] };
    const steady = { ...student, peoplePerBatch: 5, imagesPerPerson: 4, warmup: 0, rateSchedule: "constant", learningRate: 1e-5 };
    const { result } = await run({ ...steady, steps: 4 });
    expect(result.model).toMatchObject({ embedding: { size: 128, mirrored: false } });
    expect(result.model.origin.training).toContain("distillation of sface.opencv-128");
    const log = (await readFile(join(output, "train.jsonl"), "utf8")).trimEnd().split("\n");
    const losses = log.flatMap((line) => (line.includes('"kind":"step"') ? [(JSON.parse(line) as { loss: number }).loss] : []));
    expect(losses[0]).toBeLessThan(0.05); // 2 for unrelated embeddings
    const resumed = { resume: true, network: undefined, data: undefined, aligned: undefined, heldOut: undefined };
    expect((await run({ ...resumed, steps: 5 })).result).toMatchObject({ steps: 5, model: { embedding: { size: 128 } } });
  });

  it("rejects an unknown layer, and incompatible options", async () => {
    const refused = { ...tuned, teacher: "sface.opencv-128", output: join(folder, "refused") };
    await expect(run({ ...refused, tune: "head" })).rejects.toThrow("tune: must be all or a layer");
    await expect(run({ ...refused, dimensions: 257 })).rejects.toThrow("dimensions: must be at most 256");
    expect(existsSync(refused.output)).toBe(false);
    await expect(run({ ...tuned, tune: "conv99" })).rejects.toThrow("it has conv1, prelu1");
    await expect(run({ ...tuned, from: undefined })).rejects.toThrow("tune: requires from");
    await expect(run({ ...tuned, network: "nn1" })).rejects.toThrow("network: does not combine with from");
    await expect(run({ ...tuned, dimensions: 64 })).rejects.toThrow("dimensions: does not combine");
  });
});
