/** Report section: FRR when the pairs of the worst quality are left out, by each measure. */
import type { ErrorVersusDiscard, Verification } from "../../schemas/evaluation.ts";
import { type Content, html } from "../page/page.ts";
import { countText, distanceText, intervalText, percent, reportTable, runName, withInterval } from "./report-table.ts";

export function discardSection(evaluations: readonly Verification[]): Content {
  const known = evaluations.flatMap((one) => (one.quality ? [{ run: runName(one), quality: one.quality }] : []));
  if (known.length === 0) return undefined;
  return html`<section aria-labelledby="quality">
<h2 id="quality">Quality</h2>
<p>The share of the pairs of one person that is refused (FRR) when the pairs of the worst quality are left out, by each measure alone. A pair
is worth what the worse of its two faces is. A measure that predicts errors goes down from left to right.</p>
${known.map(({ run, quality }) => [evaluations.length > 1 ? html`<h3>${run}</h3>` : undefined, discardTable(run, quality)])}
</section>`;
}

function discardTable(run: string, { threshold, pairs, measures, acceptable }: ErrorVersusDiscard): Content {
  const shares = measures[0]?.points.map(({ discarded }) => discarded) ?? [];
  const { discarded, frr, interval, frrOfDiscarded, intervalOfDiscarded } = acceptable;
  return html`${reportTable(
    `Error versus discard, ${run}`,
    [{ title: "Left out" }, ...shares.map((share) => ({ title: `${share * 100} %`, number: true }))],
    measures.map(({ measure, points }) => [
      measure,
      ...points.map((point) => (point.frr === null ? "none" : withInterval(percent(point.frr), intervalText(point.interval)))),
    ]),
  )}
<p class="soft">${countText(pairs)} pairs at a distance of ${distanceText(threshold)}. Not acceptable are ${percent(discarded)} of them, with an FRR of
${rateText(frrOfDiscarded, intervalText(intervalOfDiscarded))}; the others have ${rateText(frr, intervalText(interval))}.</p>`;
}

const rateText = (rate: number | null, interval: string): string =>
  rate === null ? "no pairs" : `${percent(rate)}${interval === "" ? "" : ` (${interval})`}`;
