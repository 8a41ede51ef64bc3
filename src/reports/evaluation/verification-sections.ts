/** Report sections of verification: figures, plots, thresholds, worst errors. */

import { basename } from "node:path";
import type { ComparedFace, OperatingPoint, Verification, WrongPair } from "../../schemas/evaluation.ts";
import { type Content, html } from "../page/page.ts";
import { counted, countText, number, table } from "../page/table.ts";
import { type NamedPlot, plotFigure } from "./evaluation-plots.ts";
import {
  breakable,
  distanceText,
  faceKey,
  farText,
  intervalText,
  percent,
  perRun,
  type ReportInput,
  rateTexts,
  runName,
  spreadText,
  withInterval,
} from "./report-table.ts";

/** Figures of all models side by side. */
export function verificationFigures(evaluations: readonly Verification[]): Content {
  const fars = [...new Set(evaluations.flatMap(({ val }) => val.map(({ far }) => far)))];
  return html`<section aria-labelledby="figures">
<h2 id="figures">Figures</h2>
${table(
  "Figures",
  [
    "Model",
    number("Accuracy"),
    ...fars.map((far) => number(html`VAL at FAR <span class="whole">${farText(far)}</span>`)),
    ...["AUC", "EER", "Threshold"].map(number),
  ],
  evaluations.map((one) => [
    html`${breakable(runName(one))}<br><small class="soft">compared as ${one.compared}</small>`,
    withInterval(spreadText(one.accuracy), intervalText(one.accuracy.interval)),
    ...fars.map((far) => {
      const at = one.val.find((each) => each.far === far);
      return at && withInterval(spreadText(at), intervalText(at.interval));
    }),
    withInterval(
      one.auc.toFixed(5),
      one.aucInterval ? `${one.aucInterval.low.toFixed(5)} to ${one.aucInterval.high.toFixed(5)}` : "",
    ),
    withInterval(percent(one.eer), intervalText(one.eerInterval)),
    distanceText(one.threshold),
  ]),
)}
<p class="soft">Accuracy and VAL are means over the folds ± one standard error of the mean: each fold is tested at the threshold that is
best on the other folds, or that meets the false accept rate there. ${intervalNote(evaluations)}</p>
</section>`;
}

function intervalNote(evaluations: readonly Verification[]): string {
  const level = evaluations.find(({ accuracy }) => accuracy.interval)?.accuracy.interval?.level;
  return level === undefined
    ? ""
    : `Below each value is its ${Math.round(level * 100)} % confidence interval, from a bootstrap over people.`;
}

/** Plots side by side, with captions. */
export function verificationPlotSection(evaluations: readonly Verification[], plots: readonly NamedPlot[]): Content {
  return html`<section aria-labelledby="curves">
<h2 id="curves">Curves</h2>
<p>A pair is accepted up to a distance, the threshold. VAL is the share of same-person pairs that are accepted, FAR that of
different-person pairs.</p>
<div class="plots">${plots.map((plot) => plotFigure(plot, html`<figcaption>${captions[plot.kind]}</figcaption>`))}</div>
${evaluations.some(({ warnings }) => warnings.length > 0) ? html`<p class="note soft">Steps at the left of a curve are single pairs.</p>` : undefined}
</section>`;
}

const captions: Readonly<Record<NamedPlot["kind"], string>> = {
  roc: "Each point is a threshold. Higher is better, above all on the left, where few strangers are accepted.",
  det: "The same thresholds, with both kinds of error. Lower is better.",
  distances: "Squared L2, from 0 (identical pictures) to 4. Where the histograms overlap, no threshold separates the pairs.",
  reliability:
    "Share of same-person pairs at each predicted probability, both kinds of pairs weighted equally, with an interval from a bootstrap over people. Bins of fewer than ten pairs are left out. Log loss: smaller is better, 0.693 is chance.",
  discard: "One line per quality measure. A falling line predicts which pairs fail; a level one does not.",
  "open-set": "Each point is a threshold. Higher is better.",
  cmc: "The share of probes whose person is among that many candidates.",
};

export function thresholdSection(evaluations: readonly Verification[]): Content {
  return html`<section aria-labelledby="thresholds">
<h2 id="thresholds">Thresholds</h2>
${perRun(evaluations, (one) => [
  one.modelThresholds.length > 0
    ? [
        html`<p>The model's ${one.calibration.from === "model" ? "own" : "calibrated"} thresholds, chosen on ${one.calibration.calibratedOn}, applied to this data:</p>`,
        thresholdTable("Thresholds of the model", one.modelThresholds),
      ]
    : undefined,
  html`<p>For round false accept rates, chosen on these pairs:</p>`,
  thresholdTable("Thresholds chosen on this data", one.thresholds),
])}
</section>`;
}

function thresholdTable(label: string, points: readonly OperatingPoint[]): Content {
  return table(
    label,
    ["Target FAR", ...["Threshold", "VAL", "Measured FAR", "False accepts", "False rejects"].map(number)],
    points.map((point) => [
      farText(point.far),
      distanceText(point.threshold),
      withInterval(percent(point.val), intervalText(point.valInterval)),
      point.falseAccepts === 0 ? "none" : withInterval(...rateTexts(point.measuredFar, point.farInterval)),
      countText(point.falseAccepts),
      countText(point.falseRejects),
    ]),
  );
}

type Thumbnails = ReportInput["thumbnails"];

export function errorGallery(evaluations: readonly Verification[], thumbnails: Thumbnails): Content {
  return html`<section aria-labelledby="errors">
<h2 id="errors">Worst errors</h2>
${perRun(evaluations, (one) => [
  html`<p>At a threshold of ${distanceText(one.threshold)}, the mean over the folds.${thumbnails.size === 0 ? " Photographs are omitted from this page." : ""}</p>`,
  gallery("Different people accepted as the same", "closest first", one.worst.falseAccepts, thumbnails),
  gallery("Same person rejected", "farthest first", one.worst.falseRejects, thumbnails),
])}
<p class="soft">Check these before trusting the figures: in every collection some are wrong labels, or show two people in one photograph.</p>
</section>`;
}

function gallery(title: string, order: string, pairs: readonly WrongPair[], thumbnails: Thumbnails): Content {
  const heading = html`<h4>${title} <span class="soft">(${pairs.length === 0 ? "none" : `${counted(pairs.length, "pair")}, ${order}`})</span></h4>`;
  if (pairs.length === 0) return heading;
  return html`${heading}
<ul class="errors">${pairs.map(
    ({ left, right, distance }) => html`<li><figure>
<div class="pair">${[left, right].map((face) => portrait(face, thumbnails))}</div>
<figcaption><strong>${distanceText(distance)}</strong> ${left.person === right.person ? html`${left.person}<br>` : undefined}${basename(left.image)}<br>${basename(right.image)}</figcaption>
</figure></li>`,
  )}</ul>`;
}

function portrait(face: ComparedFace, thumbnails: Thumbnails): Content {
  const picture = thumbnails.get(faceKey(face));
  return picture === undefined
    ? undefined
    : html`<img src="${picture}" width="96" height="96" alt="${face.person}, ${basename(face.image)}">`;
}
