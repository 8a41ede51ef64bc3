/** People as cards of portraits, on every page that shows some. A card takes the colour `--group` where it has one. */
import { html } from "./html.ts";

export const peopleStyle = html`
.people { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: 1rem; margin-bottom: 2rem }
.person { padding: 1rem; background: var(--raised); border: 1px solid var(--line); border-top: .3rem solid var(--group, var(--line)); border-radius: .4rem }
.person p { margin: .75rem 0 0; font-size: .875rem }
.portraits { display: flex; flex-wrap: wrap; gap: .75rem; margin: 0; padding: 0; list-style: none }
.portraits figure { width: 6.5rem }
.portraits img { width: 100%; aspect-ratio: 1; border-radius: .3rem }
.portraits figcaption { line-height: 1.35 }

@media print {
  .person { break-inside: avoid }
}
`;
