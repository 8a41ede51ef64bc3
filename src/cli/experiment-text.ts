/** A study as a table, our results next to the paper's. */
import { levelRows } from "../recipes/level-table.ts";
import type { Experiment } from "../schemas/experiment.ts";
import { tableLines } from "./tables.ts";

export function experimentText({
  question,
  levels,
  far,
  model,
  pairs,
  skipped,
  difference,
  compared,
  training,
}: Experiment): string {
  const columns = ["level", "accuracy, %", `VAL at FAR ${far}, %`, "paper, %"].map((title, i) =>
    i === 0 ? { title } : { title, align: "right" as const },
  );
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
