/** Repeats a study of the paper on a model and a list of pairs, and writes its plot. */
import { tmpdir } from "node:os";
import { basename, join, resolve, sep } from "node:path";
import { findPairImages, pairImagePath, readPairs, selectFolds } from "../datasets/pairs.ts";
import { listPersonFolders, personOfPath } from "../datasets/person-folders.ts";
import { FaceNetError, reasonOf } from "../errors.ts";
import type { FaceNetOptions, LookOptions } from "../faces/facenet.ts";
import type { RunContext } from "../faces/run-context.ts";
import { makeFolder, writeWhole } from "../files/whole-file.ts";
import { encodeSvgAsPng } from "../image/encode.ts";
import { type Experiment, isTrainingStudy, type Study, trainingStudies } from "../schemas/experiment.ts";
import type { PairData, StudyOptions } from "./level-table.ts";
import { runStudy, type StudyData } from "./run-study.ts";
import { runTrainingStudy } from "./run-training-study.ts";

export type ExperimentOptions = FaceNetOptions &
  LookOptions &
  StudyOptions & {
    readonly study: Study;
    /** folder of the pairs' images */
    readonly images: string;
    /** list of pairs in LFW's format */
    readonly pairs: string;
    /** counted from 1; default all */
    readonly folds?: readonly number[] | undefined;
    /** folder of other people, for the study of dimensions */
    readonly fit?: string | undefined;
    /** folder of people to train on, for studies that train */
    readonly training?: string | undefined;
    readonly network: string;
    readonly steps: number;
    /** folder of intermediate results */
    readonly cache?: string | undefined;
    /** folder for the plot */
    readonly plots?: string | undefined;
  };

/** @throws FaceNetError OPTION_INVALID, PAIRS_INVALID, OUTPUT_NOT_WRITABLE; the signal's reason */
export async function runExperiment(options: ExperimentOptions, context: RunContext): Promise<Experiment> {
  requireFolder(options, "fit", ["dimensions"]);
  requireFolder(options, "training", trainingStudies);
  const pairs = selectFolds(await readPairs(options.pairs), options.folds);
  const files = await findPairImages(options.images, pairs);
  const personOf = new Map(
    pairs.flatMap(({ left, right }) => [left, right]).map((ref) => [files.get(pairImagePath(ref)), ref.name]),
  );
  if (options.plots !== undefined) await makeFolder(options.plots);
  const data = {
    images: [...new Set(files.values())],
    personOf: (image: string) => personOf.get(image) ?? personOfPath(image),
    pairs,
    files,
    cache: options.cache ?? join(tmpdir(), "facenet-experiment"),
    look: { ...options, faces: "central" as const, signal: context.signal, onProgress: context.onProgress },
  };
  const figures = await studyOf(options, data, context).catch((error: unknown) => {
    if (!(error instanceof RangeError)) throw error;
    throw new FaceNetError("PAIRS_INVALID", { file: options.pairs, line: "(all)", reason: reasonOf(error) }, error);
  });
  const dataset = `${resolve(options.images).split(sep).slice(-2).join("/")}, ${basename(options.pairs)}`;
  const result = { study: options.study, folds: options.folds ? [...options.folds] : null, ...figures, dataset };
  if (options.plots !== undefined) await writePlot(options.plots, result);
  return result;
}

type Data = PairData & Pick<StudyData, "cache" | "look">;

async function studyOf(
  input: ExperimentOptions,
  data: Data,
  context: RunContext,
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
function requireFolder(input: ExperimentOptions, option: "fit" | "training", studies: readonly Study[]): void {
  if (studies.includes(input.study) === (input[option] !== undefined)) return;
  const what = option === "fit" ? "the folder of other people" : "the folder of people to train on";
  const reason = `is ${what} that the study of ${studies.join(" or ")} needs, and no other study takes`;
  throw new FaceNetError("OPTION_INVALID", { option: `${option} (--${option})`, reason });
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
