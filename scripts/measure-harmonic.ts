/**
 * Harmonic embeddings at our size (FaceNet, appendix): old against old, new against old, new against new.
 *
 *     nice -n 19 node scripts/measure-harmonic.ts --data celeba-faces --images lfw/images --pairs lfw/pairs.txt --output out
 *         [--network convnet-64] [--old-steps 300] [--new-steps 600] [--threads 1]
 *
 * The old model is trained for fewer steps than the new one. As in the paper, the compatible model starts from the independent
 * new model with a random last layer; first only that layer is trained, for a quarter of the steps, then the whole network for
 * half of them. LFW is not used for training. An interrupted run resumes. Writes docs/results/compatibility/harmonic.json.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Embedded, embedAll, markedFaces, openLfw, writeReport } from "./compatibility.ts";
import { type TrainSettings, trainOnce } from "./train-once.ts";

const text = { type: "string" } as const;
const { values } = parseArgs({
  options: {
    data: text,
    images: text,
    pairs: text,
    output: text,
    network: { ...text, default: "convnet-64" },
    "old-steps": { ...text, default: "300" },
    "new-steps": { ...text, default: "600" },
    threads: { ...text, default: "1" },
  },
});
const { data, images, pairs, output, network } = values;
if (!data || !images || !pairs || !output) throw new Error("requires --data, --images, --pairs and --output");
const [oldSteps, newSteps] = [Number(values["old-steps"]), Number(values["new-steps"])];
const folderOf = (name: string): string => join(output, `${network}-${name}`);

const compatibleWith = `${folderOf("old")}/`;
const onlyLast = ["conv=rate:0"];
const runs: Readonly<Record<string, TrainSettings>> = {
  old: { seed: 1, steps: oldSteps },
  new: { seed: 2, steps: newSteps },
  "last-layer": {
    ...{ seed: 3, steps: Math.round(newSteps / 4), compatibleWith, weights: folderOf("new"), reinitialise: ["fc"] },
    groups: onlyLast,
  },
  compatible: { seed: 4, steps: Math.round(newSteps / 2), compatibleWith, weights: folderOf("last-layer") },
};
for (const [name, settings] of Object.entries(runs)) {
  if (existsSync(join(folderOf(name), "model.onnx"))) continue;
  await trainOnce(join(output, "faces"), folderOf(name), { network, data, threads: Number(values.threads), ...settings });
}

const lfw = await openLfw(images, pairs);
const marks = await markedFaces(join(output, "faces-lfw.json"), lfw.files);
const [old, independent, compatible] = [await embedded("old"), await embedded("new"), await embedded("compatible")];
await writeReport("harmonic", {
  network,
  trainedOn: "CelebA, people held out of the 299 apart",
  measuredOn: "LFW, 6,000 pairs in ten folds, both ways round",
  steps: Object.fromEntries(Object.entries(runs).map(([name, { steps }]) => [name, steps])),
  results: {
    "old against old": lfw.verify(old, old),
    "compatible against old": lfw.verify(compatible, old),
    "compatible against compatible": lfw.verify(compatible, compatible),
    "independent against independent": lfw.verify(independent, independent),
    "independent against old": lfw.verify(independent, old),
  },
});

async function embedded(name: string): Promise<Embedded> {
  return embedAll(`${folderOf(name)}/`, marks);
}
