/** A list of pairs in LFW's format, the counterpart of `parsePairs`. */
import type { Pair } from "./pairs.ts";

/**
 * The text of `pairs.txt`: "folds<TAB>pairs of each kind", then fold by fold the same pairs before the different ones.
 *
 * @throws RangeError where folds differ in their pairs of a kind
 */
export function formatPairs(pairs: readonly Pair[]): string {
  const folds = [...Map.groupBy(pairs, ({ fold }) => fold).values()].map((fold) => ({
    same: fold.filter(({ same }) => same),
    different: fold.filter(({ same }) => !same),
  }));
  const count = folds[0]?.same.length ?? 0;
  if (count === 0 || folds.some(({ same, different }) => same.length !== count || different.length !== count))
    throw new RangeError("a list of pairs needs as many pairs of each kind in every fold");
  const lines = folds.flatMap(({ same, different }) => [
    ...same.map(({ left, right }) => [left.name, left.index, right.index]),
    ...different.map(({ left, right }) => [left.name, left.index, right.name, right.index]),
  ]);
  return `${[[folds.length, count], ...lines].map((fields) => fields.join("\t")).join("\n")}\n`;
}
