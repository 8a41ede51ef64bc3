/** Report section: false reject rate after discarding the pairs of lowest quality, by each measure. */
import type { ErrorVersusDiscard, Verification } from "../../schemas/evaluation.ts";
import { type Content, html } from "../page/page.ts";
import { countText, number, table } from "../page/table.ts";
import { distanceText, intervalText, percent, perRun, runName, withInterval } from "./report-table.ts";

export function discardSection(evaluations: readonly Verification[]): Content {
  if (!evaluations.some(({ quality }) => quality)) return undefined;
  return html`<section aria-labelledby="quality">
<h2 id="quality">Quality</h2>
<p>False reject rate (FRR) after discarding the pairs of lowest quality, for each measure separately. The quality of a pair is that of
its worse face. For a measure that predicts errors, the rate falls from left to right.</p>
${perRun(evaluations, (one) => (one.quality ? discardTable(runName(one), one.quality) : undefined))}
</section>`;
}

function discardTable(run: string, { threshold, pairs, measures, acceptable }: ErrorVersusDiscard): Content {
  const shares = measures[0]?.points.map(({ discarded }) => discarded) ?? [];
  const { discarded, frr, interval, frrOfDiscarded, intervalOfDiscarded } = acceptable;
  return html`${table(
    `Error versus discard, ${run}`,
    ["Discarded", ...shares.map((share) => number(`${share * 100} %`))],
    measures.map(({ measure, points }) => [
      measure,
      ...points.map((point) => (point.frr === null ? "none" : withInterval(percent(point.frr), intervalText(point.interval)))),
    ]),
  )}
<p class="soft">${countText(pairs)} same-person pairs at a threshold of ${distanceText(threshold)}. ${percent(discarded)} of them are not acceptable, with an FRR of
${rateText(frrOfDiscarded, intervalText(intervalOfDiscarded))}; the others have ${rateText(frr, intervalText(interval))}.</p>`;
}

const rateText = (rate: number | null, interval: string): string =>
  rate === null ? "no pairs" : `${percent(rate)}${interval === "" ? "" : ` (${interval})`}`;
