import * as z from "zod";
import { devices } from "../engine/onnx-network.ts";
import { ImageFailure } from "../schemas/failure.ts";
import { ModelManifest } from "../schemas/model-manifest.ts";
import { lookOptions, modelOptions } from "../schemas/options.ts";
import { HeldOutResult } from "../schemas/training.ts";
import { configurationOptions } from "../training/run/configuration.ts";
import { EVALUATIONS, runTraining, writeTrainingReport } from "../training/run/run-training.ts";
import { unreadableIn } from "../training/run/training-log.ts";
import { defineAnswer } from "./operation.ts";

const Input = z.strictObject({
  data: z
    .string()
    .optional()
    .describe(
      "folder with a sub-folder of photographs for each person, tar shards of facenet dataset pack, or a RecordIO file (train.rec)",
    ),
  output: z.string().min(1).describe("folder for the model, its checkpoint, log and report"),
  resume: z.boolean().default(false).describe("go on from the checkpoint in the output folder, with what it was begun with"),
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
  failures: z.array(ImageFailure).describe("images left out"),
});

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
    {
      command: "facenet train --from sface.opencv-128 --tune all --data faces/ --output model/",
      says: "fine-tunes the whole network",
    },
    { command: "facenet verify a.jpg b.jpg --model model/", says: "uses what was trained" },
  ],
  input: Input,
  output: TrainResult,
  async run(input, context) {
    const run = await runTraining(input, context);
    const { manifest, files, steps, split, lines, skipped } = run;
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
    await writeTrainingReport(run, result, new Date());
    return result;
  },
});
