import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { locateCalibrated, storedCalibration } from "../models/calibrated-model.ts";
import { locateModel, readCatalogue } from "../models/model-store.ts";
import { HARD_PEOPLE, Measurement, type ModelCatalogue, ModelManifest } from "../schemas/model-manifest.ts";
import { Threshold, ThresholdOrigin } from "../schemas/threshold.ts";
import { defineAnswer } from "./operation.ts";

/** Summary of a model. Dimensions, thresholds and measurements are of embedding models only. */
export const ModelSummary = z.object({
  id: z.string(),
  task: z.enum(["embedding", "detection"]),
  isDefault: z.boolean().describe("used by default"),
  summary: z.string(),
  licence: z.string(),
  sizeMb: z.number().describe("size of its files, 10^6 bytes"),
  dimensions: z.int().optional(),
  mirrored: z.boolean().optional().describe("the embedding of the mirrored face is added by default"),
  compared: z.enum(["bytes", "floats"]).optional().describe("representation that distances are computed from"),
  thresholds: z.array(Threshold).optional().describe("thresholds in use"),
  calibration: ThresholdOrigin.optional().describe("source of the thresholds"),
  limits: z.string().optional().describe("people for whom thresholds and measurements are not validated"),
  lfw: z.array(Measurement).optional().describe("measurements on Labeled Faces in the Wild"),
});
export type ModelSummary = z.infer<typeof ModelSummary>;

export const ModelList = z.object({ models: z.array(ModelSummary) });
export type ModelList = z.infer<typeof ModelList>;

export const models = defineAnswer({
  name: "models",
  summary: "Lists the models, or shows the manifest of one",
  positionals: ["id"],
  examples: [
    { command: "facenet models", says: "all models with licence, size and accuracy" },
    { command: "facenet models sface.opencv-128 --json", says: "the whole manifest" },
  ],
  input: z.strictObject({ id: z.string().optional().describe("model whose manifest to show") }),
  output: z.union([ModelList, ModelManifest]),
  async run({ id }) {
    const catalogue = await readCatalogue();
    return id === undefined ? listModels(catalogue) : findModel(catalogue, id);
  },
});

async function listModels({ models, defaults }: ModelCatalogue): Promise<ModelList> {
  const summaryOf = async (model: ModelManifest): Promise<ModelSummary> => {
    const files = model.task === "embedding" ? [model.model] : Object.values(model.networks);
    const common = {
      id: model.id,
      task: model.task,
      isDefault: defaults[model.task] === model.id,
      summary: model.summary,
      licence: model.licence,
      sizeMb: files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6,
    };
    if (model.task === "detection") return common;
    const { manifest, calibration } = await locateCalibrated(model.id, "stored");
    const lfw = model.measured.filter(({ dataset }) => /^lfw\b/i.test(dataset));
    const { size, mirrored, compared } = manifest.embedding;
    return {
      ...common,
      dimensions: size,
      mirrored,
      compared,
      thresholds: manifest.thresholds,
      calibration,
      limits: HARD_PEOPLE,
      lfw,
    };
  };
  return { models: await Promise.all(models.map(summaryOf)) };
}

/** Includes the stored calibration. @throws FaceNetError MODEL_NOT_FOUND */
async function findModel({ models }: ModelCatalogue, id: string): Promise<ModelManifest> {
  const found = models.find((model) => model.id === id);
  if (!found) throw new FaceNetError("MODEL_NOT_FOUND", { model: id, known: models.map((model) => model.id).join(", ") });
  if (found.task === "detection") return found;
  const calibration = await storedCalibration(await locateModel("embedding", id));
  return calibration ? { ...found, calibration } : found;
}
