/** Summary of a training run; the report shows its course. */
import type * as z from "zod";
import { train } from "../operations/train.ts";
import { readSavedOptions } from "../training/run/training-folder.ts";
import { answerCommand } from "./command.ts";
import { counted } from "./counted.ts";

type TrainResult = z.output<typeof train.output>;

export const trainCommand = answerCommand(train, {
  text: trainText,
  outcome: ({ images, failures }) => ({ unit: ["image", "images"], done: images, failures }),
  saved: ({ resume, output }) => (resume === true ? readSavedOptions(String(output)) : undefined),
  kept: "The last checkpoint is kept; --resume continues from it.",
});

export function trainText(result: TrainResult): string {
  const { model, folder, report, steps, people, images, loss, untrained, heldOut, singlePeople, advice } = result;
  const lines = [
    `model      ${model.id} in ${folder}: use it with --model ${folder.endsWith("/") ? folder : `${folder}/`}`,
    `trained    ${counted(steps, "step")} on ${counted(images, "image")} of ${counted(people, "person", "people")}${loss === null ? "" : `, last loss ${loss.toFixed(4)}`}`,
  ];
  if (heldOut) {
    const before = (figure: (of: NonNullable<typeof heldOut>) => number | undefined): string => {
      const value = untrained === null ? undefined : figure(untrained);
      return value === undefined ? "" : ` (untrained ${value.toFixed(4)})`;
    };
    lines.push(
      `held out   ${counted(heldOut.faces, "face")} of ${counted(heldOut.people, "person", "people")} not trained on, all pairs:`,
      `accuracy   ${heldOut.accuracy.toFixed(4)}${before(({ accuracy }) => accuracy)}`,
      `AUC        ${heldOut.auc.toFixed(4)}${before(({ auc }) => auc)}`,
      ...heldOut.val.map(
        ({ far, val }) => `VAL        ${val.toFixed(4)} at FAR ${far}${before((of) => of.val.find((at) => at.far === far)?.val)}`,
      ),
    );
  } else lines.push("held out   none: too few people. The thresholds are measured on the training people, and optimistic.");
  lines.push(`report     ${report}`);
  if (singlePeople > 0) lines.push(`Left out, with a single image: ${counted(singlePeople, "person", "people")}.`);
  return [...lines, ...advice].join("\n");
}
