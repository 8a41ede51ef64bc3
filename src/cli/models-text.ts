/** Models as a table, or one manifest as names and values. */
import { type ModelList, type ModelSummary, models } from "../operations/models.ts";
import { HARD_PEOPLE, type ModelManifest } from "../schemas/model-manifest.ts";
import { answerCommand } from "./command.ts";
import { plainText } from "./plain-text.ts";
import { right, tableLines } from "./tables.ts";

export const modelsCommand = answerCommand(models, { text: modelsText });

const columns = ["", "id", "task", right("MB"), right("dimensions"), right("LFW"), "threshold (FAR)", "licence", "description"];

function modelsText(result: ModelList | ModelManifest): string {
  if (!("models" in result))
    return result.task === "embedding" ? `${plainText(result)}\nlimits: ${HARD_PEOPLE}` : plainText(result);
  const rows = result.models.map((model) => [
    model.isDefault ? "*" : "",
    model.id,
    model.task,
    model.sizeMb.toFixed(1),
    model.dimensions?.toString() ?? "",
    accuracyText(model),
    (model.thresholds ?? []).map(({ far, distance }) => `${distance.toFixed(2)} (${far})`).join(", ") +
      (model.calibration?.from === "stored" ? " ○" : ""),
    model.licence,
    model.summary,
  ]);
  const isCalibrated = result.models.some(({ calibration }) => calibration?.from === "stored");
  return [
    ...tableLines(columns, rows),
    "",
    "* default. `facenet models ID` shows the complete manifest.",
    `Limits of all embedding models: ${HARD_PEOPLE}.`,
    ...(isCalibrated ? ["○ thresholds stored by `facenet calibrate`."] : []),
  ].join("\n");
}

/** Accuracy on Labeled Faces in the Wild with the model's own comparison and mirroring. */
function accuracyText({ lfw = [], dimensions = 0, mirrored = false, compared }: ModelSummary): string {
  const bytes = compared === "bytes" ? dimensions : 4 * dimensions;
  const figure = lfw.find((row) => row.bytes === bytes && row.flipped === mirrored)?.accuracy;
  return figure === undefined ? "" : `${(figure * 100).toFixed(2)} %`;
}
