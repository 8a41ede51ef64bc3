/** "Who is it, or nobody known?" in a table and plots. */

import type { IdentificationEvaluation } from "../../schemas/evaluation.ts";
import { type Content, html, Markup } from "../page/html.ts";
import type { NamedPlot } from "./evaluation-plots.ts";
import { distanceText, farText, intervalText, percent } from "./figure-text.ts";
import { runName } from "./report-input.ts";
import { reportTable, withInterval } from "./report-table.ts";

export function identificationSection(evaluations: readonly IdentificationEvaluation[], plots: readonly NamedPlot[]): Content {
  const figures = evaluations.map((one) => [
    evaluations.length > 1 ? html`<h3>${runName(one)}</h3>` : undefined,
    reportTable(
      `Identification, ${runName(one)}`,
      [
        { title: "Strangers wanted" },
        { title: "Threshold", number: true },
        { title: "chosen on" },
        { title: "Known people named", number: true },
        { title: "Strangers taken for someone", number: true },
        { title: "Taken for another", number: true },
      ],
      one.rates.map((rate) => [
        `at most ${farText(rate.fpir)}`,
        distanceText(rate.threshold),
        rate.thresholdFrom === "calibration" ? "other people" : "these strangers",
        withInterval(percent(rate.dir), intervalText(rate.dirInterval)),
        withInterval(percent(rate.measuredFpir), intervalText(rate.fpirInterval)),
        percent(rate.wrongPerson),
      ]),
    ),
  ]);
  return html`<section aria-labelledby="figures">
<h2 id="figures">Who is it, or nobody known?</h2>
<p>One image of each known person is in the gallery. Others of theirs should be named, and strangers should not be taken for anyone.</p>
${figures}
<div class="plots">${plots.map(({ name, svg }) => html`<figure class="plot"><div class="scroll" tabindex="0" role="region" aria-label="Plot: ${name}">${new Markup(svg)}</div></figure>`)}</div>
</section>`;
}
