/** FAR and FRR per label of an attribute and between labels, as tables. */
import type { Interval, LabelComparison, WorstLabel } from "../schemas/evaluation.ts";
import { printable } from "./printable.ts";
import { right, tableLines } from "./tables.ts";

export const thresholdOrigins: Record<LabelComparison["thresholdFrom"], string> = {
  option: "given",
  model: "the model's",
  pairs: "chosen on these pairs",
};

export function labelComparisonLines(comparison: LabelComparison): string[] {
  const { column, threshold, far, thresholdFrom, labels, between, worstFar, worstFrr } = comparison;
  const wanted = far === null ? "" : ` for FAR ${far}`;
  const rows = [
    ...labels.map((each) => [printable(each.label), String(each.people), ...ratesOf(each)]),
    ...between.map((each) => [each.labels.map(printable).join(" - "), "", ...ratesOf(each)]),
  ];
  const columns = [printable(column), right("people"), "FAR", "FRR", right("different pairs"), right("same pairs")];
  return [
    "",
    `by ${printable(column)}, at the threshold ${threshold.toFixed(3)} (${thresholdOrigins[thresholdFrom]}${wanted})`,
    ...tableLines(columns, rows),
    worstLine("FAR", worstFar),
    worstLine("FRR", worstFrr),
  ];
}

type Rates = Pick<LabelComparison["labels"][number], "measuredFar" | "farInterval" | "frr" | "frrInterval"> & {
  readonly samePairs: number;
  readonly differentPairs: number;
};

function ratesOf({ measuredFar, farInterval, frr, frrInterval, samePairs, differentPairs }: Rates): string[] {
  return [rateText(measuredFar, farInterval), rateText(frr, frrInterval), String(differentPairs), String(samePairs)];
}

function rateText(rate: number | null, interval: Interval | null): string {
  if (rate === null) return "no pairs";
  return `${rate.toPrecision(3)}${interval ? ` [${interval.low.toPrecision(2)}, ${interval.high.toPrecision(2)}]` : ""}`;
}

function worstLine(rate: string, worst: WorstLabel | null): string {
  if (worst === null) return `worst ${rate}  unknown: requires two labels with a rate above 0`;
  const { label, ratio, interval } = worst;
  const range = interval ? ` [${interval.low.toFixed(2)}, ${interval.high.toFixed(2)}]` : "";
  return `worst ${rate}  ${printable(label)}: ${ratio.toFixed(2)}${range} times the geometric mean`;
}
