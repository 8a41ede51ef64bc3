/**
 * Contact sheet of the demo: photographs with boxes, people, distances, figures. One self-contained HTML document without scripts;
 * pictures are data URIs.
 */
import { type Content, html, type Markup, page, peopleStyle } from "../page/page.ts";
import { counted, number, scrolled, summaryList, table } from "../page/table.ts";
import { distanceScale, HEAT_MAP_FACES, heatMap } from "./heat-map.ts";
import { groupClass, groupName, numberOf, type Sheet } from "./sheet.ts";

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
<p class="soft">Detected, aligned, embedded and grouped by facenet, on this computer.</p>
${summaryList(summary)}
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
<ul>${failures.map(({ image, message }) => html`<li>${image}: ${message}</li>`)}</ul>
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
<p>An embedding is a vector of length one, and the distance of two faces is the squared L2 distance of their vectors:
0 for identical pictures, about 2 for unrelated people, 4 at most. Faces up to the threshold of ${threshold.toFixed(2)} apart
count as the same person. At this threshold, about ${rate(falseAcceptRate)} of different people is accepted, too
(the false accept rate, FAR).</p>
<p>Groups are formed by average linkage: two are merged while the mean distance between their faces is at most the
threshold. Faces in the same photograph are never merged, however close.${kept.length > 0 ? html` This kept apart ${keptApart(sheet, kept)}.` : undefined}</p>
${distanceScale(threshold)}
${faces.length > HEAT_MAP_FACES ? html`<p class="soft">The first ${HEAT_MAP_FACES} of ${faces.length} faces are shown, largest groups first.</p>` : undefined}
${scrolled("Matrix of distances", heatMap(sheet))}
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
    return [
      numberOf(index),
      html`<img src="${portrait}" width="36" height="36" alt="">`,
      sheet.photographs[photograph]?.name,
      several ? html`<span class="chip ${groupClass(sheet.groups, index)}">${groupName(group)}</span>` : undefined,
      Math.round(quality.sizePx),
      Math.round(quality.sharpness),
      nearest === undefined ? undefined : `${numberOf(nearest)} (${distanceOf(sheet, index, nearest).toFixed(2)})`,
      quality.acceptable ? "good" : quality.reasons.join("; "),
    ];
  });
  const figures = ["Size, px", "Sharpness", "Nearest (distance)"].map(number);
  return html`<section aria-labelledby="faces">
<h2 id="faces">Faces</h2>
${table("Table of faces", [number("Face"), "", "Photograph", "Person", ...figures, "Quality"], rows)}
</section>`;
}

function nearestOf(sheet: Sheet, face: number): number | undefined {
  const others = sheet.faces.map((_, index) => index).filter((index) => index !== face);
  return others.sort((a, b) => distanceOf(sheet, face, a) - distanceOf(sheet, face, b))[0];
}

const severalTimes = (groups: Sheet["groups"]) => groups.filter((members) => members.length > 1);
const distanceOf = ({ distances }: Sheet, a: number, b: number): number => distances[a]?.[b] ?? 0;
const pairsOf = (items: readonly number[]) => items.flatMap((a, i) => items.slice(i + 1).map((b): [number, number] => [a, b]));

/** "1 in 1,000 pairs" */
const rate = (share: number): string => `1 in ${Math.round(1 / share).toLocaleString("en")} pairs`;

/** @param photograph index among the sheet's photographs */
export function photographFigure(
  { photographs, faces, groups }: Pick<Sheet, "photographs" | "faces" | "groups">,
  photograph: number,
): Markup {
  const { name, width, height, picture } = photographs[photograph] as Sheet["photographs"][number];
  const here = faces.flatMap((face, index) => (face.photograph === photograph ? [{ ...face, index }] : []));
  const numbers = here.map(({ index }) => numberOf(index)).join(", ");
  const says = here.length === 0 ? "no face found" : `${here.length === 1 ? "face" : "faces"} ${numbers}`;
  // strokes and text have the same size on the page, whatever the size of the photograph
  const unit = width / 100;
  return html`<figure>
<div class="photograph">
<img src="${picture}" width="${width}" height="${height}" alt="${name}: ${says}">
<svg viewBox="0 0 ${width} ${height}" aria-hidden="true">
${here.map(({ box, index }) => overlay(box, { number: numberOf(index), colour: groupClass(groups, index), unit }))}
</svg>
</div>
<figcaption>${numberOf(photograph)}. ${name}, ${width} × ${height}: ${says}</figcaption>
</figure>`;
}

type Overlay = { readonly number: number; readonly colour: string; readonly unit: number };

function overlay({ x, y, width, height }: Sheet["faces"][number]["box"], { number, colour, unit }: Overlay): Content {
  const [tagWidth, tagHeight] = [unit * (2.4 + 2 * String(number).length), unit * 4.8];
  const tagY = y >= tagHeight ? y - tagHeight : y;
  const corners = html`x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;
  return html`<g class="${colour}">
<rect class="casing" ${corners} stroke-width="${round(unit * 1.3)}"/>
<rect class="box" ${corners} stroke-width="${round(unit * 0.7)}"/>
<rect class="tag" x="${round(x)}" y="${round(tagY)}" width="${round(tagWidth)}" height="${round(tagHeight)}"/>
<text class="tag-number" x="${round(x + tagWidth / 2)}" y="${round(tagY + tagHeight / 2)}" dy=".35em" text-anchor="middle" font-size="${round(unit * 3.8)}">${number}</text>
</g>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

export const sheetStyle = html`
.group-0 { --group: #ffb22e } .group-1 { --group: #5cc8ff } .group-2 { --group: #6fdc8c } .group-3 { --group: #ff86b3 }
.group-4 { --group: #c7a8ff } .group-5 { --group: #ff8f61 } .group-6 { --group: #d3e25a } .group-7 { --group: #8fb1ff }
.single { --group: #f4f4f2 }
.photographs { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 1.5rem; align-items: start }
.photograph { position: relative; overflow: hidden; border-radius: .4rem; background: var(--line) }
.photograph img, .photograph svg { width: 100% }
.photograph svg { position: absolute; inset: 0; height: 100% }
.casing { fill: none; stroke: #000; stroke-opacity: .55 }
.box { fill: none; stroke: var(--group) }
.tag { fill: var(--group) }
.tag-number { fill: #16181b; font-weight: 700 }

.chip { display: inline-block; min-width: 1.6em; padding: 0 .4em; border-radius: .25em; background: var(--group); color: #16181b; font-weight: 650; text-align: center; font-variant-numeric: tabular-nums }
.chip.single { background: var(--line); color: var(--ink) }

.heat-map, .scale { display: block; width: 100% }
.heat-map { margin-bottom: 1rem }
.scale { max-width: 32rem; margin-bottom: 1.25rem }
.heat-map rect, .scale rect { shape-rendering: crispEdges }
.near { fill: var(--near) } .far { fill: var(--far) }
.heat-map text { font-size: 13px }
.axis { fill: var(--soft); font-size: 13px; font-variant-numeric: tabular-nums }
.heat-map .axis { fill: var(--ink); font-weight: 600 }
.figure { fill: var(--ink); font-size: 12px; font-variant-numeric: tabular-nums }
.figure.on-near { fill: var(--paper); font-weight: 700 }
.frame { fill: none; stroke: var(--group); stroke-width: 3 }
.mark { stroke: var(--ink); stroke-width: 2 }

td:nth-child(2), th:first-child { width: 3rem; padding-right: .75rem }
td img { width: 2.25rem; border-radius: .2rem }

@media print {
  .photographs { grid-template-columns: 1fr 1fr }
  .heat-map { min-width: 0 !important; max-width: 17cm !important }
  .heat-map { break-inside: avoid }
}
`;
