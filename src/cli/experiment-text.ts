/** A study as a table, our results next to the paper's. */
import { experiment } from "../operations/experiment.ts";
import { levelRows } from "../recipes/level-table.ts";
import type { Experiment } from "../schemas/experiment.ts";
import { answerCommand } from "./command.ts";
import { right, tableLines } from "./tables.ts";

export const experimentCommand = answerCommand(experiment, { text: experimentText });

function experimentText(result: Experiment): string {
  const { question, levels, far, model, pairs, skipped, difference, compared, training } = result;
  const columns = ["level", right("accuracy, %"), right(`VAL at FAR ${far}, %`), right("paper, %")];
  return [
    question,
    ...tableLines(columns, levelRows(levels)),
    `${model}, compared as ${compared}; ${pairs} pairs${skipped > 0 ? `, ${skipped} left out` : ""}; mean +- standard error over the folds.`,
    ...(training ? [trainingText(training)] : []),
    difference,
  ].join("\n");
}

function trainingText({ network, steps, imagesPerStep, people, images }: NonNullable<Experiment["training"]>): string {
  return `${network} from random weights, ${steps} steps of ${imagesPerStep} images; all the people are ${people}, with ${images} images.`;
}
