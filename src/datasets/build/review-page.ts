/** Review page of a training set: mark wrong faces, name or exclude people, save the corrections as a file. */
import { html, page } from "../../reports/page/page.ts";
import type { DatasetRecord } from "../../schemas/dataset.ts";

export function reviewPage({ people, dropped, model }: DatasetRecord): string {
  const images = people.reduce((sum, person) => sum + person.images.length, 0);
  const body = html`<header>
<h1>${people.length} people, ${images} images</h1>
<p class="soft">Grouped by ${model}. Click faces that belong to somebody else; enter names (people with the same name are merged);
exclude people you do not want to train on. Then save, and run <code>facenet dataset apply</code>. ${dropped.length} faces of low
quality, outliers and duplicates are already excluded; dataset.json lists the reasons.</p>
<p class="bar"><button type="button" id="save">Save corrections</button> <span id="count" role="status">Nothing marked.</span></p>
</header>
${people.map(
  ({ person, name, folder, images: own }) => html`<section class="person" data-person="${person}" aria-labelledby="p${person}">
<h2 id="p${person}">${name ?? folder} <small class="soft">${own.length} images</small></h2>
<p><label>Name <input type="text" value="${name ?? ""}" autocomplete="off"></label> <label><input type="checkbox"> leave out</label></p>
<div class="faces">${own.map(
    ({ file, face }) =>
      html`<button type="button" data-face="${face}" aria-pressed="false" title="${file}"><img loading="lazy" alt="face ${face}" src="${encodeURI(file)}"></button>`,
  )}</div>
</section>`,
)}`;
  return page({ title: "review of training faces", style, body, script: reviewScript, imagesBeside: true });
}

const style = html`
.bar { position: sticky; top: 0; padding: .75rem 0; background: var(--paper); z-index: 1 }
.faces { display: flex; flex-wrap: wrap; gap: .4rem }
.faces button { padding: 0; border: .2rem solid transparent; border-radius: .3rem; background: none; cursor: pointer }
.faces img { width: 6rem; height: 6rem; object-fit: cover; border-radius: .15rem }
.faces button[aria-pressed="true"] { border-color: #d9534f }
.faces button[aria-pressed="true"] img { opacity: .35 }
.person:has(input[type="checkbox"]:checked) .faces { opacity: .25 }
input[type="text"] { font: inherit; padding: .2rem .4rem; background: var(--raised); color: inherit; border: 1px solid var(--line) }
#save { font: inherit; padding: .4rem 1rem; cursor: pointer }
`;

/**
 * Script of the review page. It makes no requests: marks stay in the page and the browser saves them as a file.
 * Plain JavaScript, because the browser reads it without a build step.
 */
export const reviewScript = `
"use strict";
const sections = [...document.querySelectorAll("section.person")];
const pressed = (section) => [...section.querySelectorAll('button[aria-pressed="true"]')].map((button) => Number(button.dataset.face));
const corrections = () => ({
  version: 1,
  people: sections.flatMap((section) => {
    const text = section.querySelector('input[type="text"]');
    const name = text.value.trim();
    const leaveOut = section.querySelector('input[type="checkbox"]').checked;
    const notThem = pressed(section);
    const named = name !== "" && name !== text.defaultValue;
    if (!named && !leaveOut && notThem.length === 0) return [];
    return [{ person: Number(section.dataset.person), ...(named && { name }), leaveOut, notThem }];
  }),
});
const tell = () => {
  const { people } = corrections();
  const faces = people.reduce((sum, { notThem }) => sum + notThem.length, 0);
  document.getElementById("count").textContent =
    people.length === 0 ? "Nothing marked." : people.length + " people changed, " + faces + " faces marked. Not saved.";
};
for (const button of document.querySelectorAll("button[data-face]"))
  button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    tell();
  });
for (const input of document.querySelectorAll("section.person input")) input.addEventListener("input", tell);
document.getElementById("save").addEventListener("click", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(corrections(), null, 1)], { type: "application/json" }));
  link.download = "corrections.json";
  link.click();
  document.getElementById("count").textContent = "Saved as corrections.json in your downloads.";
});
`;
