/**
 * What a few thousand faces give without a large computer: compares ways to train on the same faces, and how each grows with them.
 *
 *     node scripts/measure-training-ways.ts --data celeba-faces --images lfw/images --pairs lfw/pairs.txt --output out
 *         [--network convnet-64] [--steps 600] [--seeds 1,2,3] [--shares 0.9,0.3,0.1] [--ways triplets,distillation,…] [--threads 1]
 *
 * triplets: the defaults, from random weights. softmax-then-triplets: two thirds of the steps with softmax, then triplets from those
 * weights. distillation: of SFace, from random weights. fine-tuning: MobileFaceNet's last layers by triplets, a sixth of the steps.
 * The network is trained on a share of the people; the others are held out, so only figures on LFW compare shares. Writes
 * docs/results/training-ways/NETWORK.json after every run, and at the end the figures on LFW of all models that the output folder
 * still has. Runs with the same settings in that file are not repeated, and an interrupted run resumes. Several processes may run
 * side by side, each with its own shares or seeds.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createContext } from "../src/operations/context.ts";
import { evaluate } from "../src/operations/evaluate.ts";
import type { HeldOutResult } from "../src/schemas/training.ts";
import { type TrainSettings, trainOnce } from "./train-once.ts";

const BASE = "mobilefacenet.faceplugin-512";

const text = { type: "string" } as const;
const { values } = parseArgs({
  options: {
    data: text,
    images: text,
    pairs: text,
    output: text,
    network: { ...text, default: "convnet-64" },
    steps: { ...text, default: "600" },
    seeds: { ...text, default: "1,2,3" },
    shares: { ...text, default: "0.9,0.3,0.1" },
    ways: { ...text, default: "triplets,softmax-then-triplets,distillation,fine-tuning" },
    threads: { ...text, default: "1" },
  },
});
const { data, images, pairs, output, network } = values;
if (!data || !images || !pairs || !output) throw new Error("requires --data, --images, --pairs and --output");
const steps = Number(values.steps);

type Run = {
  readonly way: string;
  readonly seed: number;
  readonly share: number;
  readonly people: number;
  readonly faces: number;
  readonly minutes: number;
  readonly heldOut: HeldOutResult | null;
  lfw?: unknown;
};
const report = new URL(`../docs/results/training-ways/${network}.json`, import.meta.url);
let runs = await runsBefore();
for (const seed of values.seeds.split(",").map(Number))
  for (const share of values.shares.split(",").map(Number))
    for (const way of values.ways.split(",")) {
      if (runs.some((run) => run.way === way && run.seed === seed && run.share === share)) continue;
      const started = performance.now();
      const { people, images, heldOut } = await trained(way, { seed, share });
      const minutes = Math.round((performance.now() - started) / 6000) / 10;
      runs = [...(await runsBefore()), { way, seed, share, people, faces: images, minutes, heldOut }]; // others may have added
      await writeReport();
      console.log(way, seed, share, heldOut?.auc);
    }
runs = await runsBefore();
await measureOnLfw();
await writeReport();

type Which = Pick<Run, "seed" | "share">;

async function trained(way: string, which: Which) {
  const fresh = { network, steps };
  switch (way) {
    case "triplets":
      return once(way, which, fresh);
    case "softmax-then-triplets": {
      const first = Math.round((2 / 3) * steps);
      await once(`${way}-1`, which, { ...fresh, steps: first, loss: "softmax" });
      const weights = folderOf(`${way}-1`, which);
      return once(way, which, { ...fresh, steps: steps - first, weights, learningRate: 3e-4 });
    }
    case "distillation":
      return once(way, which, { ...fresh, teacher: "sface.opencv-128" });
    case "fine-tuning":
      return once(way, which, { from: BASE, tune: "conv47", steps: Math.round(steps / 6) });
    default:
      throw new Error(`${way} is not a training method of this script`);
  }
}

function folderOf(name: string, { seed, share }: Which): string {
  return join(output as string, `${network}-${name}-${share}-${seed}`);
}

/** Crops are shared by all runs of one input size. */
function once(name: string, which: Which, settings: TrainSettings) {
  const faces = join(output as string, settings.from === undefined ? "faces" : "faces-of-base");
  return trainOnce(faces, folderOf(name, which), {
    data,
    seed: which.seed,
    heldOut: 1 - which.share,
    threads: Number(values.threads),
    ...settings,
  });
}

async function measureOnLfw(): Promise<void> {
  const open = runs.filter((run) => !run.lfw && existsSync(join(folderOf(run.way, run), "manifest.json")));
  if (open.length === 0) return;
  const context = createContext({ signal: new AbortController().signal, onProgress: () => undefined });
  const model = [BASE, ...open.map((run) => `${folderOf(run.way, run)}/`)];
  const result = await evaluate.run(evaluate.input.parse({ images, pairs, model }), context).finally(() => context.dispose());
  if (result.protocol !== "comparison") throw new Error("several models were to be compared");
  for (const [i, run] of open.entries()) {
    const one = result.evaluations[i + 1];
    if (one?.protocol === "pairs") run.lfw = { accuracy: one.accuracy, val: one.val };
  }
}

async function runsBefore(): Promise<Run[]> {
  if (!existsSync(report)) return [];
  const before = JSON.parse(await readFile(report, "utf8")) as { steps: number; runs: Run[] };
  return before.steps === steps ? before.runs.filter(({ share }) => share !== undefined) : [];
}

async function writeReport(): Promise<void> {
  await mkdir(new URL(".", report), { recursive: true });
  const content = { machine: cpus()[0]?.model.trim(), network, steps, runs };
  await writeFile(report, `${JSON.stringify(content, null, 2)}\n`);
}
