/**
 * What fine-tuning a shipped model gives: VAL on people held out of it, and LFW, before and after.
 *
 *     node scripts/measure-fine-tuning.ts --data celeba-faces --images lfw/images --pairs lfw/pairs.txt --output out
 *         [--from sface.opencv-128] [--tune conv24] [--steps 100] [--seeds 1] [--threads 1]
 *
 * Writes docs/results/fine-tuning.json after every run. Runs in the output folder are resumed.
 */
import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createContext } from "../src/operations/context.ts";
import { evaluate } from "../src/operations/evaluate.ts";
import { trainOnce } from "./train-once.ts";

const text = { type: "string" } as const;
const { values } = parseArgs({
  options: {
    data: text,
    images: text,
    pairs: text,
    output: text,
    from: { ...text, default: "sface.opencv-128" },
    tune: { ...text, default: "conv24" },
    steps: { ...text, default: "100" },
    seeds: { ...text, default: "1" },
    threads: { ...text, default: "1" },
  },
});
const { data, images, pairs, output, from, tune } = values;
if (!data || !images || !pairs || !output) throw new Error("needs --data, --images, --pairs and --output");

const context = createContext({ signal: new AbortController().signal, onProgress: () => undefined });
const settings = { from, tune, steps: Number(values.steps), heldOut: 0.3, threads: Number(values.threads) };
const report = new URL("../docs/results/fine-tuning.json", import.meta.url);
const runs: unknown[] = [];
for (const seed of values.seeds.split(",").map(Number)) {
  const folder = join(output, `seed-${seed}`);
  const trained = await trainOnce(join(output, "faces"), folder, { data, seed, ...settings });
  const { people, untrained: before, heldOut: after } = trained;
  const compared = await evaluate.run(evaluate.input.parse({ images, pairs, model: [from, `${folder}/`] }), context);
  if (compared.protocol !== "comparison") throw new Error("two models were to be compared");
  const lfw = compared.evaluations.map((one) =>
    one.protocol === "pairs" ? { model: one.model, accuracy: one.accuracy, val: one.val } : one,
  );
  runs.push({ seed, people, images: trained.images, before, after, lfw, significance: compared.comparisons });
  await writeFile(report, `${JSON.stringify({ machine: cpus()[0]?.model.trim(), ...settings, runs }, null, 2)}\n`);
}
await context.dispose();
console.log(JSON.stringify(runs, null, 2));
