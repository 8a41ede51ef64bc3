/** A study as rows of a table. */
import type { ExperimentLevel } from "../schemas/experiment.ts";

/** Level, accuracy, VAL and the paper's VAL in percent, each mean +- standard error. */
export function levelRows(levels: readonly ExperimentLevel[]): string[][] {
  const percent = (value: number): string => (100 * value).toFixed(2);
  return levels.map(({ level, accuracy, val, paper }) => [
    level,
    `${percent(accuracy.mean)} +- ${percent(accuracy.standardError)}`,
    `${percent(val.mean)} +- ${percent(val.standardError)}`,
    paper === null
      ? ""
      : `${(100 * paper.val).toFixed(1)}${paper.standardError === null ? "" : ` +- ${(100 * paper.standardError).toFixed(1)}`}`,
  ]);
}
