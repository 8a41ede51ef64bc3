import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve, sep } from "node:path";
import * as z from "zod";
import { findPairImages } from "../datasets/lfw-images.ts";
import { type Pair, pairImagePath, selectFolds } from "../datasets/pairs.ts";
import { listPersonFolders, personOfPath } from "../datasets/person-folders.ts";
import { readPairs } from "../datasets/read-pairs.ts";
import { FaceNetError, reasonOf } from "../errors.ts";
import { encodeSvgAsPng } from "../image/encode.ts";
import { Experiment, Study } from "../schemas/experiment.ts";
import { flipOption, lookOptions, modelOptions } from "../schemas/options.ts";
import { runStudy } from "./experiment/run-study.ts";
import { defineAnswer } from "./operation.ts";
import { WholeFile } from "./whole-file.ts";

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
  ],
  input: z.strictObject({
    study: Study.describe(
      "jpeg: quality 10 to 90; pixels: faces of 40 x 40 to 256 x 256; dimensions: 64 to 512; bytes: float32, float16, int8, 1 bit",
    ),
    images: z.string().describe("folder that holds the images of the list, NAME/NAME_0001.jpg"),
    pairs: z.string().describe("list of pairs in LFW's format (facenet evaluate --balanced N --pairs-out FILE makes one)"),
    folds: z.array(z.int().min(1)).min(1).optional().describe("folds to use, counted from 1 (default: all)"),
    fit: z.string().optional().describe("dimensions: folder of other people, whose faces say which directions matter"),
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
  async run(input, { load, signal, onProgress }) {
    if ((input.study === "dimensions") !== (input.fit !== undefined))
      throw new FaceNetError("OPTION_INVALID", {
        option: "fit (--fit)",
        reason: "is the folder of other people that the study of dimensions needs, and no other study takes",
      });
    const pairs = await chosenPairs(input);
    const files = await findPairImages(input.images, pairs);
    const personOf = new Map(
      pairs.flatMap(({ left, right }) => [left, right]).map((ref) => [files.get(pairImagePath(ref)), ref.name]),
    );
    const fitOn = input.fit === undefined ? [] : (await listPersonFolders(input.fit)).map(({ image }) => image);
    if (input.plots !== undefined) await makeFolder(input.plots);
    const facenet = await load(input);
    const data = {
      facenet,
      images: [...new Set(files.values())],
      personOf: (image: string) => personOf.get(image) ?? personOfPath(image),
      pairs,
      files,
      fitOn,
      cache: input.cache ?? join(tmpdir(), "facenet-experiment"),
      look: { ...input, faces: "central" as const, signal, onProgress },
    };
    const figures = await runStudy(input.study, data, input).catch((error: unknown) => {
      if (!(error instanceof RangeError)) throw error;
      throw new FaceNetError("PAIRS_INVALID", { file: input.pairs, line: "(all)", reason: reasonOf(error) }, error);
    });
    const dataset = `${resolve(input.images).split(sep).slice(-2).join("/")}, ${basename(input.pairs)}`;
    const result = { study: input.study, folds: input.folds ?? null, ...figures, model: facenet.model.id, dataset };
    if (input.plots !== undefined) await writePlot(input.plots, result);
    return result;
  },
});

async function chosenPairs({ pairs: file, folds }: { pairs: string; folds?: number[] | undefined }): Promise<Pair[]> {
  const all = await readPairs(file);
  if (!folds) return all;
  try {
    return selectFolds(all, folds);
  } catch (error) {
    throw new FaceNetError("OPTION_INVALID", { option: "folds (--folds)", reason: reasonOf(error) }, error);
  }
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new FaceNetError("OUTPUT_NOT_WRITABLE", { file: folder, reason: reasonOf(error) }, error);
  });
}

async function writePlot(folder: string, result: Experiment): Promise<void> {
  const { experimentPlot } = await import("./experiment/experiment-plot.ts"); // plots take half a second to load
  const svg = experimentPlot(result);
  for (const [name, data] of [
    [`${result.study}.svg`, svg],
    [`${result.study}.png`, await encodeSvgAsPng(svg)],
  ] as const) {
    const file = await WholeFile.create(join(folder, name));
    try {
      await file.append(data);
      await file.commit();
    } catch (error) {
      await file.discard();
      throw error;
    }
  }
}
