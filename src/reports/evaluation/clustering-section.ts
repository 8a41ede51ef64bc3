/** "Which faces belong together?" in a table. */

import type { ClusteringEvaluation } from "../../schemas/evaluation.ts";
import { type Content, html } from "../page/html.ts";
import { countText, distanceText, percent } from "./figure-text.ts";
import { runName } from "./report-input.ts";
import { breakable, reportTable } from "./report-table.ts";

export function clusteringSection(evaluations: readonly ClusteringEvaluation[]): Content {
  const number = (title: string) => ({ title, number: true });
  return html`<section aria-labelledby="figures">
<h2 id="figures">Which faces belong together?</h2>
${reportTable(
  "Clusters",
  [
    { title: "Model" },
    { title: "Algorithm" },
    ...["Threshold", "Faces", "People", "Clusters", "Clusters of one face"].map(number),
  ],
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
${reportTable(
  "How well clusters and people agree",
  [{ title: "Model" }, { title: "Measure" }, ...["Precision", "Recall", "F"].map(number)],
  evaluations.flatMap((one) =>
    [["pairwise", one.pairwise] as const, ["B-cubed", one.bCubed] as const].map(([measure, { precision, recall, f }]) => [
      runName(one),
      measure,
      ...[precision, recall, f].map((share) => percent(share)),
    ]),
  ),
)}
<p class="soft">Pairwise: of all pairs that are put together, the share that is one person (precision), and of all pairs of one person the share put
together (recall). B-cubed: the same, face by face. Normalised mutual information: ${evaluations.map((one) => one.normalizedMutualInformation.toFixed(4)).join(", ")}.</p>
</section>`;
}
