/** Report section: error rates for the labels of each attribute, and between labels. */
import type { LabelComparison, Verification, WorstLabel } from "../../schemas/evaluation.ts";
import { type Content, html } from "../page/page.ts";
import { countText, number, table } from "../page/table.ts";
import { distanceText, farText, intervalText, percent, perRun, rateTexts, runName, withInterval } from "./report-table.ts";

const origins: Record<LabelComparison["thresholdFrom"], string> = {
  option: "given",
  model: "the model's",
  pairs: "chosen on these pairs",
};

export function groupSection(evaluations: readonly Verification[]): Content {
  if (evaluations.every(({ groups }) => groups.length === 0)) return undefined;
  return html`<section aria-labelledby="groups">
<h2 id="groups">Groups</h2>
<p>All labels share one threshold. People of a label with a higher false accept rate (FAR) are confused with each other more often;
with a higher false reject rate (FRR) they are rejected more often. Between two labels: pairs with one face of each.</p>
${perRun(evaluations, (one) => one.groups.map((comparison) => comparisonTable(comparison, runName(one))))}
</section>`;
}

function comparisonTable({ column, labels, between, worstFar, worstFrr, ...decision }: LabelComparison, run: string): Content {
  const wanted = decision.far === null ? "" : ` for FAR ${farText(decision.far)}`;
  return html`<h4>${column}</h4>
${table(
  `By ${column}, ${run}`,
  [column, ...["People", "Different pairs", "FAR", "Same pairs", "FRR"].map(number)],
  [
    ...labels.map((each) => [each.label, countText(each.people), ...rateCells(each)]),
    ...between.map((each) => [each.labels.join(" – "), "", ...rateCells(each)]),
  ],
)}
<p class="soft">At a threshold of ${distanceText(decision.threshold)} (${origins[decision.thresholdFrom]}${wanted}).
Highest FAR: ${worstText(worstFar)}. Highest FRR: ${worstText(worstFrr)}.</p>`;
}

function rateCells({
  samePairs,
  differentPairs,
  measuredFar,
  farInterval,
  frr,
  frrInterval,
}: LabelComparison["between"][number] | LabelComparison["labels"][number]): Content[] {
  return [
    countText(differentPairs),
    measuredFar === null ? "no pairs" : withInterval(...rateTexts(measuredFar, farInterval)),
    countText(samePairs),
    frr === null ? "no pairs" : withInterval(percent(frr), intervalText(frrInterval)),
  ];
}

function worstText(worst: WorstLabel | null): string {
  if (worst === null) return "unknown: requires two labels with a rate above 0";
  const { label, ratio, interval } = worst;
  const range = interval ? ` (${interval.low.toFixed(2)} to ${interval.high.toFixed(2)})` : "";
  return `${label}, ${ratio.toFixed(2)} times${range} the geometric mean of the labels`;
}
