import { basename, resolve, sep } from "node:path";
import * as z from "zod";
import { findPairImages } from "../datasets/lfw-images.ts";
import { type Pair, pairImagePath, selectFolds } from "../datasets/pairs.ts";
import { readPairs } from "../datasets/read-pairs.ts";
import { FaceNetError, reasonOf } from "../errors.ts";
import { verifyPairs } from "../evaluation/verification.ts";
import { seededRandom } from "../metric/seeded-random.ts";
import { probabilityOfSame } from "../pipeline/verdict.ts";
import { Evaluation } from "../schemas/evaluation.ts";
import { ModelComparison } from "../schemas/model-comparison.ts";
import { alignedOption, flipOption, lookOptions, modelOptions, modelsOption } from "../schemas/options.ts";
import { compareModels, type MeasuredModel } from "./evaluate/compare-models.ts";
import { findCopies } from "./evaluate/copies.ts";
import { embedLabelled } from "./evaluate/labelled-faces.ts";
import { matchPairs, measuring } from "./evaluate/pairs-protocol.ts";
import { warningsOf } from "./evaluate/warnings.ts";
import { openReport, reportOptions } from "./evaluate/write-report.ts";
import { defineAnswer, type OperationContext } from "./operation.ts";

const numbers = (what: z.ZodNumber) => z.array(what).min(1);

const EvaluateInput = z.strictObject({
  images: z.string().describe("folder that holds NAME/NAME_0001.jpg"),
  pairs: z.string().describe("list of pairs in LFW's format"),
  folds: numbers(z.int().min(1)).optional().describe("folds to use, counted from 1 (default: all)"),
  fars: numbers(z.number().min(0).max(1)).default([1e-2, 1e-3]).describe("false accept rates to give VAL at"),
  definitions: z
    .enum(["paper", "reference"])
    .default("paper")
    .describe("paper: a pair is accepted at D <= d, thresholds are exact; reference: D < d on grids, as validate_on_lfw does"),
  resamples: z
    .int()
    .min(0)
    .max(100_000)
    .default(1000)
    .describe("drawings of people for confidence intervals (bootstrap by person); 0: no intervals"),
  seed: z.int().min(0).default(1).describe("of everything that is drawn"),
  compared: z.enum(["bytes", "floats"]).optional().describe("what distances are taken from (default: as the model says)"),
  faces: z.enum(["central", "largest"]).default("central").describe("which face of an image that shows several"),
  ...lookOptions,
  flip: flipOption,
  aligned: alignedOption,
  ...modelOptions,
  model: modelsOption,
  ...reportOptions,
});

export const evaluate = defineAnswer({
  name: "evaluate",
  summary: "Measures an embedding on a list of pairs by the protocol of Labeled Faces in the Wild",
  positionals: [],
  examples: [
    { command: "facenet evaluate --images lfw/ --pairs pairs.txt", says: "ten folds: accuracy, VAL at FAR, AUC, EER" },
    { command: "facenet evaluate --images lfw/ --pairs pairs.txt --folds 1,2 --json", says: "two folds only, for a quick look" },
    {
      command: "facenet evaluate --images lfw/ --pairs pairs.txt --report lfw.html",
      says: "also a page with curves, thresholds and the worst errors",
    },
  ],
  input: EvaluateInput,
  output: z.union([Evaluation, ModelComparison]),
  async run(input, context) {
    const report = await openReport(input, context.signal);
    try {
      const measured: MeasuredModel[] = [];
      for (const model of new Set(input.model)) measured.push(await evaluateModel({ ...input, model }, context));
      const [first] = measured;
      const comparison = compareModels(measured, input);
      await report.write(
        comparison,
        measured.map(({ card }) => card),
        datasetName(input),
      );
      return measured.length === 1 && first ? first.evaluation : comparison;
    } finally {
      await report.close();
    }
  },
});

type ModelInput = Omit<z.output<typeof EvaluateInput>, "model"> & { readonly model: string };

async function evaluateModel(input: ModelInput, { load, signal, onProgress }: OperationContext): Promise<MeasuredModel> {
  const all = await readPairs(input.pairs);
  const pairs = input.folds ? chosenFolds(all, input.folds) : all;
  const files = await findPairImages(input.images, pairs);
  const personOf = new Map(
    pairs.flatMap(({ left, right }) => [left, right]).map((ref) => [files.get(pairImagePath(ref)), ref.name]),
  );
  const labelled = [...new Set(files.values())].map((image) => ({ image, person: personOf.get(image) as string }));
  const facenet = await load(input);
  const embedded = await embedLabelled(labelled, facenet, { ...input, signal, onProgress });
  const { list, skippedPairs } = matchPairs(pairs, files, embedded);
  const figures = measuring(input.pairs, skippedPairs.length, () =>
    verifyPairs(embedded.faces, list, {
      fars: input.fars,
      definitions: input.definitions,
      modelThresholds: facenet.model.thresholds,
      ...(facenet.model.probability && { probability: (distance) => probabilityOfSame(facenet.model, distance) as number }),
      bootstrap: { resamples: input.resamples, random: seededRandom(input.seed) },
    }),
  );
  const copies = findCopies(embedded.faces);
  const evaluation = {
    protocol: "pairs" as const,
    ...figures,
    model: facenet.model.id,
    detector: embedded.detector,
    compared: embedded.faces.embeddings.compared,
    flip: input.flip,
    definitions: input.definitions,
    people: embedded.faces.people.length,
    images: embedded.images,
    imagesWithoutFace: embedded.imagesWithoutFace,
    failures: embedded.failures,
    copies,
    warnings: warningsOf({ ...figures, copies, skipped: skippedPairs.length }),
    skipped: skippedPairs.length,
    skippedPairs,
    groups: [],
  };
  const judged = { model: evaluation.model, faces: embedded.faces, list, folds: evaluation.folds };
  return { evaluation, card: facenet.model, judged };
}

/** For the reader of a report: the last of the path, not where it lies on this computer. */
function datasetName({ images, pairs }: Pick<ModelInput, "images" | "pairs">): string {
  return `${resolve(images).split(sep).slice(-2).join("/")}, ${basename(pairs)}`;
}

function chosenFolds(pairs: readonly Pair[], folds: readonly number[]): Pair[] {
  try {
    return selectFolds([...pairs], folds);
  } catch (error) {
    throw new FaceNetError("OPTION_INVALID", { option: "folds (--folds)", reason: reasonOf(error) }, error);
  }
}
