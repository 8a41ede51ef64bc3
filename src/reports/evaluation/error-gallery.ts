/** The pairs that were judged wrongly, the worst first: what a figure cannot say. */
import { basename } from "node:path";
import type { ComparedFace, Verification, WrongPair } from "../../schemas/evaluation.ts";
import { type Content, html } from "../page/html.ts";
import { counted, distanceText } from "./figure-text.ts";
import { faceKey, type ReportInput, runName } from "./report-input.ts";

type Thumbnails = ReportInput["thumbnails"];

export function errorGallery(evaluations: readonly Verification[], thumbnails: Thumbnails): Content {
  return html`<section aria-labelledby="errors">
<h2 id="errors">Worst errors</h2>
${evaluations.map((one) => [
  evaluations.length > 1 ? html`<h3>${runName(one)}</h3>` : undefined,
  html`<p>At a distance of ${distanceText(one.threshold)}, the mean of the folds' thresholds.${thumbnails.size === 0 ? " Photographs are left out of this page." : ""}</p>`,
  gallery("Different people, taken for one", "the closest first", one.worst.falseAccepts, thumbnails),
  gallery("One person, taken for two", "the farthest first", one.worst.falseRejects, thumbnails),
])}
<p class="soft">Look at them before believing any figure: in every collection some of them are wrong labels, or two people in one photograph.</p>
</section>`;
}

function gallery(title: string, order: string, pairs: readonly WrongPair[], thumbnails: Thumbnails): Content {
  const heading = html`<h4>${title} <span class="soft">(${pairs.length === 0 ? "none" : `${counted(pairs.length, "pair")}, ${order}`})</span></h4>`;
  if (pairs.length === 0) return heading;
  return html`${heading}
<ul class="errors">${pairs.map(
    ({ left, right, distance }) => html`<li><figure>
<div class="pair">${[left, right].map((face) => portrait(face, thumbnails))}</div>
<figcaption><strong>${distanceText(distance)}</strong> ${left.person === right.person ? html`${left.person}<br>${basename(left.image)}<br>${basename(right.image)}` : html`${basename(left.image)}<br>${basename(right.image)}`}</figcaption>
</figure></li>`,
  )}</ul>`;
}

function portrait(face: ComparedFace, thumbnails: Thumbnails): Content {
  const picture = thumbnails.get(faceKey(face));
  return picture === undefined
    ? undefined
    : html`<img src="${picture}" width="96" height="96" alt="${face.person}, ${basename(face.image)}">`;
}
