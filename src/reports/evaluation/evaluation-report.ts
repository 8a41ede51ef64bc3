/** An evaluation as a page: figures, curves, errors to look at, and where the model comes from. One HTML document that asks for nothing else. */

import type { Evaluation, Protocol } from "../../schemas/evaluation.ts";
import { type Content, html } from "../page/html.ts";
import { page } from "../page/page.ts";
import { clusteringSection } from "./clustering-section.ts";
import { errorGallery } from "./error-gallery.ts";
import { evaluationPlots, isVerification } from "./evaluation-plots.ts";
import { countText, farText, percent, spreadText } from "./figure-text.ts";
import { identificationSection } from "./identification-section.ts";
import { leftOutSection } from "./left-out-section.ts";
import { mainFigures } from "./main-figures.ts";
import { modelCard } from "./model-card.ts";
import { type ReportInput, runName } from "./report-input.ts";
import { breakable } from "./report-table.ts";
import { significanceSection } from "./significance-section.ts";
import { reportStyle } from "./style.ts";
import { groupSection, thresholdSection, verificationFigures, verificationPlotSection } from "./verification-sections.ts";

export function evaluationReport(report: ReportInput): string {
  const { evaluations, dataset, cards, comparisons, thumbnails } = report;
  const verifications = evaluations.filter(isVerification);
  const identifications = evaluations.filter((one) => one.protocol === "identification");
  const clusterings = evaluations.filter((one) => one.protocol === "clustering");
  const plots = evaluationPlots(evaluations, dataset);
  const title = titleOf(evaluations);
  const body = html`<header>
<h1>${breakable(title)}</h1>
<p class="soft">${protocolText[evaluations[0]?.protocol ?? "pairs"]} ${dataset}. Measured by facenet, on this computer alone.</p>
<dl class="summary">${summaryOf(evaluations).map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>
</header>
${warningList(evaluations)}
${verifications.length > 0 ? verificationFigures(verifications) : undefined}
${significanceSection(comparisons)}
${verifications.length > 0 ? [verificationPlotSection(verifications, plots), thresholdSection(verifications)] : undefined}
${identifications.length > 0 ? identificationSection(identifications, plots) : undefined}
${clusterings.length > 0 ? clusteringSection(clusterings) : undefined}
${groupSection(verifications)}
${verifications.length > 0 ? errorGallery(verifications, thumbnails) : undefined}
${cards.length > 0 ? html`<section aria-labelledby="models"><h2 id="models">${cards.length > 1 ? "The models" : "The model"}</h2>${cards.map(modelCard)}</section>` : undefined}
${leftOutSection(evaluations)}
${howSection(evaluations)}`;
  const about = { kind: "evaluation", title, subject: dataset, figures: mainFigures(evaluations) } as const;
  return page({ title, style: reportStyle, body, about });
}

const protocolText = {
  pairs: "A list of pairs by the protocol of Labeled Faces in the Wild:",
  folder: "Pairs of the images in a folder:",
  "hold-out": "All pairs of a hold-out set, in five splits:",
  video: "Pairs of videos, mean distance over pairs of frames:",
  identification: "Open-set identification:",
  clustering: "Clustering:",
} satisfies Record<Protocol, string>;

function titleOf(evaluations: readonly Evaluation[]): string {
  const [first] = evaluations;
  return evaluations.length === 1 && first ? `${runName(first)}, measured` : `${evaluations.length} models, measured`;
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
          ["Known people named", percent(rate.dir)],
          ["Strangers taken for someone", percent(rate.measuredFpir)],
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
<h3 id="warnings">Read with care</h3>
<ul>${warnings.map((warning) => html`<li>${warning.charAt(0).toUpperCase()}${warning.slice(1)}.</li>`)}</ul>
</section>`;
}

function howSection(evaluations: readonly Evaluation[]): Content {
  const [first] = evaluations;
  if (!first) return undefined;
  const accepted =
    first.definitions === "paper"
      ? "at a distance up to and with the threshold, and thresholds are exact, as in the FaceNet paper"
      : "at a distance below the threshold, and thresholds lie on grids, as in the reference implementation";
  return html`<section aria-labelledby="how">
<h2 id="how">How it was measured</h2>
<p>A distance is the squared L2 distance of two embeddings of unit length. A pair is accepted ${accepted}.
${first.detector === null ? "Embeddings came from a file." : `Faces were found with ${first.detector}.`}</p>
${isVerification(first) ? html`<p>VAL is the share of pairs of one person that are accepted, FAR the share of pairs of different people. EER is the rate at which both kinds of error are equal.</p>` : undefined}
</section>`;
}
