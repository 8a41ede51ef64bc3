/** "Which faces belong together?" in a table. */
import { type Content, html } from "../../page/html.ts";
import type { ClusteringEvaluation } from "../../schemas/evaluation.ts";
import { countText, distanceText, percent } from "./figure-text.ts";
import { runName } from "./report-input.ts";
import { reportTable } from "./report-table.ts";

export function clusteringSection(evaluations: readonly ClusteringEvaluation[]): Content {
  const numbers = [
    "Threshold",
    "Faces",
    "People",
    "Clusters",
    "of one face",
    "Pairwise P",
    "R",
    "F",
    "B-cubed P",
    "R",
    "F",
    "NMI",
  ];
  return html`<section aria-labelledby="figures">
<h2 id="figures">Which faces belong together?</h2>
${reportTable(
  "Clustering",
  [{ title: "Model" }, { title: "Algorithm" }, ...numbers.map((title) => ({ title, number: true }))],
  evaluations.map((one) => [
    runName(one),
    one.algorithm,
    distanceText(one.threshold),
    countText(one.faces),
    countText(one.people),
    countText(one.clusters),
    countText(one.clustersOfOne),
    ...[one.pairwise, one.bCubed].flatMap(({ precision, recall, f }) => [precision, recall, f].map((share) => percent(share, 1))),
    one.normalizedMutualInformation.toFixed(3),
  ]),
)}
<p class="soft">P is precision, R recall. Pairwise: of all pairs that a clustering puts together, the share that is one person, and of all pairs
of one person the share put together. B-cubed: the same, face by face.</p>
</section>`;
}
