/** What the figures do not rest on: pictures that failed, pairs that were skipped, copies. */

import type { Evaluation } from "../../schemas/evaluation.ts";
import { type Content, html } from "../page/html.ts";
import { isVerification } from "./evaluation-plots.ts";
import { counted, countText } from "./figure-text.ts";
import { runName } from "./report-input.ts";

/** Longer lists are cut: a page with thousands of lines serves no one. */
const LISTED = 100;

export function leftOutSection(evaluations: readonly Evaluation[]): Content {
  return html`<section aria-labelledby="left-out">
<h2 id="left-out">What was left out</h2>
${evaluations.map((one) => {
  const skipped = isVerification(one) ? one.skippedPairs : [];
  const lists = [
    list(
      `${counted(one.failures.length, "image")} could not be read`,
      one.failures.map(({ message }) => message),
    ),
    list(`${counted(one.imagesWithoutFace.length, "image")} without a face that was found`, one.imagesWithoutFace),
    list(
      `${counted(skipped.length, "pair")} skipped`,
      skipped.map(({ left, right, reason }) => `${left} and ${right}: ${reason}`),
    ),
    list(
      `${counted(one.copies.length, "image")} with the very embedding of another`,
      one.copies.map(({ image, of }) => `${image} is ${of}`),
    ),
  ].filter((content) => content !== undefined);
  return [
    evaluations.length > 1 ? html`<h3>${runName(one)}</h3>` : undefined,
    lists.length > 0 ? lists : html`<p>Nothing: every image could be read, and a face was found in each.</p>`,
  ];
})}
</section>`;
}

function list(title: string, lines: readonly string[]): Content {
  if (lines.length === 0) return undefined;
  return html`<details${lines.length <= 10 ? html` open` : undefined}>
<summary>${title}</summary>
<ul>${lines.slice(0, LISTED).map((line) => html`<li>${line}</li>`)}</ul>
${lines.length > LISTED ? html`<p class="soft">The first ${LISTED} of ${countText(lines.length)}; <code>--json</code> lists all.</p>` : undefined}
</details>`;
}
