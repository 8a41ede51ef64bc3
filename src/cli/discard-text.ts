/** FRR after discarding the pairs of lowest quality, as a table with a row per measure. */
import type { ErrorVersusDiscard } from "../schemas/evaluation.ts";
import { thresholdOrigins } from "./label-comparison-text.ts";
import { right, tableLines } from "./tables.ts";

export function discardLines({ threshold, far, thresholdFrom, pairs, measures, acceptable }: ErrorVersusDiscard): string[] {
  const wanted = far === null ? "" : ` for FAR ${far}`;
  const shares = measures[0]?.points.map(({ discarded }) => discarded) ?? [];
  const rows = measures.map(({ measure, points }) => [measure, ...points.map(({ frr }) => percent(frr))]);
  const { discarded, frr, frrOfDiscarded } = acceptable;
  return [
    "",
    `FRR of ${pairs} same-person pairs after discarding the lowest quality, at the threshold ${threshold.toFixed(3)} (${thresholdOrigins[thresholdFrom]}${wanted})`,
    ...tableLines(["discarded", ...shares.map((share) => right(`${share * 100} %`))], rows),
    `not acceptable: ${percent(discarded)} of the pairs, FRR ${percent(frrOfDiscarded)}; the others ${percent(frr)}`,
  ];
}

const percent = (rate: number | null): string => (rate === null ? "-" : `${(rate * 100).toFixed(2)} %`);
