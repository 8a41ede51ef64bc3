import * as z from "zod";
import { runExperiment } from "../recipes/run-experiment.ts";
import { studyTraining } from "../recipes/run-training-study.ts";
import { Experiment, Study } from "../schemas/experiment.ts";
import { flipOption, lookOptions, modelOptions } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

export const experiment = defineAnswer({
  name: "experiment",
  summary: "Repeats a study of the FaceNet paper with your model and data, and shows the paper's figures beside yours",
  positionals: ["study"],
  examples: [
    {
      command: "facenet experiment jpeg --images lfw/ --pairs pairs.txt --plots plots/",
      says: "JPEG quality 10 to 90; can be interrupted and resumed",
    },
    {
      command: "facenet experiment dimensions --images lfw/ --pairs pairs.txt --fit people/ --model mobilefacenet.faceplugin-512",
      says: "64 to 512 dimensions",
    },
    {
      command: "facenet experiment miner --training faces/ --images lfw/ --pairs pairs.txt",
      says: "trains a small network with each miner, an hour on two cores",
    },
  ],
  input: z.strictObject({
    study: Study.describe(
      "jpeg: quality 10 to 90; pixels: faces of 40 x 40 to 256 x 256; dimensions: 64 to 512; bytes: float32, float16, int8, 1 bit; data, miner, networks (over multiply-adds), embedding (its dimensions, trained): train networks (--training)",
    ),
    images: z.string().describe("folder of the listed images, NAME/NAME_0001.jpg"),
    pairs: z.string().describe("list of pairs in LFW's format (`facenet evaluate --balanced N --pairs-out FILE` writes one)"),
    folds: z.array(z.int().min(1)).min(1).optional().describe("folds to use, numbered from 1 (default: all)"),
    fit: z.string().optional().describe("dimensions: folder of other people, for the principal components"),
    training: z
      .string()
      .optional()
      .describe("data, miner, networks, embedding: folder with one sub-folder per person to train on, or tar shards"),
    network: z.string().default(studyTraining.network).describe("data, miner, embedding: architecture to train"),
    steps: z.int().min(1).default(studyTraining.steps).describe("data, miner, networks, embedding: mini-batches per network"),
    far: z.number().positive().max(1).default(1e-3).describe("false accept rate for VAL; 1e-3 in the paper"),
    resamples: z.int().min(0).max(100_000).default(1000).describe("bootstrap resamples for confidence intervals; 0: none"),
    seed: z.int().min(0).default(1).describe("random seed"),
    cache: z
      .string()
      .optional()
      .describe("folder of intermediate results (default: facenet-experiment in the folder for temporary files)"),
    plots: z.string().min(1).optional().describe("folder to write the plot to, as SVG and PNG"),
    ...lookOptions,
    flip: flipOption,
    ...modelOptions,
  }),
  output: Experiment,
  run: (input, context) => runExperiment(input, context),
});
