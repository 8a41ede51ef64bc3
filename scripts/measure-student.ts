/**
 * Distils a large model into a small one, and measures the student on people of another population and on LFW:
 *
 *     node scripts/measure-student.ts --data celeba-faces --population population --images lfw/images --pairs lfw/pairs.txt
 *         --output out [--from mobilefacenet.faceplugin-512] [--teacher sface.opencv-128] [--steps 300] [--learning-rate 1e-4]
 *         [--seeds 1] [--shares 0.9] [--unlabelled FOLDER] [--threads 1]
 *
 * The student starts from the weights of `--from` and is trained as a whole on a share of the people of `--data`, without using
 * their labels. Per run: TAR at a true FAR of 1e-3 over all pairs of the population's photographs, which are used for nothing
 * else, with the interval of the difference from MobileFaceNet-128 by a paired bootstrap over people; and LFW's protocol, unless
 * `--unlabelled` is given, which may contain LFW. Writes docs/results/student.json after every run; runs with the same settings in
 * that file are not repeated, and an interrupted run resumes.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { FaceNet } from "../src/faces/facenet.ts";
import { createContext } from "../src/operations/context.ts";
import { evaluate } from "../src/operations/evaluate.ts";
import { compareTar } from "./paired-tar.ts";
import { trainOnce } from "./train-once.ts";
import { detectCentral, embedMarked, type TrainingFace, trainingFiles } from "./training-faces.ts";

const FAR = 1e-3;
const RESAMPLES = 1000;
const BASELINE = "mobilefacenet.facenet-128";

const text = { type: "string" } as const;
const { values } = parseArgs({
  options: {
    data: text,
    population: text,
    images: text,
    pairs: text,
    output: text,
    unlabelled: text,
    from: { ...text, default: "mobilefacenet.faceplugin-512" },
    teacher: { ...text, default: "sface.opencv-128" },
    steps: { ...text, default: "300" },
    seeds: { ...text, default: "1" },
    shares: { ...text, default: "0.9" },
    "learning-rate": { ...text, default: "1e-4" },
    threads: { ...text, default: "1" },
  },
});
const { data, population, images, pairs, output, unlabelled, from, teacher } = values;
if (!data || !population || !images || !pairs || !output)
  throw new Error("requires --data, --population, --images, --pairs and --output");

const settings = {
  from,
  teacher,
  steps: Number(values.steps),
  learningRate: Number(values["learning-rate"]),
  augment: ["flip", "crop", "jpeg", "colour", "blur", "resolution"] as ("flip" | "crop")[],
};
type Run = typeof settings & { share: number; seed: number; unlabelled: boolean; [figure: string]: unknown };
const report = new URL("../docs/results/student.json", import.meta.url);
const finder = await FaceNet.load();
const marked = await detectCentral(finder, await trainingFiles(population));
await finder.dispose();
const others = Object.fromEntries(
  await Promise.all([BASELINE, from, teacher].map(async (model) => [model, await embedded(model)] as const)),
);

const runs = await runsBefore();
for (const seed of values.seeds.split(",").map(Number))
  for (const share of values.shares.split(",").map(Number)) {
    const isUnlabelled = unlabelled !== undefined;
    const which = { ...settings, share, seed, unlabelled: isUnlabelled };
    if (runs.some((run) => isDeepStrictEqual({ ...run, ...which }, run))) continue;
    const name = createHash("sha256").update(JSON.stringify(which)).digest("hex").slice(0, 8);
    const folder = join(output, `student-${name}`);
    const options = {
      ...settings,
      data,
      seed,
      heldOut: 1 - share,
      threads: Number(values.threads),
      ...(unlabelled && { unlabelled }),
    };
    const started = performance.now();
    const trained = await trainOnce(join(output, "faces"), folder, options);
    const minutes = Math.round((performance.now() - started) / 60_000);
    const student = await embedded(`${folder}/`);
    const tar = compareTar({ ...others, student }, BASELINE, { far: FAR, resamples: RESAMPLES });
    const { people, images: faces, loss, untrained, heldOut } = trained;
    const lfw = isUnlabelled ? undefined : await onLfw(`${folder}/`);
    const figures = { people, images: faces, loss, minutes, untrained, heldOut, population: tar, lfw };
    runs.push({ machine: cpus()[0]?.model.trim(), ...which, ...figures });
    await writeFile(report, `${JSON.stringify({ runs }, null, 2)}\n`);
    console.log(JSON.stringify(runs.at(-1), null, 1));
  }

/** The population's faces as the model serves them, as bytes. */
async function embedded(model: string): Promise<TrainingFace[]> {
  const facenet = await FaceNet.load({ model });
  const faces = await embedMarked(facenet, marked, { bytes: true });
  await facenet.dispose();
  return faces;
}

async function onLfw(student: string) {
  const context = createContext({ signal: new AbortController().signal, onProgress: () => undefined });
  const input = evaluate.input.parse({ images, pairs, model: [BASELINE, student] });
  const compared = await evaluate.run(input, context).finally(() => context.dispose());
  if (compared.protocol !== "comparison") throw new Error("two models were to be compared");
  return {
    models: compared.evaluations.map((one) =>
      one.protocol === "pairs" ? { model: one.model, accuracy: one.accuracy, val: one.val } : one,
    ),
    significance: compared.comparisons,
  };
}

async function runsBefore(): Promise<Run[]> {
  return existsSync(report) ? (JSON.parse(await readFile(report, "utf8")) as { runs: Run[] }).runs : [];
}
