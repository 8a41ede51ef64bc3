/** The page on which a person goes through a set of training faces and says what is wrong with it. */
import { html } from "../../reports/page/html.ts";
import { page } from "../../reports/page/page.ts";
import type { DatasetRecord } from "../../schemas/dataset.ts";
import { reviewScript } from "./review-script.ts";

export function reviewPage({ people, dropped, model }: DatasetRecord): string {
  const images = people.reduce((sum, person) => sum + person.images.length, 0);
  const body = html`<header>
<h1>${people.length} people, ${images} images</h1>
<p class="soft">Grouped by ${model}. Click a face that is somebody else's; give names (two people with one name become one); leave out
whom you do not want to train on. Then save, and run <code>facenet dataset apply</code>. ${dropped.length} poor, odd or doubled faces
are left out already; dataset.json says why.</p>
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
