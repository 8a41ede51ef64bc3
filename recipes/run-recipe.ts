/**
 * Runs a recipe: trains (or resumes), evaluates the model and the untrained network on LFW, and writes `results/NAME.json` with
 * the name of the hardware.
 *
 *     node recipes/NAME.ts --training path/to/faces --images path/to/lfw/images --pairs path/to/pairs.txt --output folder
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type * as z from "zod";
import { ProgressLine } from "../src/cli/progress-line.ts";
import { findPairImages, readPairs } from "../src/datasets/pairs.ts";
import { encodePng } from "../src/image/encode.ts";
import { createContext } from "../src/operations/context.ts";
import { evaluate } from "../src/operations/evaluate.ts";
import { train } from "../src/operations/train.ts";

type TrainInput = z.input<typeof train.input>;
export type Settings = Omit<TrainInput, "data" | "output" | "resume" | "from">;
type Trained = z.output<typeof train.output>;

/** Folders given on the command line. */
export type Places = { readonly training: string; readonly images: string; readonly pairs: string; readonly output: string };

export function placesFromCommandLine(): Places {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ options: { training: text, images: text, pairs: text, output: text } });
  const { training, images, pairs, output } = values;
  if (!training || !images || !pairs || !output) throw new Error("requires --training, --images, --pairs and --output");
  return { training, images, pairs, output: resolve(output) };
}

/** Trains into a folder, or resumes the run in it. */
export async function trainInto(folder: string, settings: Settings, { training }: Places): Promise<Trained> {
  const resume = existsSync(join(folder, "checkpoint.safetensors"));
  return inContext((context) => train.run(train.input.parse({ ...settings, data: training, output: folder, resume }), context));
}

/** A recipe for one network: trained and untrained. */
export async function runRecipe(name: string, settings: Settings, places: Places = placesFromCommandLine()): Promise<void> {
  const folder = join(places.output, name);
  const before = process.cpuUsage();
  const result = await trainInto(folder, settings, places);
  const { user, system } = process.cpuUsage(before);
  const untrained = join(places.output, `${name}-untrained`);
  await mkdir(untrained, { recursive: true });
  if (!existsSync(join(untrained, "faces"))) await symlink(join(folder, "faces"), join(untrained, "faces")); // shares the crops
  await trainInto(untrained, { ...settings, steps: 0 }, places);
  await alignLfw(folder, places);
  await writeResult(name, {
    settings,
    steps: result.steps,
    people: result.people,
    images: result.images,
    imagesSeen: await imagesSeen(folder),
    cpuSecondsOfThisRun: Math.round((user + system) / 1e6),
    heldOut: { untrained: result.untrained, trained: result.heldOut },
    lfw: { untrained: await lfwOf(untrained, places), trained: await lfwOf(folder, places) },
  });
}

/** Accuracy and VAL by the standard protocol, on crops by {@link alignLfw}. */
export async function lfwOf(folder: string, { output, pairs }: Places) {
  const images = join(output, "lfw-faces");
  const input = evaluate.input.parse({ images, pairs, model: [`${folder}/`], aligned: true, resamples: 0 });
  const result = await inContext((context) => evaluate.run(input, context));
  if (result.protocol !== "pairs") throw new Error("expected the protocol pairs");
  const { accuracy, val, auc, pairs: measured } = result;
  return { pairs: measured, accuracy, val, auc };
}

/** Crops the faces of LFW once for the models of a folder, because detection takes most of an evaluation's time. */
export async function alignLfw(folder: string, { images, pairs, output }: Places): Promise<void> {
  const files = await findPairImages(images, await readPairs(pairs));
  const targets = new Map([...files].map(([name, file]) => [file, join(output, "lfw-faces", `${name}.png`)]));
  const missing = [...targets].filter(([, target]) => !existsSync(target)).map(([file]) => file);
  if (missing.length === 0) return;
  await inContext(async (context) => {
    const facenet = await context.load({ model: `${folder}/` });
    for await (const item of facenet.align(missing, {
      faces: "central",
      signal: context.signal,
      onProgress: context.onProgress,
    })) {
      const crop = item.ok ? item.value.faces[0]?.crop : undefined;
      const target = targets.get(item.image) as string;
      if (!crop) continue;
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, await encodePng(crop));
    }
  });
}

/** Writes the result next to the recipes, with the name of the hardware. */
export async function writeResult(name: string, result: object): Promise<void> {
  const hardware = { processor: cpus()[0]?.model, cores: availableParallelism() };
  const file = new URL(`results/${name}.json`, import.meta.url);
  await writeFile(file, `${JSON.stringify({ hardware, ...result }, null, 2)}\n`);
  console.log(`${file.pathname}:\n${await readFile(file, "utf8")}`);
}

async function imagesSeen(folder: string): Promise<number> {
  const lines = (await readFile(join(folder, "train.jsonl"), "utf8")).trimEnd().split("\n");
  return lines
    .map((line) => JSON.parse(line) as { kind: string; images?: number })
    .reduce((sum, { kind, images = 0 }) => (kind === "step" ? sum + images : sum), 0);
}

async function inContext<T>(work: (context: ReturnType<typeof createContext>) => Promise<T>): Promise<T> {
  const line = new ProgressLine(process.stderr);
  const controller = new AbortController();
  process.once("SIGINT", () => controller.abort(new Error("interrupted; run it again to resume")));
  const context = createContext({
    signal: controller.signal,
    onProgress: (progress) => line.update(progress, performance.now()),
  });
  try {
    return await work(context);
  } finally {
    line.clear();
    await context.dispose();
  }
}
