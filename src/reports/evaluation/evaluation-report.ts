/** Evaluation report: figures, curves, worst errors and model provenance, as one self-contained HTML document. */
import type { Evaluation, Protocol } from "../../schemas/evaluation.ts";
import type { FigureName, ReportFigure } from "../../schemas/report.ts";
import { type Content, html, page } from "../page/page.ts";
import { countText, summaryList } from "../page/table.ts";
import { discardSection } from "./discard-section.ts";
import { evaluationPlots, isVerification } from "./evaluation-plots.ts";
import { groupSection } from "./group-section.ts";
import { clusteringSection, identificationSection, significanceSection } from "./protocol-sections.ts";
import { leftOutSection, modelCard } from "./provenance-sections.ts";
import { breakable, farText, percent, type ReportInput, runName, spreadText } from "./report-table.ts";
import { errorGallery, thresholdSection, verificationFigures, verificationPlotSection } from "./verification-sections.ts";

export function evaluationReport(report: ReportInput): string {
  const { evaluations, dataset, folder, cards, comparisons, thumbnails } = report;
  const verifications = evaluations.filter(isVerification);
  const identifications = evaluations.filter((one) => one.protocol === "identification");
  const clusterings = evaluations.filter((one) => one.protocol === "clustering");
  const plots = evaluationPlots(evaluations, dataset);
  const title = titleOf(evaluations);
  const body = html`<header>
<h1>${breakable(title)}</h1>
<p class="soft">${protocolText[evaluations[0]?.protocol ?? "pairs"]} ${dataset}. Measured by facenet, on this computer.</p>
${summaryList(summaryOf(evaluations))}
</header>
${warningList(evaluations)}
${verifications.length > 0 ? verificationFigures(verifications) : undefined}
${significanceSection(comparisons)}
${verifications.length > 0 ? [verificationPlotSection(verifications, plots), thresholdSection(verifications)] : undefined}
${identifications.length > 0 ? identificationSection(identifications, plots) : undefined}
${clusterings.length > 0 ? clusteringSection(clusterings) : undefined}
${discardSection(verifications)}
${groupSection(verifications)}
${verifications.length > 0 ? errorGallery(verifications, thumbnails) : undefined}
${cards.length > 0 ? html`<section aria-labelledby="models"><h2 id="models">${cards.length > 1 ? "The models" : "The model"}</h2>${cards.map(modelCard)}</section>` : undefined}
${leftOutSection(evaluations, folder)}
${howSection(evaluations)}`;
  const about = { kind: "evaluation", title, subject: dataset, figures: mainFigures(evaluations) } as const;
  return page({ title, style: reportStyle, body, about });
}

const protocolText = {
  pairs: "List of pairs, by the protocol of Labeled Faces in the Wild:",
  folder: "Pairs of the images in a folder:",
  "hold-out": "All pairs of a hold-out set, in five splits:",
  video: "Pairs of videos, mean distance over pairs of frames:",
  identification: "Open-set identification:",
  clustering: "Clustering:",
} satisfies Record<Protocol, string>;

function titleOf(evaluations: readonly Evaluation[]): string {
  const [first] = evaluations;
  return evaluations.length === 1 && first ? `Evaluation of ${runName(first)}` : `Evaluation of ${evaluations.length} models`;
}

function summaryOf(evaluations: readonly Evaluation[]): [term: string, value: Content][] {
  const [first] = evaluations;
  if (!first) return [];
  const amounts: [string, Content][] = [
    ["People", countText(first.people)],
    ["Images", countText(first.images)],
  ];
  if (evaluations.length > 1) return amounts;
  if (first.protocol === "clustering") {
    return [
      ["B-cubed F", percent(first.bCubed.f)],
      ["Pairwise F", percent(first.pairwise.f)],
      ["Clusters", countText(first.clusters)],
      ...amounts,
    ];
  }
  if (first.protocol === "identification") {
    const [rate] = first.rates;
    const named: [string, Content][] = rate
      ? [
          ["Known people identified", percent(rate.dir)],
          ["Strangers misidentified", percent(rate.measuredFpir)],
        ]
      : [];
    return [
      ...named,
      ["Enrolled", countText(first.enrolled)],
      ["Probes", countText(first.probes)],
      ["Strangers", countText(first.strangers)],
    ];
  }
  const { accuracy, val, eer, pairs } = first;
  const strictest = val.at(-1);
  return [
    ["Accuracy", spreadText(accuracy)],
    ...(strictest ? ([[`VAL at FAR ${farText(strictest.far)}`, spreadText(strictest)]] as [string, Content][]) : []),
    ["Equal error rate", percent(eer)],
    ["Pairs", countText(pairs)],
    ...amounts,
  ];
}

function warningList(evaluations: readonly Evaluation[]): Content {
  const warnings = [...new Set(evaluations.flatMap(({ warnings }) => warnings))];
  if (warnings.length === 0) return undefined;
  return html`<section class="failures warnings" aria-labelledby="warnings">
<h3 id="warnings">Warnings</h3>
<ul>${warnings.map((warning) => html`<li>${warning.charAt(0).toUpperCase()}${warning.slice(1)}.</li>`)}</ul>
</section>`;
}

function howSection(evaluations: readonly Evaluation[]): Content {
  const [first] = evaluations;
  if (!first) return undefined;
  const accepted =
    first.definitions === "paper"
      ? "if its distance is at most the threshold, and thresholds are exact, as in the FaceNet paper"
      : "if its distance is below the threshold, and thresholds lie on grids, as in the reference implementation";
  return html`<section aria-labelledby="how">
<h2 id="how">Method</h2>
<p>Distances are squared L2 distances of embeddings of unit length. A pair is accepted ${accepted}.
${first.detector === null ? "Embeddings were read from a file." : `Faces were detected with ${first.detector}.`}</p>
${isVerification(first) ? html`<p>VAL is the share of same-person pairs that are accepted, FAR the share of different-person pairs. EER is the rate at which both kinds of error are equal.</p>` : undefined}
</section>`;
}

/** For several models only their number; the report shows their figures side by side. */
export function mainFigures(evaluations: readonly Evaluation[]): ReportFigure[] {
  const [first] = evaluations;
  if (!first) return [];
  const amounts = [figure("people", first.people), figure("images", first.images)];
  if (evaluations.length > 1) return [figure("models", evaluations.length), ...amounts];
  if (first.protocol === "clustering") {
    return [figure("b-cubed-f", first.bCubed.f), figure("pairwise-f", first.pairwise.f), ...amounts];
  }
  if (first.protocol === "identification") {
    const [rate] = first.rates;
    const named = rate ? [figure("known-named", rate.dir), figure("strangers-named", rate.measuredFpir)] : [];
    return [...named, ...amounts];
  }
  const strictest = first.val.at(-1);
  return [
    figure("accuracy", first.accuracy.mean),
    ...(strictest ? [figure("val", strictest.mean, strictest.far)] : []),
    figure("auc", first.auc),
    figure("eer", first.eer),
    figure("pairs", first.pairs),
  ];
}

function figure(name: FigureName, value: number, at: number | null = null): ReportFigure {
  return { name, value, at };
}

export const reportStyle = html`
h4 { font-size: .95rem; margin: 1.5rem 0 .6rem; font-weight: 600 }
small { font-size: .8rem; font-variant-numeric: tabular-nums; white-space: nowrap }
table th[scope=row] { font-weight: 500; overflow-wrap: anywhere; min-width: 8rem }
table .number { padding-left: .5rem }
.whole { white-space: nowrap }
td, tbody th { vertical-align: top }
table + p { margin-top: .75rem }
.scroll { margin-bottom: 1rem }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 30rem), 1fr)); gap: 1rem; align-items: start }
.plot .scroll { margin: 0 }
.plot figcaption { margin: 0; padding: 0 1rem .75rem }
.plot { border: 1px solid var(--line); border-radius: .4rem; background: var(--raised) }
.plot svg { display: block; width: 100%; min-width: 27rem; height: auto }
.note { margin-top: 1rem }
.warnings { border-left-color: #c98a00 }
.errors { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 1rem; margin: 0; padding: 0; list-style: none }
.errors .pair { display: flex; gap: .25rem }
.errors .pair img { width: 50%; max-width: 6.5rem; aspect-ratio: 1; object-fit: cover; border-radius: .3rem }
.errors figcaption { font-size: .8rem; line-height: 1.4 }
.errors + p { margin-top: 1.5rem }
.errors strong { color: var(--ink); font-variant-numeric: tabular-nums }
.card { padding: 1rem 1.25rem; margin-bottom: 1rem; background: var(--raised); border: 1px solid var(--line); border-radius: .4rem }
.card dl { margin: 0 }
.card dl > div { display: grid; grid-template-columns: 13rem 1fr; gap: .25rem 1rem; padding: .35rem 0; border-top: 1px solid var(--line) }
.card dt { color: var(--soft) }
.card dd { margin: 0; overflow-wrap: anywhere }
.card ul { margin: 0; padding-left: 1.1rem }
details { margin-bottom: .75rem }
details ul { font-size: .875rem; overflow-wrap: anywhere }
summary { cursor: pointer }
code { font-size: .9em }
@media (max-width: 40rem) { .card dl > div { grid-template-columns: 1fr } }
@media print {
  .plots { grid-template-columns: 1fr 1fr }
  .plot svg { min-width: 0 }
  figcaption { font-size: .75rem }
  table small { font-size: .65rem; white-space: normal }
  table th[scope=row] { min-width: 6rem }
  .errors { grid-template-columns: repeat(4, 1fr) }
  .card, .errors li, details { break-inside: avoid }
}
`;
