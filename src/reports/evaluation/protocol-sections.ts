/** Report sections on identification, clustering and the significance of differences. */
import type { ClusteringEvaluation, IdentificationEvaluation, PairedSignificance } from "../../schemas/evaluation.ts";
import { type Content, html } from "../page/page.ts";
import { countText, number, table } from "../page/table.ts";
import { type NamedPlot, plotFigure } from "./evaluation-plots.ts";
import {
  breakable,
  distanceText,
  farText,
  intervalText,
  percent,
  perRun,
  pValueText,
  runName,
  withInterval,
} from "./report-table.ts";

export function identificationSection(evaluations: readonly IdentificationEvaluation[], plots: readonly NamedPlot[]): Content {
  const rates = ["Known people identified", "Strangers misidentified", "Identified as another"].map(number);
  const figures = perRun(evaluations, (one) =>
    table(
      `Identification, ${runName(one)}`,
      ["Target FPIR", number("Threshold"), "Chosen on", ...rates],
      one.rates.map((rate) => [
        `at most ${farText(rate.fpir)}`,
        distanceText(rate.threshold),
        rate.thresholdFrom === "calibration" ? "other people" : "these strangers",
        withInterval(percent(rate.dir), intervalText(rate.dirInterval)),
        withInterval(percent(rate.measuredFpir), intervalText(rate.fpirInterval)),
        percent(rate.wrongPerson),
      ]),
    ),
  );
  return html`<section aria-labelledby="figures">
<h2 id="figures">Open-set identification</h2>
<p>The gallery contains one image of each known person. Their other images should be identified; images of strangers should not.</p>
${figures}
<div class="plots">${plots.map((plot) => plotFigure(plot))}</div>
</section>`;
}

export function clusteringSection(evaluations: readonly ClusteringEvaluation[]): Content {
  return html`<section aria-labelledby="figures">
<h2 id="figures">Clustering</h2>
${table(
  "Clusters",
  ["Model", "Algorithm", ...["Threshold", "Faces", "People", "Clusters", "Clusters of one face"].map(number)],
  evaluations.map((one) => [
    breakable(runName(one)),
    one.algorithm,
    distanceText(one.threshold),
    countText(one.faces),
    countText(one.people),
    countText(one.clusters),
    countText(one.clustersOfOne),
  ]),
)}
${table(
  "Agreement of clusters and people",
  ["Model", "Measure", ...["Precision", "Recall", "F"].map(number)],
  evaluations.flatMap((one) =>
    [["pairwise", one.pairwise] as const, ["B-cubed", one.bCubed] as const].map(([measure, { precision, recall, f }]) => [
      runName(one),
      measure,
      ...[precision, recall, f].map((share) => percent(share)),
    ]),
  ),
)}
<p class="soft">Pairwise: precision is the share of clustered pairs that show the same person, recall the share of same-person pairs that are clustered
together. B-cubed: the same, averaged per face. Normalised mutual information: ${evaluations.map((one) => one.normalizedMutualInformation.toFixed(4)).join(", ")}.</p>
</section>`;
}

export function significanceSection(comparisons: readonly PairedSignificance[]): Content {
  if (comparisons.length === 0) return undefined;
  return html`<section aria-labelledby="significance">
<h2 id="significance">Significance</h2>
<p>On the pairs that both models of a row could measure. The p-value is the probability of a difference at least this large by chance
alone: above 0.05, treat the models as equally good.</p>
${accuracySection(comparisons)}
<h3>VAL</h3>
${table(
  "Significance of the difference in VAL",
  ["Models", ...["FAR", "First", "Second", "Difference", "p (bootstrap by person)"].map(number)],
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
<p class="soft">${comparisons.some(({ accuracy }) => accuracy) ? "McNemar's test assumes independent pairs, which pairs of the same person are not; the bootstrap resamples people and does not need this assumption." : "From resampling people with replacement, with the same samples for both models."}
Here, VAL is computed over all pairs together; above, it is the mean over the folds.</p>
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
  const columns = ["Pairs", "Only first correct", "Only second correct", "p (McNemar, exact)"].map(number);
  return html`<h3>Accuracy</h3>
${table("Significance of the difference in accuracy", ["Models", ...columns], rows)}`;
}

const versus = (a: string, b: string): Content => html`${a}<br><span class="soft">and ${b}</span>`;
