/** `facenet experiment` on synthetic faces: a person is a colour, and the network embeds the direction of the colour. */
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Progress } from "../src/faces/batch.ts";
import { FaceNet, type FaceNetOptions } from "../src/faces/facenet.ts";
import { encodeBytes } from "../src/metric/byte-code.ts";
import { normalize } from "../src/metric/distance.ts";
import { locateModel } from "../src/models/model-store.ts";
import { experiment } from "../src/operations/experiment.ts";
import type { OperationContext } from "../src/operations/operation.ts";
import { writeSyntheticFaces } from "./synthetic-faces.ts";
import { temporaryFolder } from "./temporary-folder.ts";

let folder: string;
const looked = { align: 0, embed: 0 };
beforeAll(async () => {
  folder = await temporaryFolder("experiment");
  const lines = ["2\t2"];
  for (let person = 0; person < 8; person++) {
    await mkdir(join(folder, "lfw", `P${person}`), { recursive: true });
    for (const index of [1, 2]) {
      const hue = 30 * person + 4 * index;
      const picture = sharp({ create: { width: 48, height: 48, channels: 3, background: `hsl(${hue}, 80%, 50%)` } }).png();
      await picture.toFile(join(folder, "lfw", `P${person}`, `P${person}_000${index}.png`));
    }
  }
  for (const fold of [0, 4]) {
    lines.push(`P${fold}\t1\t2`, `P${fold + 1}\t1\t2`, `P${fold}\t1\tP${fold + 2}\t1`, `P${fold + 1}\t1\tP${fold + 3}\t2`);
  }
  await writeFile(join(folder, "pairs.txt"), `${lines.join("\n")}\n`);
});
beforeEach(() => Object.assign(looked, { align: 0, embed: 0 }));

/** Mean colour of a picture as the first three of 128 dimensions. */
async function vectorOf(source: string | Uint8Array): Promise<Float32Array> {
  const { channels } = await sharp(source).stats();
  const colour = channels.slice(0, 3).map(({ mean }) => mean - 127.5);
  return normalize(Float32Array.from({ length: 128 }, (_, i) => colour[i] ?? 0.01));
}

/** Detects a face in every picture, all of it, and embeds its colour. */
async function colours() {
  const { manifest } = await locateModel("embedding");
  const nameOf = (source: unknown) => (typeof source === "string" ? source : "(buffer)");
  return {
    model: manifest,
    detector: { id: "fake.detector" },
    async *align(sources: AsyncIterable<string>, { cutOut }: { cutOut: { size: number } }) {
      let index = 0;
      for await (const source of sources) {
        looked.align++;
        const { size } = cutOut;
        const data = await sharp(source).resize(size, size).removeAlpha().raw().toBuffer();
        const crop = { width: size, height: size, data: new Uint8Array(data) };
        yield { index: index++, image: source, ok: true, value: { faces: [{ crop }] } };
      }
    },
    async *embed(sources: AsyncIterable<string | Uint8Array>) {
      let index = 0;
      for await (const source of sources) {
        looked.embed++;
        const vector = await vectorOf(source);
        const embedding = { vector, code: encodeBytes(vector, manifest.embedding.codeScale) };
        yield { index: index++, image: nameOf(source), ok: true, value: { faces: [{ embedding }] } };
      }
    },
  };
}

/** A model trained here embeds with its own network; faces are detected as usual. */
async function fakeFaceNet(options: FaceNetOptions) {
  const { align, ...fake } = await colours();
  if (!options.model?.includes("trained-")) return { align, ...fake };
  const facenet = await FaceNet.load(options);
  const embed = (sources: readonly string[], look: object) => facenet.embed(sources, look);
  return { model: facenet.model, detector: facenet.detector, align, embed, dispose: () => facenet.dispose() };
}

async function run(options: object, context: Partial<OperationContext> = {}) {
  const input = {
    images: join(folder, "lfw"),
    pairs: join(folder, "pairs.txt"),
    cache: join(folder, "cache"),
    resamples: 0,
    ...options,
  };
  const signal = new AbortController().signal;
  return experiment.run(experiment.input.parse(input), {
    load: fakeFaceNet,
    signal,
    onProgress: () => undefined,
    ...context,
  } as never);
}

describe("experiment", () => {
  it("measures every level of a study next to the paper's figure", async () => {
    const result = await run({ study: "jpeg", far: 0.5 });
    expect(result).toMatchObject({ study: "jpeg", pairs: 8, skipped: 0, far: 0.5, compared: "bytes" });
    expect(result.levels.map(({ value, paper }) => [value, paper?.val])).toEqual([
      [10, 0.673],
      [20, 0.814],
      [30, 0.839],
      [50, 0.855],
      [70, 0.861],
      [90, 0.865],
    ]);
    for (const { val, accuracy } of result.levels) expect([val.mean, accuracy.mean]).toEqual([1, 1]);
    expect(looked).toEqual({ align: 12, embed: 6 * 12 });
  });

  it("resumes: nothing is processed twice, a missing level is recomputed", async () => {
    const first = await run({ study: "jpeg", far: 0.5 });
    expect(looked).toEqual({ align: 0, embed: 0 });
    const cache = join(folder, "cache");
    const vectors = (await readdir(cache)).filter((name) => name.startsWith("vectors-"));
    await rm(join(cache, vectors[0] as string));
    expect(await run({ study: "jpeg", far: 0.5 })).toEqual(first);
    expect(looked).toEqual({ align: 0, embed: 12 });
  });

  it("runs pixels and bytes, too", async () => {
    const plots = join(folder, "plots");
    const pixels = await run({ study: "pixels", far: 0.5, plots });
    expect(pixels.levels.map(({ value }) => value)).toEqual([1600, 6400, 14_400, 25_600, 65_536]);
    expect(await readFile(join(plots, "pixels.svg"), "utf8")).toContain("How few pixels does a face need?");
    const bytes = await run({ study: "bytes", far: 0.5 });
    expect(bytes.levels.map(({ value }) => value)).toEqual([512, 256, 128, 16]);
  });

  it("fits dimensions on other people", async () => {
    const result = await run({ study: "dimensions", far: 0.5, fit: join(folder, "lfw") });
    // no more than the model has
    expect(result.levels.map(({ value }) => value)).toEqual([64, 128]);
  });

  describe("that trains", () => {
    beforeAll(() => writeSyntheticFaces(join(folder, "people"), { people: 20, images: 3, side: 64 }));

    it("trains a network per level once, and resumes", { timeout: 300_000 }, async () => {
      const study = { study: "data", training: join(folder, "people"), steps: 2, far: 0.5 };
      const controller = new AbortController();
      let steps = 0;
      const stop = ({ unit }: Progress) =>
        unit === "steps" && ++steps === 3 && controller.abort(new Error("stopped by the test"));
      await expect(run(study, { signal: controller.signal, onProgress: stop })).rejects.toThrow("stopped by the test");

      const done: number[] = [];
      const first = await run(study, { onProgress: ({ unit, done: step }) => unit === "steps" && done.push(step) });
      expect(done).toEqual([2, 1, 2, 1, 2]); // what was done of the first two levels was kept
      expect(first).toMatchObject({
        model: "convnet-64",
        pairs: 8,
        training: { network: "convnet-64", steps: 2, people: 20, images: 60, imagesPerStep: 144 },
      });
      expect(first.levels.map(({ value, paper }) => [value, paper?.val])).toEqual([
        [0, undefined],
        [10, 0.851],
        [20, 0.851],
        [50, undefined],
        [100, 0.862],
      ]);
      Object.assign(looked, { align: 0, embed: 0 });
      expect(await run(study)).toEqual(first);
      expect(looked).toEqual({ align: 0, embed: 0 });

      // people with the same names in another folder are different: training starts again
      await cp(join(folder, "people"), join(folder, "others"), { recursive: true });
      const again = new AbortController();
      const onProgress = ({ unit }: Progress) => unit === "steps" && again.abort(new Error("trains again"));
      const others = run({ ...study, training: join(folder, "others") }, { signal: again.signal, onProgress });
      await expect(others).rejects.toThrow("trains again");
    });
  });

  it.each<[string, object, string, RegExp]>([
    ["training without people to train on", { study: "miner" }, "OPTION_INVALID", /--training/],
    ["people to train on for another study", { study: "bytes", training: "x" }, "OPTION_INVALID", /--training/],
    ["a network of unknown name", { study: "miner", training: "x", network: "nn99" }, "NETWORK_NOT_FOUND", /nn99/],
    ["dimensions without other people", { study: "dimensions" }, "OPTION_INVALID", /--fit/],
    ["other people for another study", { study: "bytes", fit: "x" }, "OPTION_INVALID", /--fit/],
    ["a fold that is not there", { study: "bytes", folds: [7] }, "OPTION_INVALID", /among 1, 2, got 7/],
    ["images that are not there", { study: "bytes", images: "/nowhere" }, "FILE_NOT_READABLE", /nowhere/],
  ])("refuses %s", async (_, options, code, message) => {
    await expect(run(options)).rejects.toMatchObject({ code, message });
  });

  it("reports if no pair can be measured", async () => {
    await mkdir(join(folder, "empty"), { recursive: true });
    const attempt = run({ study: "bytes", images: join(folder, "empty") });
    await expect(attempt).rejects.toMatchObject({ code: "PAIRS_INVALID" });
  });
});
