/** One photograph with a numbered box around each face, in the colour of its group. */
import { type Content, html, type Markup } from "../page/html.ts";
import { groupClass, numberOf, type Sheet } from "./sheet.ts";

/** @param photograph index among the sheet's photographs */
export function photographFigure(
  { photographs, faces, groups }: Pick<Sheet, "photographs" | "faces" | "groups">,
  photograph: number,
): Markup {
  const { name, width, height, picture } = photographs[photograph] as Sheet["photographs"][number];
  const here = faces.flatMap((face, index) => (face.photograph === photograph ? [{ ...face, index }] : []));
  const numbers = here.map(({ index }) => numberOf(index)).join(", ");
  const says = here.length === 0 ? "no face found" : `${here.length === 1 ? "face" : "faces"} ${numbers}`;
  // Strokes and figures are as large on the page for a large photograph as for a small one.
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
