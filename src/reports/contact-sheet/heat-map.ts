/** Heat map of the distances between faces: the closer two faces, the darker their cell. */
import { type Content, html, type Markup } from "../page/page.ts";
import { groupClass, numberOf, type Sheet } from "./sheet.ts";

/** Largest squared L2 distance of unit vectors. */
const LARGEST_DISTANCE = 4;

/** Maximum number of faces: the picture grows with their square. */
export const HEAT_MAP_FACES = 100;

/** Above this number of faces, cells are too small for numbers. */
const FACES_WITH_FIGURES = 24;

// units of the drawing
const CELL = 40;
const PORTRAIT = 34;
const AXIS = 66;

type HeatMapInput = Pick<Sheet, "faces" | "distances" | "groups" | "threshold">;

/** SVG of the matrix, faces ordered by group, limited to {@link HEAT_MAP_FACES}. */
export function heatMap({ faces, distances, groups, threshold }: HeatMapInput): Markup {
  const order = groups.flat().slice(0, HEAT_MAP_FACES);
  const side = AXIS + order.length * CELL;
  const at = (position: number) => AXIS + position * CELL;
  const figures = order.length <= FACES_WITH_FIGURES;
  const cells = order.flatMap((a, row) =>
    order.map((b, column) =>
      cell(at(column), at(row), {
        a,
        b,
        distance: distances[a]?.[b] ?? 0,
        threshold,
        figures,
        apart: samePhotograph(faces, a, b),
      }),
    ),
  );
  const middle = (CELL - PORTRAIT) / 2;
  const labels = order.map((face, position) => {
    const colour = groupClass(groups, face);
    return html`
<use href="#portrait-${face}" x="${AXIS - PORTRAIT - 4}" y="${at(position) + middle}"/>
<text class="axis ${colour}" x="${AXIS - PORTRAIT - 10}" y="${at(position) + CELL / 2}" text-anchor="end" dy=".35em">${numberOf(face)}</text>
<use href="#portrait-${face}" x="${at(position) + middle}" y="${AXIS - PORTRAIT - 4}"/>
<text class="axis ${colour}" x="${at(position) + CELL / 2}" y="${AXIS - PORTRAIT - 12}" text-anchor="middle">${numberOf(face)}</text>`;
  });
  return html`<svg class="heat-map" viewBox="0 0 ${side} ${side}" style="min-width:${(side / CELL) * 1.75}rem;max-width:${side * 1.2}px" role="img" aria-label="Distances among ${order.length} faces">
<defs>${order.map((face) => html`<image id="portrait-${face}" href="${faces[face]?.portrait}" width="${PORTRAIT}" height="${PORTRAIT}"/>`)}</defs>
${labels}
${cells}
${groupFrames(groups, order.length, at)}
</svg>`;
}

/** Legend from 0 to 4, with the threshold. */
export function distanceScale(threshold: number): Markup {
  const [steps, width, left, top, height] = [80, 480, 12, 24, 18];
  const x = (distance: number) => left + (distance / LARGEST_DISTANCE) * width;
  const bars = Array.from({ length: steps }, (_, step) => {
    const distance = ((step + 0.5) / steps) * LARGEST_DISTANCE;
    const { kind, opacity } = shade(distance, threshold);
    return html`<rect class="${kind}" fill-opacity="${opacity}" x="${x((step / steps) * LARGEST_DISTANCE)}" y="${top}" width="${width / steps}" height="${height}"/>`;
  });
  const ticks = [0, 1, 2, 3, 4].map(
    (tick) => html`<text class="axis" x="${x(tick)}" y="${top + height + 16}" text-anchor="middle">${tick}</text>`,
  );
  return html`<svg class="scale" viewBox="0 0 ${width + 2 * left} ${top + height + 22}" role="img" aria-label="Scale of distances from 0 to 4, the threshold at ${threshold.toFixed(2)}">
${bars}${ticks}
<path class="mark" d="M${x(threshold)} ${top - 6}v${height + 12}"/>
<text class="axis" x="${x(threshold)}" y="${top - 10}" text-anchor="middle">threshold ${threshold.toFixed(2)}</text>
</svg>`;
}

/** Strong colour up to the threshold, grey above it, fading towards 4. */
export function shade(distance: number, threshold: number): { kind: "near" | "far"; opacity: number } {
  const kind = distance <= threshold ? "near" : "far";
  const opacity =
    kind === "near"
      ? 1 - 0.25 * (distance / Math.max(threshold, Number.EPSILON))
      : 0.4 * ((LARGEST_DISTANCE - distance) / (LARGEST_DISTANCE - threshold)) ** 3;
  return { kind, opacity: Math.round(Math.max(0, opacity) * 1000) / 1000 };
}

type Cell = { a: number; b: number; distance: number; threshold: number; figures: boolean; apart: boolean };

function cell(x: number, y: number, { a, b, distance, threshold, figures, apart }: Cell): Content {
  const { kind, opacity } = shade(distance, threshold);
  const rect = html`<rect class="${kind}" fill-opacity="${opacity}" x="${x}" y="${y}" width="${CELL}" height="${CELL}"/>`;
  if (a === b) return rect;
  const says = `${numberOf(a)} and ${numberOf(b)}: ${distance.toFixed(2)}${apart ? ", in one photograph" : ""}`;
  const figure = figures
    ? html`<text class="${kind === "near" ? "figure on-near" : "figure"}" x="${x + CELL / 2}" y="${y + CELL / 2}" dy=".35em" text-anchor="middle">${distance.toFixed(2)}</text>`
    : undefined;
  return html`<g><title>${says}</title>${rect}${figure}</g>`;
}

/** Frames the block of each group in the group's colour. */
function groupFrames(groups: Sheet["groups"], shown: number, at: (position: number) => number): Content[] {
  let first = 0;
  return groups.map((members) => {
    const start = first;
    first += members.length;
    if (members.length < 2 || start >= shown) return undefined;
    const length = (Math.min(first, shown) - start) * CELL;
    return html`<rect class="frame ${groupClass(groups, members[0] as number)}" x="${at(start)}" y="${at(start)}" width="${length}" height="${length}"/>`;
  });
}

function samePhotograph(faces: Sheet["faces"], a: number, b: number): boolean {
  return faces[a]?.photograph === faces[b]?.photograph;
}
