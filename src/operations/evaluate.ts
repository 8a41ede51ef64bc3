import { basename, resolve, sep } from "node:path";
import * as z from "zod";
import { readAttributes } from "../datasets/read-attributes.ts";
import { FaceNetError } from "../errors.ts";
import { measureModel } from "../evaluation/protocols/measure-model.ts";
import { type MeasureInput, measureOptions } from "../evaluation/protocols/measure-options.ts";
import {
  compareModels,
  groupOption,
  type MeasuredModel,
  requireGroupable,
  withGroups,
} from "../evaluation/protocols/measured-model.ts";
import { openReport, reportOptions } from "../reports/evaluation/write-report.ts";
import { Evaluation, ModelComparison } from "../schemas/evaluation.ts";
import { modelsOption } from "../schemas/options.ts";
import { defineAnswer } from "./operation.ts";

const EvaluateInput = z.strictObject({
  ...measureOptions,
  model: modelsOption,
  probeModel: z
    .string()
    .optional()
    .describe("with --gallery-model, in place of --model: model of the probes, as after an upgrade"),
  galleryModel: z
    .string()
    .optional()
    .describe("model of the gallery; every pair is compared in both directions, probe against gallery face"),
  ...groupOption,
  ...reportOptions,
});

export const evaluate = defineAnswer({
  name: "evaluate",
  summary: "Evaluates an embedding on pairs, people or videos: verification, identification, clustering",
  examples: [
    { command: "facenet evaluate --images lfw/ --pairs pairs.txt", says: "ten folds: accuracy, VAL at FAR, AUC, EER" },
    { command: "facenet evaluate --images lfw/ --pairs pairs.txt --folds 1,2 --json", says: "only two folds, faster" },
    { command: "facenet evaluate --images people/", says: "all pairs of a folder with one sub-folder per person" },
    {
      command: "facenet evaluate --images people/ --balanced 3000 --pairs-out pairs.txt",
      says: "random pairs, and writes the list",
    },
    { command: "facenet evaluate --images people/ --protocol identification", says: "open-set: known people and strangers" },
    {
      command: "facenet evaluate --images people/ --groups people.csv --by age",
      says: "FAR and FRR of each age band and between them, at the model's threshold",
    },
    {
      command: "facenet evaluate --images frame_images_DB/ --protocol video --pairs splits.txt",
      says: "YouTube Faces by its own 5,000 pairs of videos, 100 frames of each",
    },
    {
      command: "facenet evaluate --images lfw/ --pairs pairs.txt --probe-model new/ --gallery-model old/",
      says: "probes of a new model against a gallery of the old one",
    },
    {
      command: "facenet evaluate --images lfw/ --pairs pairs.txt --report lfw.html",
      says: "also writes a page with curves, thresholds and the worst errors",
    },
  ],
  input: EvaluateInput,
  output: z.union([Evaluation, ModelComparison]),
  async run(input, context) {
    requireGroupable(input);
    const { probeModel, galleryModel } = input;
    if ((probeModel === undefined) !== (galleryModel === undefined)) {
      const option = probeModel === undefined ? "galleryModel" : "probeModel";
      throw new FaceNetError("OPTION_INVALID", { option, reason: "probeModel and galleryModel go together" });
    }
    const report = await openReport(input, context.signal);
    try {
      const groups = input.groups === undefined ? undefined : await readAttributes(input.groups, input.by);
      const measured: MeasuredModel[] = [];
      for (const model of new Set(probeModel === undefined ? input.model : [probeModel])) {
        const one = await measureModel({ ...input, model }, context);
        measured.push(groups ? await withGroups(one, groups, input, { signal: context.signal }) : one);
      }
      const [first] = measured;
      const comparison = await compareModels(measured, input, { signal: context.signal });
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

/** Name of the data in a report: the last two folders of the path. */
function datasetName({ images, embeddings, pairs }: Pick<MeasureInput, "images" | "embeddings" | "pairs">): string {
  const place = resolve(images ?? (embeddings as string))
    .split(sep)
    .filter((name) => name !== "")
    .slice(-2)
    .join("/");
  return pairs === undefined ? place : `${place}, ${basename(pairs)}`;
}
