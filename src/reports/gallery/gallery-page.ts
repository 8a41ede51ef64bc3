/** The gallery as a page: people with their faces, faces without a person, files that could not be read. */
import { basename } from "node:path";
import type { GalleryCalibration } from "../../schemas/calibration.ts";
import type { GalleryStatistics, Person } from "../../schemas/gallery.ts";
import { type Content, html, page, peopleStyle } from "../page/page.ts";
import { counted, countText, summaryList } from "../page/table.ts";
import { calibrationSection } from "./calibration-section.ts";

/** A face shown on the page. */
export type Portrait = {
  readonly face: number;
  /** Path of its photograph; undefined if the photograph has none. */
  readonly path: string | undefined;
  /** Local time, or null. */
  readonly takenAt: string | null;
  /** Data URI; undefined if the photograph is missing or unreadable. */
  readonly picture: string | undefined;
};

/** Content of the page. Rendering needs neither files nor a store. */
export type GalleryPage = {
  readonly gallery: string;
  readonly statistics: GalleryStatistics;
  /** People shown, in order. */
  readonly people: readonly { readonly person: Person; readonly portraits: readonly Portrait[] }[];
  /** Some of the faces without a person. */
  readonly unassigned: readonly Portrait[];
  readonly failures: readonly { readonly path: string; readonly message: string }[];
  /** Calibration on the gallery's own people, if any. */
  readonly calibration?: GalleryCalibration | undefined;
};

/** Longer lists of failures are truncated. */
const LISTED = 100;

export function galleryPage(gallery: GalleryPage): string {
  const { statistics, people } = gallery;
  const title = `${counted(statistics.people, "person", "people")} in ${counted(statistics.photographs, "photograph")}`;
  const summary: [term: string, value: string][] = [
    ["Photographs", countText(statistics.photographs)],
    ["Faces", countText(statistics.faces)],
    ["People", countText(statistics.people)],
    ["With a name", countText(statistics.namedPeople)],
    ["Faces without a person", countText(statistics.unassignedFaces)],
  ];
  const named = people.filter(({ person }) => person.name !== null);
  const unnamed = people.filter(({ person }) => person.name === null);
  const body = html`<header>
<h1>${title}</h1>
<p class="soft">${basename(gallery.gallery)}, as stored by facenet on this computer. This page contains faces: keep it as private as the photographs.</p>
${summaryList(summary)}
</header>
${people.length === 0 ? html`<p>No people yet. <code>facenet index</code> detects faces in photographs, <code>facenet cluster</code> groups them into people.</p>` : undefined}
${peopleSection("named", "People with a name", named)}
${peopleSection("unnamed", "People without a name", unnamed, html`<p class="soft">Name one: <code>facenet people ${unnamed[0]?.person.id} --name Anna</code></p>`)}
${limitNote(people.length, statistics.people, "people", "--people")}
${unassignedSection(gallery)}
${calibrationSection(gallery.calibration)}
${failureSection(gallery)}`;
  return page({ title, style: html`${peopleStyle}${style}`, body });
}

function peopleSection(id: string, title: string, people: GalleryPage["people"], note?: Content): Content {
  if (people.length === 0) return undefined;
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${note}
<div class="people">${people.map(personCard)}</div>
</section>`;
}

function personCard({ person, portraits }: GalleryPage["people"][number]): Content {
  const name = nameOf(person);
  const shown = person.faces > portraits.length && portraits.length > 0 ? `, ${portraits.length} shown` : "";
  return html`<article class="person">
<h3>${name}</h3>
<p class="soft">${counted(person.faces, "face")} in ${counted(person.photographs, "photograph")}${shown}</p>
<ul class="portraits">${portraits.map((portrait) => portraitItem(portrait, name))}</ul>
</article>`;
}

function unassignedSection({ unassigned, statistics }: GalleryPage): Content {
  if (statistics.unassignedFaces === 0) return undefined;
  return html`<section aria-labelledby="unassigned">
<h2 id="unassigned">Faces without a person</h2>
<p>Seen once, or too small, blurred or turned away to be assigned.</p>
<ul class="portraits">${unassigned.map((portrait) => portraitItem(portrait, "Face"))}</ul>
${limitNote(unassigned.length, statistics.unassignedFaces, "faces", "--unassigned")}
</section>`;
}

function portraitItem({ face, path, takenAt, picture }: Portrait, who: string): Content {
  const photograph = path === undefined ? "a missing photograph" : basename(path);
  return html`<li><figure>
${
  picture === undefined
    ? html`<div class="gone" role="img" aria-label="${who}, from ${photograph}">photograph missing</div>`
    : html`<img src="${picture}" width="104" height="104" decoding="async" alt="${who}, from ${photograph}">`
}
<figcaption title="${path} (face ${face})">${photograph}${takenAt === null ? undefined : html`<br>${takenAt.slice(0, 10)}`}</figcaption>
</figure></li>`;
}

function failureSection({ failures, statistics }: GalleryPage): Content {
  const { failedFiles, missingFiles } = statistics;
  if (failures.length === 0 && missingFiles === 0) return undefined;
  return html`<section aria-labelledby="failures">
<h2 id="failures">Files</h2>
${missingFiles > 0 ? html`<p>${counted(missingFiles, "file")} missing from disk since indexing.</p>` : undefined}
${
  failures.length > 0
    ? html`<div class="failures"><h3>${counted(failedFiles, "file")} could not be read</h3>
<ul>${failures.slice(0, LISTED).map(({ path, message }) => html`<li>${path}: ${message}</li>`)}</ul></div>`
    : undefined
}
${limitNote(Math.min(failures.length, LISTED), failedFiles, "failed files")}
</section>`;
}

/** How many of all are shown, and the flag that shows all. */
function limitNote(shown: number, all: number, what: string, flag?: string): Content {
  if (shown >= all) return undefined;
  return html`<p class="soft">${countText(shown)} of ${countText(all)} ${what} shown${flag === undefined ? "" : `; ${flag} ${all} shows all`}.</p>`;
}

const nameOf = ({ id, name }: Person): string => name ?? `Person ${id}`;

const style = html`
.person h3 { margin-bottom: .15rem; overflow-wrap: anywhere }
.person > p.soft { margin: 0 0 .75rem }
.people { grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); align-items: start }
.person .portraits { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: .6rem .5rem }
.person .portraits figure { width: auto }
.portraits figcaption { margin-top: .2rem; font-size: .7rem; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
.gone { display: grid; place-items: center; width: 100%; aspect-ratio: 1; padding: .25rem; border: 1px dashed var(--line); border-radius: .3rem; color: var(--soft); font-size: .75rem; text-align: center }
.people + p { margin-top: -1rem }
code { font-size: .9em }
`;
