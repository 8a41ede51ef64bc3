/** Is one model better than another, or was it lucky? */

import type { PairedSignificance } from "../../schemas/model-comparison.ts";
import { type Content, html } from "../page/html.ts";
import { countText, farText, intervalText, percent, pValueText } from "./figure-text.ts";
import { reportTable, withInterval } from "./report-table.ts";

export function significanceSection(comparisons: readonly PairedSignificance[]): Content {
  if (comparisons.length === 0) return undefined;
  return html`<section aria-labelledby="significance">
<h2 id="significance">Is the difference real?</h2>
<p>On the pairs that both models of a row could measure. A p-value is how often chance alone would show at least such a difference:
above 0.05 the two are best taken for equally good.</p>
${accuracySection(comparisons)}
<h3>VAL</h3>
${reportTable(
  "Significance of the difference in VAL",
  [
    { title: "Models" },
    { title: "FAR", number: true },
    { title: "First", number: true },
    { title: "Second", number: true },
    { title: "Difference", number: true },
    { title: "p (bootstrap by person)", number: true },
  ],
  comparisons.flatMap(({ a, b, val }) =>
    val.map((at) => [
      versus(a, b),
      farText(at.far),
      percent(at.a),
      percent(at.b),
      withInterval(percent(at.difference), intervalText(at.interval)),
      pValueText(at.pValue),
    ]),
  ),
)}
<p class="soft">${comparisons.some(({ accuracy }) => accuracy) ? "McNemar's test takes pairs for independent, which those of one person are not; the bootstrap draws people and needs no such assumption." : "From drawing people with replacement, the same drawings for both models."}
VAL is here that of all pairs together, above the mean over the folds.</p>
</section>`;
}

function accuracySection(comparisons: readonly PairedSignificance[]): Content {
  const rows = comparisons.flatMap(({ a, b, pairs, accuracy }) =>
    accuracy === null
      ? []
      : [
          [
            versus(a, b),
            countText(pairs),
            countText(accuracy.onlyARight),
            countText(accuracy.onlyBRight),
            pValueText(accuracy.pValue),
          ],
        ],
  );
  if (rows.length === 0) return undefined;
  const columns = [
    { title: "Models" },
    { title: "Pairs", number: true },
    { title: "Only the first right", number: true },
    { title: "Only the second right", number: true },
    { title: "p (McNemar, exact)", number: true },
  ];
  return html`<h3>Accuracy</h3>
${reportTable("Significance of the difference in accuracy", columns, rows)}`;
}

const versus = (a: string, b: string): Content => html`${a}<br><span class="soft">and ${b}</span>`;
