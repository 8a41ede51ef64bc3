/**
 * The demo's page: photographs with boxes, people, distances, figures. One HTML document that asks for nothing
 * else: pictures are data URIs, and there is no script.
 */
import { type Content, html } from "../page/html.ts";
import { page } from "../page/page.ts";
import { peopleStyle } from "../page/people-style.ts";
import { distanceScale, HEAT_MAP_FACES, heatMap } from "./heat-map.ts";
import { photographFigure } from "./photograph-figure.ts";
import { groupClass, groupName, numberOf, type Sheet } from "./sheet.ts";
import { sheetStyle } from "./style.ts";

export function contactSheet(sheet: Sheet): string {
  const { photographs, faces, groups, model, threshold } = sheet;
  const title = `${counted(faces.length, "face")} in ${counted(photographs.length, "photograph")}`;
  const summary: [term: string, value: Content][] = [
    ["Photographs", photographs.length],
    ["Faces", faces.length],
    ["Different people", groups.length],
    ["Seen more than once", severalTimes(groups).length],
    ["Threshold", threshold.toFixed(2)],
    ["Model", model],
  ];
  const body = html`<header>
<h1>${title}</h1>
<p class="soft">Found, aligned, embedded and grouped by facenet, on this computer alone.</p>
<dl class="summary">${summary.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>
</header>
${failureList(sheet)}
<section aria-labelledby="photographs">
<h2 id="photographs">Photographs</h2>
<div class="photographs">${photographs.map((_, photograph) => photographFigure(sheet, photograph))}</div>
</section>
${faces.length > 0 ? [people(sheet), distances(sheet), faceTable(sheet)] : undefined}`;
  return page({ title, style: html`${peopleStyle}${sheetStyle}`, body });
}

function failureList({ failures }: Sheet): Content {
  if (failures.length === 0) return undefined;
  return html`<section class="failures" aria-labelledby="failures">
<h3 id="failures">${counted(failures.length, "photograph")} could not be read</h3>
<ul>${failures.map(({ message }) => html`<li>${message}</li>`)}</ul>
</section>`;
}

function people(sheet: Sheet): Content {
  const recurring = severalTimes(sheet.groups);
  const once = sheet.groups.flatMap((members) => (members.length === 1 ? members : []));
  return html`<section aria-labelledby="people">
<h2 id="people">People</h2>
${recurring.length === 0 ? html`<p>No one is seen in more than one photograph.</p>` : undefined}
<div class="people">${recurring.map((members, group) => person(sheet, members, group))}</div>
${once.length > 0 ? html`<h3>Seen once</h3><ul class="portraits">${once.map((face) => portrait(sheet, face))}</ul>` : undefined}
</section>`;
}

function person(sheet: Sheet, members: readonly number[], group: number): Content {
  const apart = pairsOf(members).map(([a, b]) => distanceOf(sheet, a, b));
  const range =
    apart.length === 1 ? (apart[0] ?? 0).toFixed(2) : `${Math.min(...apart).toFixed(2)} to ${Math.max(...apart).toFixed(2)}`;
  return html`<article class="person group ${groupClass(sheet.groups, members[0] as number)}">
<h3>Person ${groupName(group)}</h3>
<ul class="portraits">${members.map((face) => portrait(sheet, face))}</ul>
<p class="soft">${apart.length === 1 ? "Distance" : "Distances"} ${range}</p>
</article>`;
}

function portrait({ faces, photographs, groups }: Sheet, index: number): Content {
  const { portrait, photograph } = faces[index] as Sheet["faces"][number];
  const name = photographs[photograph]?.name;
  return html`<li><figure>
<img src="${portrait}" width="104" height="104" alt="Face ${numberOf(index)}, from ${name}">
<figcaption><span class="chip ${groupClass(groups, index)}">${numberOf(index)}</span> ${name}</figcaption>
</figure></li>`;
}

function distances(sheet: Sheet): Content {
  const { threshold, falseAcceptRate, faces } = sheet;
  const kept = pairsOf(faces.map((_, index) => index)).filter(
    ([a, b]) => faces[a]?.photograph === faces[b]?.photograph && distanceOf(sheet, a, b) <= threshold,
  );
  return html`<section aria-labelledby="distances">
<h2 id="distances">Distances</h2>
<p>A face's embedding is a vector of length one, and the distance of two faces is the squared L2 distance of
their vectors: 0 for the same picture, about 2 for people with nothing in common, 4 at most. Up to the threshold of
${threshold.toFixed(2)} two faces are taken for one person. At this threshold about ${rate(falseAcceptRate)}
of different people would be taken for one too (the false accept rate, FAR).</p>
<p>Groups grow by average linkage: two are joined while the mean distance between their faces is at most the
threshold. Faces in one photograph are never joined, however close.${kept.length > 0 ? html` That kept apart ${keptApart(sheet, kept)}.` : undefined}</p>
${distanceScale(threshold)}
${faces.length > HEAT_MAP_FACES ? html`<p class="soft">Shown are the first ${HEAT_MAP_FACES} of ${faces.length} faces, the largest groups first.</p>` : undefined}
<div class="scroll" tabindex="0" role="region" aria-label="Matrix of distances">${heatMap(sheet)}</div>
</section>`;
}

function keptApart(sheet: Sheet, pairs: readonly (readonly [number, number])[]): string {
  const shown = pairs.slice(0, 5).map(([a, b]) => `${numberOf(a)} and ${numberOf(b)} (${distanceOf(sheet, a, b).toFixed(2)})`);
  return pairs.length > shown.length ? `${pairs.length} pairs, such as ${shown.join("; ")}` : shown.join("; ");
}

function faceTable(sheet: Sheet): Content {
  const rows = sheet.faces.map(({ photograph, portrait, quality }, index) => {
    const nearest = nearestOf(sheet, index);
    const group = sheet.groups.findIndex((members) => members.includes(index));
    const several = (sheet.groups[group]?.length ?? 0) > 1;
    return html`<tr>
<th scope="row" class="number">${numberOf(index)}</th>
<td><img src="${portrait}" width="36" height="36" alt=""></td>
<td>${sheet.photographs[photograph]?.name}</td>
<td>${several ? html`<span class="chip ${groupClass(sheet.groups, index)}">${groupName(group)}</span>` : undefined}</td>
<td class="number">${Math.round(quality.sizePx)}</td>
<td class="number">${Math.round(quality.sharpness)}</td>
<td class="number">${nearest === undefined ? undefined : html`${numberOf(nearest)} (${distanceOf(sheet, index, nearest).toFixed(2)})`}</td>
<td>${quality.acceptable ? "good" : quality.reasons.join("; ")}</td>
</tr>`;
  });
  return html`<section aria-labelledby="faces">
<h2 id="faces">Faces</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Table of faces">
<table>
<thead><tr><th scope="col" class="number">Face</th><td></td><th scope="col">Photograph</th><th scope="col">Person</th><th scope="col" class="number">Size, px</th>
<th scope="col" class="number">Sharpness</th><th scope="col" class="number">Nearest (distance)</th><th scope="col">Quality</th></tr></thead>
<tbody>${rows}</tbody>
</table>
</div>
</section>`;
}

function nearestOf(sheet: Sheet, face: number): number | undefined {
  const others = sheet.faces.map((_, index) => index).filter((index) => index !== face);
  return others.sort((a, b) => distanceOf(sheet, face, a) - distanceOf(sheet, face, b))[0];
}

const severalTimes = (groups: Sheet["groups"]) => groups.filter((members) => members.length > 1);
const distanceOf = ({ distances }: Sheet, a: number, b: number): number => distances[a]?.[b] ?? 0;
const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
const pairsOf = (items: readonly number[]) => items.flatMap((a, i) => items.slice(i + 1).map((b): [number, number] => [a, b]));

/** "1 in 1,000 pairs" */
const rate = (share: number): string => `1 in ${Math.round(1 / share).toLocaleString("en")} pairs`;
