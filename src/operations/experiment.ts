import * as z from "zod";
import { runExperiment } from "../recipes/run-experiment.ts";
import { studyTraining } from "../recipes/run-training-study.ts";
import { Experiment, Study } from "../schemas/experiment.ts";
import { flipOption, lookOptions, modelOptions } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

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
  input: z.strictObject({
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
  }),
  output: Experiment,
  run: (input, context) => runExperiment(input, context),
});
