import { tmpdir } from "node:os";
import { basename, join, resolve, sep } from "node:path";
import * as z from "zod";
import { findPairImages, type Pair, pairImagePath, readPairs, selectFolds } from "../datasets/pairs.ts";
import { listPersonFolders, personOfPath } from "../datasets/person-folders.ts";
import { FaceNetError, reasonOf } from "../errors.ts";
import { makeFolder, writeWhole } from "../files/whole-file.ts";
import { encodeSvgAsPng } from "../image/encode.ts";
import type { PairData } from "../recipes/level-table.ts";
import { runStudy, type StudyData } from "../recipes/run-study.ts";
import { runTrainingStudy, studyTraining } from "../recipes/run-training-study.ts";
import { Experiment, isTrainingStudy, Study, trainingStudies } from "../schemas/experiment.ts";
import { flipOption, lookOptions, modelOptions } from "../schemas/options.ts";
import { defineAnswer, type OperationContext } from "./operation.ts";

const Input = z.strictObject({
  study: Study.describe(
    "jpeg: quality 10 to 90; pixels: faces of 40 x 40 to 256 x 256; dimensions: 64 to 512; bytes: float32, float16, int8, 1 bit; data, miner, networks (over multiply-adds), embedding (its dimensions, trained): train networks (--training)",
  ),
  images: z.string().describe("folder that holds the images of the list, NAME/NAME_0001.jpg"),
  pairs: z.string().describe("list of pairs in LFW's format (facenet evaluate --balanced N --pairs-out FILE makes one)"),
  folds: z.array(z.int().min(1)).min(1).optional().describe("folds to use, counted from 1 (default: all)"),
  fit: z.string().optional().describe("dimensions: folder of other people, whose faces say which directions matter"),
  training: z
    .string()
    .optional()
    .describe("data, miner, networks, embedding: folder with a sub-folder for each person to train on, or tar shards"),
  network: z
    .string()
    .default(studyTraining.network)
    .describe("data, miner, embedding: what to train, an architecture by its name"),
  steps: z
    .int()
    .min(1)
    .default(studyTraining.steps)
    .describe("data, miner, networks, embedding: mini-batches that each network is trained for"),
  far: z.number().positive().max(1).default(1e-3).describe("false accept rate that VAL is given at; the paper's is 1e-3"),
  resamples: z.int().min(0).max(100_000).default(1000).describe("drawings of people for confidence intervals; 0: none"),
  seed: z.int().min(0).default(1).describe("of everything that is drawn"),
  cache: z
    .string()
    .optional()
    .describe("folder for what was worked out so far (default: facenet-experiment in the folder for temporary files)"),
  plots: z.string().min(1).optional().describe("folder to write the plot to, as SVG and PNG"),
  ...lookOptions,
  flip: flipOption,
  ...modelOptions,
});
type Input = z.output<typeof Input>;

export const experiment = defineAnswer({
  name: "experiment",
  summary: "Repeats a study of the FaceNet paper on your model and data, beside the paper's figures",
  positionals: ["study"],
  examples: [
    {
      command: "facenet experiment jpeg --images lfw/ --pairs pairs.txt --plots plots/",
      says: "JPEG quality 10 to 90; run again after an interruption, it goes on where it was",
    },
    {
      command: "facenet experiment dimensions --images lfw/ --pairs pairs.txt --fit people/ --model mobilefacenet.faceplugin-512",
      says: "64 to 512 dimensions",
    },
    {
      command: "facenet experiment miner --training faces/ --images lfw/ --pairs pairs.txt",
      says: "trains a small network from random weights in each way, an hour on two cores",
    },
  ],
  input: Input,
  output: Experiment,
  async run(input, context) {
    requireFolder(input, "fit", ["dimensions"]);
    requireFolder(input, "training", trainingStudies);
    const pairs = await chosenPairs(input);
    const files = await findPairImages(input.images, pairs);
    const personOf = new Map(
      pairs.flatMap(({ left, right }) => [left, right]).map((ref) => [files.get(pairImagePath(ref)), ref.name]),
    );
    if (input.plots !== undefined) await makeFolder(input.plots);
    const data = {
      images: [...new Set(files.values())],
      personOf: (image: string) => personOf.get(image) ?? personOfPath(image),
      pairs,
      files,
      cache: input.cache ?? join(tmpdir(), "facenet-experiment"),
      look: { ...input, faces: "central" as const, signal: context.signal, onProgress: context.onProgress },
    };
    const figures = await studyOf(input, data, context).catch((error: unknown) => {
      if (!(error instanceof RangeError)) throw error;
      throw new FaceNetError("PAIRS_INVALID", { file: input.pairs, line: "(all)", reason: reasonOf(error) }, error);
    });
    const dataset = `${resolve(input.images).split(sep).slice(-2).join("/")}, ${basename(input.pairs)}`;
    const result = { study: input.study, folds: input.folds ?? null, ...figures, dataset };
    if (input.plots !== undefined) await writePlot(input.plots, result);
    return result;
  },
});

type Data = PairData & Pick<StudyData, "cache" | "look">;

async function studyOf(
  input: Input,
  data: Data,
  context: OperationContext,
): Promise<Omit<Experiment, "study" | "folds" | "dataset">> {
  const { study, training, fit, network, steps, seed } = input;
  if (isTrainingStudy(study)) {
    const { detector, threads, device } = input;
    const how = { training: training as string, network, steps, seed, engine: { detector, threads, device } };
    return runTrainingStudy(study, { ...data, ...how }, input, context);
  }
  const fitOn = fit === undefined ? [] : (await listPersonFolders(fit)).map(({ image }) => image);
  const facenet = await context.load(input);
  return { ...(await runStudy(study, { ...data, facenet, fitOn }, input)), model: facenet.model.id, training: null };
}

/** @throws FaceNetError OPTION_INVALID for a folder that a study needs and has not, or has and does not take */
function requireFolder(input: Input, option: "fit" | "training", studies: readonly Study[]): void {
  if (studies.includes(input.study) === (input[option] !== undefined)) return;
  const what = option === "fit" ? "the folder of other people" : "the folder of people to train on";
  const reason = `is ${what} that the study of ${studies.join(" or ")} needs, and no other study takes`;
  throw new FaceNetError("OPTION_INVALID", { option: `${option} (--${option})`, reason });
}

async function chosenPairs({ pairs: file, folds }: { pairs: string; folds?: number[] | undefined }): Promise<Pair[]> {
  const all = await readPairs(file);
  if (!folds) return all;
  try {
    return selectFolds(all, folds);
  } catch (error) {
    throw new FaceNetError("OPTION_INVALID", { option: "folds", reason: reasonOf(error) }, error);
  }
}

async function writePlot(folder: string, result: Experiment): Promise<void> {
  const { experimentPlot } = await import("../recipes/experiment-plot.ts"); // plots take half a second to load
  const svg = experimentPlot(result);
  for (const [name, data] of [
    [`${result.study}.svg`, svg],
    [`${result.study}.png`, await encodeSvgAsPng(svg)],
  ] as const)
    await writeWhole(join(folder, name), data);
}
