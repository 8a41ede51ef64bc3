/** What an evaluation's report adds to the style of the house. */
import { html } from "../page/html.ts";

export const reportStyle = html`
h4 { font-size: .95rem; margin: 1.5rem 0 .6rem; font-weight: 600 }
small { font-size: .8rem; font-variant-numeric: tabular-nums; white-space: nowrap }
table th[scope=row] { font-weight: 500; overflow-wrap: anywhere; min-width: 8rem }
table .number { padding-left: .5rem }
.whole { white-space: nowrap }
td, tbody th { vertical-align: top }
table + p { margin-top: .75rem }
.scroll { margin-bottom: 1rem }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 30rem), 1fr)); gap: 1rem; align-items: start }
.plot .scroll { margin: 0 }
.plot figcaption { margin: 0; padding: 0 1rem .75rem }
.plot { border: 1px solid var(--line); border-radius: .4rem; background: var(--raised) }
.plot svg { display: block; width: 100%; min-width: 27rem; height: auto }
.note { margin-top: 1rem }
.warnings { border-left-color: #c98a00 }
.errors { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 1rem; margin: 0; padding: 0; list-style: none }
.errors .pair { display: flex; gap: .25rem }
.errors .pair img { width: 50%; max-width: 6.5rem; aspect-ratio: 1; object-fit: cover; border-radius: .3rem }
.errors figcaption { font-size: .8rem; line-height: 1.4 }
.errors + p { margin-top: 1.5rem }
.errors strong { color: var(--ink); font-variant-numeric: tabular-nums }
.card { padding: 1rem 1.25rem; margin-bottom: 1rem; background: var(--raised); border: 1px solid var(--line); border-radius: .4rem }
.card dl { margin: 0 }
.card dl > div { display: grid; grid-template-columns: 13rem 1fr; gap: .25rem 1rem; padding: .35rem 0; border-top: 1px solid var(--line) }
.card dt { color: var(--soft) }
.card dd { margin: 0; overflow-wrap: anywhere }
.card ul { margin: 0; padding-left: 1.1rem }
details { margin-bottom: .75rem }
details ul { font-size: .875rem; overflow-wrap: anywhere }
summary { cursor: pointer }
code { font-size: .9em }
@media (max-width: 40rem) { .card dl > div { grid-template-columns: 1fr } }
@media print {
  .plots { grid-template-columns: 1fr 1fr }
  .plot svg { min-width: 0 }
  figcaption { font-size: .75rem }
  table small { font-size: .65rem; white-space: normal }
  table th[scope=row] { min-width: 6rem }
  .errors { grid-template-columns: repeat(4, 1fr) }
  .card, .errors li, details { break-inside: avoid }
}
`;
