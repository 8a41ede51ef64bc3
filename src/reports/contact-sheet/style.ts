/** What a contact sheet adds to the style of the house: photographs, groups, the map of distances. */
import { html } from "../page/html.ts";

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
