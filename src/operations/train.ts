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
      "folder with one sub-folder of photographs per person, tar shards of `facenet dataset pack`, or a RecordIO file (train.rec)",
    ),
  output: z.string().min(1).describe("folder for the model, its checkpoint, log and report"),
  resume: z.boolean().default(false).describe("resume from the checkpoint in the output folder, with its options"),
  unlabelled: z
    .string()
    .optional()
    .describe("folder of further, unlabelled photographs for --teacher; the central face of each is used"),
  weights: z
    .string()
    .optional()
    .describe(
      "output folder of an earlier run of the same network, whose weights are the initial ones: softmax first, then triplets",
    ),
  reinitialise: z
    .array(z.string())
    .default([])
    .describe("with --weights: layers to initialise at random, by the prefix of their names: fc"),
  head: z.int().min(2).max(4096).default(128).describe("dimensions of the head for --from"),
  ...configurationOptions,
  schedule: z
    .string()
    .optional()
    .describe("file of learning rates, one `epoch: rate` per line, -1 to stop; in place of --learning-rate"),
  aligned: z.boolean().optional().describe("images are face crops: skip detection"),
  evaluateEvery: z
    .int()
    .min(1)
    .optional()
    .describe(`steps between evaluations on held-out people (default: ${EVALUATIONS} evaluations per run)`),
  checkpointMinutes: z.number().positive().default(5).describe("minutes between checkpoints"),
  ...lookOptions,
  detector: modelOptions.detector,
  device: z.enum(devices).default("cpu").describe("device that the network runs on"),
  threads: z.int().min(0).default(0).describe("CPU threads of the engine; 0: automatic"),
  loaders: z.int().min(1).optional().describe("threads that decode and augment images (default: half the cores, at most 4)"),
});

const TrainResult = z.object({
  model: ModelManifest,
  folder: z.string(),
  report: z.string().describe("path of the page with learning curves"),
  steps: z.int(),
  people: z.int().describe("people trained on"),
  images: z.int().describe("images trained on"),
  loss: z.number().nullable().describe("loss of the last step"),
  untrained: HeldOutResult.nullable().describe("accuracy on held-out people before the first step"),
  heldOut: HeldOutResult.nullable().describe("accuracy of the trained network on the same people; null if there were too few"),
  singlePeople: z.int().describe("people with a single image: negatives with --random-negatives, else left out"),
  advice: z.array(z.string()),
  failures: z.array(ImageFailure).describe("images left out"),
});

export const train = defineAnswer({
  name: "train",
  summary: "Trains an embedding on labelled faces, and writes a model for all other commands",
  examples: [
    {
      command: "facenet train --data faces/ --network nn4-small --output model/",
      says: "from random weights, with the paper's settings",
    },
    {
      command: "facenet train --data faces/ --network mobilefacenet --teacher sface.opencv-128 --output model/",
      says: "trains a small network to reproduce a large one's embeddings, also on --unlabelled photographs",
    },
    {
      command: "facenet train --data faces/ --compatible-with old-model/ --output model/",
      says: "a new embedding compatible with the old one's (evaluate --probe-model --gallery-model)",
    },
    { command: "facenet train --output model/ --resume", says: "resumes an interrupted run" },
    {
      command: "facenet train --from mobilefacenet --head 128 --data faces/ --output model/",
      says: "adapts a model to your own faces in minutes",
    },
    {
      command: "facenet train --from sface.opencv-128 --tune all --data faces/ --output model/",
      says: "fine-tunes the whole network",
    },
    { command: "facenet verify a.jpg b.jpg --model model/", says: "uses the trained model" },
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
