/** Where a model comes from, on what terms, and what is not known of it: from its manifest. */

import type { EmbeddingManifest, Measurement } from "../../schemas/model-manifest.ts";
import { type Content, html } from "../page/html.ts";
import { distanceText, farText, percent } from "./figure-text.ts";

export function modelCard(model: EmbeddingManifest): Content {
  const { embedding, input, alignment, thresholds, origin } = model;
  const rows: [term: string, value: Content][] = [
    ["What it is", model.summary],
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
    ...(model.measured.length > 0
      ? ([["Measured before", html`<ul>${model.measured.map((one) => html`<li>${measurementText(one)}</li>`)}</ul>`]] as [
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
    ...(bytes === undefined ? [] : [`${bytes} bytes a face`]),
    ...(flipped ? ["mirrored face added"] : []),
  ];
  return `${dataset}: ${figures.join(", ")}`;
}
