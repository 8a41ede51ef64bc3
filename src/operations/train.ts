import { rmdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import * as z from "zod";
import { openFaceImages } from "../datasets/person-folders.ts";
import { planNetwork } from "../engine/graph/network.ts";
import { devices } from "../engine/onnx-network.ts";
import { FaceNetError } from "../errors.ts";
import { fileExists, writeWhole } from "../files/whole-file.ts";
import { findNetwork, withDimensions } from "../models/networks/registry.ts";
import { ModelManifest } from "../schemas/model-manifest.ts";
import { lookOptions, modelOptions } from "../schemas/options.ts";
import { HeldOutResult, type TrainingConfiguration } from "../schemas/training.ts";
import { adaptModel, headDefaults } from "../training/run/adapt-model.ts";
import { configurationOptions, resolveConfiguration } from "../training/run/configuration.ts";
import { gatherFaces } from "../training/run/gather-faces.ts";
import type { PreparedFaces } from "../training/run/prepare-faces.ts";
import { EVENT_FILE, writeEventFile } from "../training/run/tensorboard.ts";
import { type Trained, trainFromScratch } from "../training/run/train-from-scratch.ts";
import { splitPeople } from "../training/run/training-faces.ts";
import { openTrainingFolder, readCheckpoint, readWeights, type TrainingFolder } from "../training/run/training-folder.ts";
import { unreadableIn } from "../training/run/training-log.ts";
import { trainingReport } from "../training/run/training-report.ts";
import { defineAnswer, type OperationContext } from "./operation.ts";

/** Looks at the held-out people over a run. */
const EVALUATIONS = 20;

const Failure = z.object({ image: z.string(), code: z.string(), message: z.string() });

const Input = z.strictObject({
  data: z
    .string()
    .optional()
    .describe(
      "folder with a sub-folder of photographs for each person, tar shards of facenet dataset pack, or a RecordIO file (train.rec)",
    ),
  output: z.string().min(1).describe("folder for the model, its checkpoint, log and report"),
  resume: z.boolean().default(false).describe("go on from the checkpoint in the output folder, with what it was begun with"),
  from: z
    .string()
    .optional()
    .describe("model to adapt instead of a network from random weights: an id, an architecture or a path"),
  unlabelled: z
    .string()
    .optional()
    .describe("folder of more photographs for --teacher, of people whom nobody needs to know; the central face of each"),
  weights: z
    .string()
    .optional()
    .describe("folder of a training of the same network, to begin with its weights: softmax first, then triplets"),
  reinitialise: z
    .array(z.string())
    .default([])
    .describe("with --weights: layers that begin anew, by the beginning of their names: fc"),
  head: z.int().min(2).max(4096).default(128).describe("dimensions of the head that --from gets"),
  ...configurationOptions,
  schedule: z
    .string()
    .optional()
    .describe("file of learning rates by epoch, `epoch: rate` a line, -1 to stop; instead of the one rate"),
  aligned: z.boolean().optional().describe("the pictures are faces already cut out: no detection"),
  evaluateEvery: z
    .int()
    .min(1)
    .optional()
    .describe(`steps between looks at the held-out people (default: ${EVALUATIONS} over the run)`),
  checkpointMinutes: z.number().positive().default(5).describe("between checkpoints: at most so much work is lost"),
  ...lookOptions,
  detector: modelOptions.detector,
  device: z.enum(devices).default("cpu").describe("where the network computes"),
  threads: z.int().min(0).default(0).describe("threads of the engine on the CPU; 0 leaves the choice to it"),
  loaders: z.int().min(1).optional().describe("threads that decode and change images (default: half the cores, 4 at most)"),
});
type Input = z.output<typeof Input>;

const TrainResult = z.object({
  model: ModelManifest,
  folder: z.string(),
  report: z.string().describe("page with learning curves"),
  steps: z.int(),
  people: z.int().describe("trained on"),
  images: z.int().describe("of them"),
  loss: z.number().nullable().describe("of the last step"),
  untrained: HeldOutResult.nullable().describe("the network before the first step, on the held-out people"),
  heldOut: HeldOutResult.nullable().describe("the trained one on the same; null where there were too few people"),
  singlePeople: z.int().describe("people with one image only: negatives where --random-negatives asks for some, else left out"),
  advice: z.array(z.string()),
  failures: z.array(Failure).describe("images left out"),
});
type TrainResult = z.output<typeof TrainResult>;

export const train = defineAnswer({
  name: "train",
  summary: "Trains an embedding on faces by person, and writes a model that every other command takes",
  positionals: [],
  examples: [
    {
      command: "facenet train --data faces/ --network nn4-small --output model/",
      says: "from random weights, with the paper's settings",
    },
    {
      command: "facenet train --data faces/ --network mobilefacenet --teacher sface.opencv-128 --output model/",
      says: "a small network learns to give a large one's embeddings, also of --unlabelled photographs",
    },
    {
      command: "facenet train --data faces/ --compatible-with old-model/ --output model/",
      says: "a new embedding that compares with the old one's (evaluate --probe-model --gallery-model)",
    },
    { command: "facenet train --output model/ --resume", says: "goes on where it was stopped" },
    {
      command: "facenet train --from mobilefacenet --head 128 --data faces/ --output model/",
      says: "adapts a network to one's own faces in minutes",
    },
    { command: "facenet verify a.jpg b.jpg --model model/", says: "uses what was trained" },
  ],
  input: Input,
  output: TrainResult,
  async run(input, context) {
    const isNew = !(await fileExists(input.output));
    const files = await openTrainingFolder(input.output);
    const training = input.from === undefined ? fromScratch(input, files, context) : adapted(input, input.from, files, context);
    const trained = await training.catch(async (error: unknown) => {
      if (isNew) for (const folder of [files.faces, files.folder]) await rmdir(folder).catch(() => undefined); // if they are empty
      throw error;
    });
    const { configuration, manifest, steps, split, lines, skipped } = trained;
    const heldOut = lines.filter((line) => line.kind === "held-out").map(({ kind: _, ...figures }) => figures);
    const result = {
      model: manifest,
      folder: files.folder,
      report: files.report,
      steps,
      people: split.trained.people.length,
      images: split.trained.imagesOfPeople.reduce((sum, { length }) => sum + length, 0),
      loss: lines.findLast((line) => line.kind === "step")?.loss ?? null,
      untrained: heldOut.find(({ step }) => step === 0) ?? null,
      heldOut: heldOut.at(-1) ?? null,
      singlePeople: split.singles.length,
      advice: lines.flatMap((line) => (line.kind === "advice" ? [line.advice] : [])),
      failures: [...skipped, ...unreadableIn(lines)],
    };
    await writeEventFile(join(files.folder, EVENT_FILE), lines, Date.now() / 1000);
    await writeWhole(
      files.report,
      trainingReport({ title: `Training of ${manifest.id}`, configuration, lines, summary: summaryOf(result) }),
    );
    return result;
  },
});

type Outcome = Trained & Pick<PreparedFaces, "skipped"> & { readonly configuration: TrainingConfiguration };

async function fromScratch(input: Input, files: TrainingFolder, context: OperationContext): Promise<Outcome> {
  const saved = await readCheckpoint(files, input.resume);
  const configuration = await resolveConfiguration(input, saved && { checkpoint: saved, file: files.checkpoint });
  const unlabelled = input.unlabelled === undefined ? saved?.faces.unlabelled : resolve(input.unlabelled);
  const source = {
    folder: resolve(dataOf(input, saved?.faces.folder)),
    aligned: input.aligned ?? saved?.faces.aligned ?? false,
    ...(unlabelled !== undefined && { unlabelled }),
  };
  const plan = planNetwork(withDimensions(findNetwork(configuration.network), configuration.dimensions));
  const found = await gatherFaces({ ...input, configuration, source, files }, plan, context);
  const weights =
    input.weights === undefined ? undefined : await readWeights(input.weights, configuration.network, input.reinitialise);
  const settings = {
    configuration,
    plan,
    files,
    saved,
    source,
    weights,
    reference: found.reference,
    device: input.device,
    threads: input.threads,
    loaders: input.loaders ?? Math.min(4, Math.ceil(availableParallelism() / 2)),
    evaluateEvery: evaluateEvery(input, configuration),
    checkpointMs: input.checkpointMinutes * 60_000,
  };
  const { singles, ...people } = splitPeople(found.faces, configuration.heldOut, configuration.seed);
  const split = { ...people, singles: [...singles, ...found.unlabelled] };
  return { ...(await trainFromScratch(settings, { ...found, split }, context)), skipped: found.skipped, configuration };
}

async function adapted(input: Input, from: string, files: TrainingFolder, context: OperationContext): Promise<Outcome> {
  if (input.resume || input.network !== undefined) {
    const option = input.resume ? "resume" : "network";
    throw new FaceNetError("OPTION_INVALID", { option, reason: "does not combine with from, which trains a head in one run" });
  }
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  const configuration = await resolveConfiguration({ ...headDefaults, ...given, network: from });
  const photographs = await openFaceImages(dataOf(input));
  const settings = { ...input, from, size: input.head, configuration, files, evaluateEvery: evaluateEvery(input, configuration) };
  return { ...(await adaptModel(photographs, settings, context)), configuration };
}

/** @throws FaceNetError OPTION_INVALID */
function dataOf({ data }: Input, before?: string): string {
  const folder = data ?? before;
  if (folder !== undefined) return folder;
  throw new FaceNetError("OPTION_INVALID", {
    option: "data",
    reason: "is needed, a folder with a sub-folder for each person or tar shards",
  });
}

function evaluateEvery(input: Input, { steps }: TrainingConfiguration): number {
  return input.evaluateEvery ?? Math.max(1, Math.ceil(steps / EVALUATIONS));
}

/** Figures for the head of the report. */
function summaryOf({ model, steps, images, people, heldOut }: TrainResult): Record<string, string> {
  const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
  return {
    Model: model.id,
    Steps: String(steps),
    "Trained on": `${images} images of ${people} people`,
    ...(heldOut && { "Accuracy on other people": percent(heldOut.accuracy), AUC: heldOut.auc.toFixed(4) }),
  };
}
