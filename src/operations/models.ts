import * as z from "zod";
import { FaceNetError } from "../errors.ts";
import { locateCalibrated, storedCalibration } from "../models/calibrated-model.ts";
import { locateModel, readCatalogue } from "../models/model-store.ts";
import { HARD_PEOPLE, Measurement, type ModelCatalogue, ModelManifest } from "../schemas/model-manifest.ts";
import { Threshold, ThresholdOrigin } from "../schemas/threshold.ts";
import { defineAnswer } from "./operation.ts";

/** What one chooses a model by. Dimensions, thresholds and figures are those of embedding models. */
export const ModelSummary = z.object({
  id: z.string(),
  task: z.enum(["embedding", "detection"]),
  isDefault: z.boolean().describe("used when none is named"),
  summary: z.string(),
  licence: z.string(),
  sizeMb: z.number().describe("megabytes of its files, 10^6 bytes"),
  dimensions: z.int().optional(),
  mirrored: z.boolean().optional().describe("the mirrored face's embedding is added by default"),
  compared: z.enum(["bytes", "floats"]).optional().describe("what distances are taken from"),
  thresholds: z.array(Threshold).optional().describe("that commands decide by"),
  calibration: ThresholdOrigin.optional().describe("where they come from"),
  limits: z.string().optional().describe("whom its thresholds and figures are not known to hold for"),
  lfw: z.array(Measurement).optional().describe("what was measured on Labeled Faces in the Wild"),
});
export type ModelSummary = z.infer<typeof ModelSummary>;

export const ModelList = z.object({ models: z.array(ModelSummary) });
export type ModelList = z.infer<typeof ModelList>;

export const models = defineAnswer({
  name: "models",
  summary: "Lists the models, or shows the manifest of one",
  positionals: ["id"],
  examples: [
    { command: "facenet models", says: "what there is, with licence, size and accuracy" },
    { command: "facenet models sface.opencv-128 --json", says: "the whole manifest" },
  ],
  input: z.strictObject({ id: z.string().optional().describe("a model, to see its whole manifest") }),
  output: z.union([ModelList, ModelManifest]),
  async run({ id }) {
    const catalogue = await readCatalogue();
    return id === undefined ? listModels(catalogue) : findModel(catalogue, id);
  },
});

/** The catalogue as a list to choose from. */
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

/** With what is stored for it. @throws FaceNetError MODEL_NOT_FOUND */
async function findModel({ models }: ModelCatalogue, id: string): Promise<ModelManifest> {
  const found = models.find((model) => model.id === id);
  if (!found) throw new FaceNetError("MODEL_NOT_FOUND", { model: id, known: models.map((model) => model.id).join(", ") });
  if (found.task === "detection") return found;
  const calibration = await storedCalibration(await locateModel("embedding", id));
  return calibration ? { ...found, calibration } : found;
}
