/**
 * Compares the defaults of `facenet train` with those of before and with SGD at 0.05, over seeds, on held-out people:
 *
 *     node scripts/compare-defaults.ts --data celeba-faces --network nn4-small --output out [--steps 600] [--seeds 1,2,3]
 *         [--people-per-batch 24] [--images-per-person 4] [--aligned] [--arms TEXT: those whose names contain it]
 *
 * Writes docs/results/training-defaults/NETWORK.json after every run. Runs with the same settings in that file are not repeated,
 * and an interrupted run resumes. Several processes may run side by side, each with its own seeds.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type * as z from "zod";
import { ProgressLine } from "../src/cli/progress-line.ts";
import { createContext } from "../src/operations/context.ts";
import { train } from "../src/operations/train.ts";
import type { HeldOutResult } from "../src/schemas/training.ts";

type Settings = Partial<z.input<typeof train.input>>;

const before: Settings = { rateSchedule: "step", warmup: 0, weightDecay: 0, batchNormMomentum: 0.995, learningRate: 0.05 };
const arms: Readonly<Record<string, Settings>> = {
  "defaults now": {},
  "defaults before: AdaGrad from 0.1": { ...before, optimizer: "adagrad", initialAccumulator: 0.1, epsilon: 0 },
  "SGD at 0.05": { ...before, optimizer: "sgd", momentum: 0 },
};

const text = { type: "string" } as const;
const { values } = parseArgs({
  options: {
    data: text,
    network: { ...text, default: "nn4-small" },
    output: text,
    steps: { ...text, default: "600" },
    seeds: { ...text, default: "1,2,3" },
    arms: { ...text, default: "" },
    "people-per-batch": { ...text, default: "24" },
    "images-per-person": { ...text, default: "4" },
    threads: { ...text, default: "1" },
    aligned: { type: "boolean", default: false },
  },
});
const { data, output, network, aligned } = values;
if (!data || !output) throw new Error("requires --data and --output");
const steps = Number(values.steps);
const batch = { peoplePerBatch: Number(values["people-per-batch"]), imagesPerPerson: Number(values["images-per-person"]) };

type Run = { arm: string; seed: number; untrained: HeldOutResult | null; heldOut: HeldOutResult | null };
const report = new URL(`../docs/results/training-defaults/${network}.json`, import.meta.url);
let runs = await runsBefore();
const line = new ProgressLine(process.stderr);
const faces = resolve(output, "faces");
await mkdir(faces, { recursive: true });
for (const seed of values.seeds.split(",").map(Number)) {
  for (const arm of Object.keys(arms).filter((name) => name.includes(values.arms))) {
    if (runs.some((run) => run.arm === arm && run.seed === seed)) continue;
    const run = await trainOnce(arm, seed);
    runs = [...(await runsBefore()), run]; // another process may have added its own
    await writeReport();
    console.log(arm, seed, runs.at(-1)?.heldOut?.auc);
  }
}
console.log(JSON.stringify(summarise(), null, 2));

async function trainOnce(arm: string, seed: number): Promise<Run> {
  const folder = join(output as string, `${network}-${arm.replaceAll(/[^a-zA-Z0-9]+/g, "-")}-${seed}`);
  await mkdir(folder, { recursive: true });
  if (!aligned && !existsSync(join(folder, "faces"))) await symlink(faces, join(folder, "faces"));
  const resume = existsSync(join(folder, "checkpoint.safetensors"));
  const common = { network, steps, seed, ...batch, aligned, evaluateEvery: steps, threads: Number(values.threads), loaders: 1 };
  const context = createContext({
    signal: new AbortController().signal,
    onProgress: (progress) => line.update(progress, performance.now()),
  });
  const { untrained, heldOut } = await train.run(
    train.input.parse({ data, output: folder, resume, ...common, ...arms[arm] }),
    context,
  );
  await context.dispose();
  return { arm, seed, untrained, heldOut };
}

async function runsBefore(): Promise<Run[]> {
  if (!existsSync(report)) return [];
  const before = JSON.parse(await readFile(report, "utf8")) as { steps: number; runs: Run[] } & typeof batch;
  const isSame =
    before.steps === steps && before.peoplePerBatch === batch.peoplePerBatch && before.imagesPerPerson === batch.imagesPerPerson;
  return isSame ? before.runs : [];
}

function summarise() {
  return Object.keys(arms).map((arm) => {
    const aucs = runs.filter((run) => run.arm === arm).map(({ heldOut }) => heldOut?.auc ?? Number.NaN);
    const mean = aucs.reduce((sum, auc) => sum + auc, 0) / aucs.length;
    const deviation = Math.sqrt(aucs.reduce((sum, auc) => sum + (auc - mean) ** 2, 0) / (aucs.length - 1));
    return { arm, seeds: aucs.length, auc: mean, standardError: deviation / Math.sqrt(aucs.length), settings: arms[arm] };
  });
}

async function writeReport(): Promise<void> {
  await mkdir(new URL(".", report), { recursive: true });
  const content = { machine: cpus()[0]?.model.trim(), network, steps, ...batch, summary: summarise(), runs };
  await writeFile(report, `${JSON.stringify(content, null, 2)}\n`);
}
