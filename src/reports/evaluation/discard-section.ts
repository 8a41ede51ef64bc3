/** Report section: false reject rate after discarding the pairs of lowest quality, by each measure. */
import type { ErrorVersusDiscard, Verification } from "../../schemas/evaluation.ts";
import { type Content, html } from "../page/page.ts";
import { countText, distanceText, intervalText, percent, reportTable, runName, withInterval } from "./report-table.ts";

export function discardSection(evaluations: readonly Verification[]): Content {
  const known = evaluations.flatMap((one) => (one.quality ? [{ run: runName(one), quality: one.quality }] : []));
  if (known.length === 0) return undefined;
  return html`<section aria-labelledby="quality">
<h2 id="quality">Quality</h2>
<p>False reject rate (FRR) after discarding the pairs of lowest quality, for each measure separately. The quality of a pair is that of
its worse face. For a measure that predicts errors, the rate falls from left to right.</p>
${known.map(({ run, quality }) => [evaluations.length > 1 ? html`<h3>${run}</h3>` : undefined, discardTable(run, quality)])}
</section>`;
}

function discardTable(run: string, { threshold, pairs, measures, acceptable }: ErrorVersusDiscard): Content {
  const shares = measures[0]?.points.map(({ discarded }) => discarded) ?? [];
  const { discarded, frr, interval, frrOfDiscarded, intervalOfDiscarded } = acceptable;
  return html`${reportTable(
    `Error versus discard, ${run}`,
    [{ title: "Discarded" }, ...shares.map((share) => ({ title: `${share * 100} %`, number: true }))],
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
