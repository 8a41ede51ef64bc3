/**
 * Compares training methods on the same faces and number of steps, on held-out people:
 *
 *     nice -n 19 node scripts/measure-training-ways.ts --data celeba-faces --output out [--network convnet-64] [--steps 600]
 *         [--seeds 1,2,3] [--ways triplets,classes,…] [--faces FOLDER]
 *
 * triplets: the defaults. classes: ArcFace. classes-then-triplets: ArcFace for two thirds of the steps, then triplets from those
 * weights. distillation: from SFace. Writes docs/results/training-ways/NETWORK.json after every run; runs with the same settings
 * in that file are not repeated, and an interrupted run resumes. `--faces` reuses the crops of another run.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { HeldOutResult } from "../src/schemas/training.ts";
import { type TrainSettings, trainOnce } from "./train-once.ts";

const text = { type: "string" } as const;
const { values } = parseArgs({
  options: {
    data: text,
    output: text,
    faces: text,
    network: { ...text, default: "convnet-64" },
    steps: { ...text, default: "600" },
    seeds: { ...text, default: "1,2,3" },
    ways: { ...text, default: "triplets,classes,classes-then-triplets,distillation" },
    threads: { ...text, default: "1" },
  },
});
const { data, output, network } = values;
if (!data || !output) throw new Error("requires --data and --output");
const steps = Number(values.steps);

type Run = { way: string; seed: number; untrained: HeldOutResult | null; heldOut: HeldOutResult | null };
const report = new URL(`../docs/results/training-ways/${network}.json`, import.meta.url);
const runs = await runsBefore();
const faces = values.faces ?? join(output, "faces");
for (const seed of values.seeds.split(",").map(Number))
  for (const way of values.ways.split(",")) {
    if (runs.some((run) => run.way === way && run.seed === seed)) continue;
    runs.push(await run(way, seed));
    await writeReport();
    console.log(way, seed, runs.at(-1)?.heldOut?.auc);
  }

async function run(way: string, seed: number): Promise<Run> {
  const first = Math.round((2 / 3) * steps);
  switch (way) {
    case "triplets":
      return { way, seed, ...(await trained(way, { seed, steps })) };
    case "classes":
      return { way, seed, ...(await trained(way, { seed, steps, loss: "arcface" })) };
    case "classes-then-triplets": {
      const before = await trained(`${way}-1`, { seed, steps: first, loss: "arcface" });
      const weights = folderOf(`${way}-1`, seed);
      const after = await trained(`${way}-2`, { seed, steps: steps - first, weights, learningRate: 3e-4 });
      return { way, seed, untrained: before.untrained, heldOut: after.heldOut };
    }
    case "distillation":
      return { way, seed, ...(await trained(way, { seed, steps, teacher: "sface.opencv-128" })) };
    default:
      throw new Error(`${way} is not a training method of this script`);
  }
}

function folderOf(name: string, seed: number): string {
  return join(output as string, `${network}-${name}-${seed}`);
}

async function trained(name: string, settings: TrainSettings & { seed: number }): Promise<Omit<Run, "way" | "seed">> {
  const common = { network, data, threads: Number(values.threads) };
  const { untrained, heldOut } = await trainOnce(faces, folderOf(name, settings.seed), { ...common, ...settings });
  return { untrained, heldOut };
}

async function runsBefore(): Promise<Run[]> {
  if (!existsSync(report)) return [];
  const before = JSON.parse(await readFile(report, "utf8")) as { steps: number; runs: Run[] };
  return before.steps === steps ? before.runs : [];
}

async function writeReport(): Promise<void> {
  await mkdir(new URL(".", report), { recursive: true });
  const content = { machine: cpus()[0]?.model.trim(), network, steps, runs };
  await writeFile(report, `${JSON.stringify(content, null, 2)}\n`);
}
