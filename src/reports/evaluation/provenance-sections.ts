/** Report sections on the provenance of models and on excluded data. */
import { basename, isAbsolute, relative, sep } from "node:path";
import type { Evaluation } from "../../schemas/evaluation.ts";
import { type EmbeddingManifest, HARD_PEOPLE, type Measurement } from "../../schemas/model-manifest.ts";
import { type Content, html } from "../page/page.ts";
import { counted, countText } from "../page/table.ts";
import { isVerification } from "./evaluation-plots.ts";
import { distanceText, farText, percent, perRun } from "./report-table.ts";

export function modelCard(model: EmbeddingManifest): Content {
  const { embedding, input, alignment, thresholds, origin } = model;
  const rows: [term: string, value: Content][] = [
    ["Summary", model.summary],
    ["Embedding", `${embedding.size} dimensions, squared L2, compared as ${embedding.compared}`],
    [
      "Input",
      `${input.width} × ${input.height} pixels, ${alignment.kind === "similarity" ? "aligned by five landmarks" : `cropped with a margin of ${alignment.margin} pixels`}`,
    ],
    ["Size", `${(model.model.bytes / 1e6).toFixed(1)} MB`],
    ["Licence of the weights", model.licence],
    ["Origin", origin.path === undefined ? origin.package : `${origin.package}, ${origin.path}`],
    ["Training data", origin.training],
    ["Thresholds", thresholds.map(({ far, distance }) => `${distanceText(distance)} for FAR ${farText(far)}`).join("; ")],
    ["Calibrated on", model.calibratedOn],
    ["Limits", HARD_PEOPLE],
    ...(model.measured.length > 0
      ? ([["Earlier measurements", html`<ul>${model.measured.map((one) => html`<li>${measurementText(one)}</li>`)}</ul>`]] as [
          string,
          Content,
        ][])
      : []),
  ];
  return html`<article class="card">
<h3>${model.id}</h3>
<dl>${rows.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>
</article>`;
}

function measurementText({ dataset, accuracy, standardError, val, flipped, bytes }: Measurement): string {
  const figures = [
    ...(accuracy === undefined
      ? []
      : [`accuracy ${percent(accuracy)}${standardError === undefined ? "" : ` ± ${(standardError * 100).toFixed(2)}`}`]),
    ...val.map(({ far, mean }) => `VAL ${percent(mean)} at FAR ${farText(far)}`),
    ...(bytes === undefined ? [] : [`${bytes} bytes per face`]),
    ...(flipped ? ["mirrored face added"] : []),
  ];
  return `${dataset}: ${figures.join(", ")}`;
}

/** Longer lists are truncated. */
const LISTED = 100;

/** @param folder of the images: a report may be published, so it does not contain absolute paths */
export function leftOutSection(evaluations: readonly Evaluation[], folder: string | undefined): Content {
  const nameOf = (image: string): string => imageName(image, folder);
  return html`<section aria-labelledby="left-out">
<h2 id="left-out">Excluded data</h2>
${perRun(evaluations, (one) => {
  const skipped = isVerification(one) ? one.skippedPairs : [];
  const lists = [
    list(
      `${counted(one.failures.length, "image")} could not be read`,
      one.failures.map(({ image, message }) => `${nameOf(image)}: ${message}`),
    ),
    list(`${counted(one.imagesWithoutFace.length, "image")} without a detected face`, one.imagesWithoutFace.map(nameOf)),
    list(
      `${counted(skipped.length, "pair")} skipped`,
      skipped.map(({ left, right, reason }) => `${left} and ${right}: ${reason}`),
    ),
    list(
      `${counted(one.copies.length, "image")} with the same embedding as another`,
      one.copies.map(({ image, of }) => `${nameOf(image)} equals ${nameOf(of)}`),
    ),
  ].filter((content) => content !== undefined);
  return lists.length > 0 ? lists : html`<p>None: every image could be read and contains a detected face.</p>`;
})}
</section>`;
}

function imageName(image: string, folder: string | undefined): string {
  const name = folder === undefined ? "" : relative(folder, image);
  if (name !== "" && name.split(sep)[0] !== ".." && !isAbsolute(name)) return name;
  return isAbsolute(image) ? basename(image) : image;
}

function list(title: string, lines: readonly string[]): Content {
  if (lines.length === 0) return undefined;
  return html`<details${lines.length <= 10 ? html` open` : undefined}>
<summary>${title}</summary>
<ul>${lines.slice(0, LISTED).map((line) => html`<li>${line}</li>`)}</ul>
${lines.length > LISTED ? html`<p class="soft">The first ${LISTED} of ${countText(lines.length)}; <code>--json</code> lists all.</p>` : undefined}
</details>`;
}
