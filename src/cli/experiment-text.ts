/** A study as a table, ours beside the paper's. */
import { levelRows } from "../operations/experiment/level-rows.ts";
import type { Experiment } from "../schemas/experiment.ts";
import { tableLines } from "./tables.ts";

export function experimentText({ question, levels, far, model, pairs, skipped, difference, compared }: Experiment): string {
  const columns = ["level", "accuracy, %", `VAL at FAR ${far}, %`, "the paper, %"].map((title, i) =>
    i === 0 ? { title } : { title, align: "right" as const },
  );
  return [
    question,
    ...tableLines(columns, levelRows(levels)),
    `${model}, compared as ${compared}; ${pairs} pairs${skipped > 0 ? `, ${skipped} left out` : ""}; mean +- standard error over the folds.`,
    difference,
  ].join("\n");
}
