/** The contact sheet's style: follows the reader's light or dark setting, fits a phone and a printed page. */
import { html } from "./html.ts";

export const style = html`
:root {
  color-scheme: light dark;
  --paper: #faf9f7; --raised: #fff; --ink: #1d1f21; --soft: #5f6368; --line: #dedbd5; --near: #0b6e6e; --far: #3a3d42;
}
@media (prefers-color-scheme: dark) {
  :root { --paper: #16181b; --raised: #1e2125; --ink: #e9e7e3; --soft: #a2a6ab; --line: #33373d; --near: #45c4bd; --far: #c9c6c0; }
}
.group-0 { --group: #ffb22e } .group-1 { --group: #5cc8ff } .group-2 { --group: #6fdc8c } .group-3 { --group: #ff86b3 }
.group-4 { --group: #c7a8ff } .group-5 { --group: #ff8f61 } .group-6 { --group: #d3e25a } .group-7 { --group: #8fb1ff }
.single { --group: #f4f4f2 }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif }
main { max-width: 72rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem }
h1, h2, h3 { line-height: 1.2; font-weight: 650; letter-spacing: -.01em; text-wrap: balance }
h1 { font-size: clamp(1.6rem, 4vw, 2.3rem); margin: 0 0 .5rem }
h2 { font-size: 1.3rem; margin: 3rem 0 .75rem; padding-top: 1rem; border-top: 1px solid var(--line) }
h3 { font-size: 1rem; margin: 0 0 .6rem }
p { max-width: 44rem; margin: 0 0 1rem; overflow-wrap: anywhere }
.soft, figcaption { color: var(--soft) }
figure { margin: 0 }
figcaption { margin-top: .4rem; font-size: .875rem; overflow-wrap: anywhere }
img { display: block; max-width: 100%; height: auto }

.summary { display: flex; flex-wrap: wrap; gap: .75rem 2.5rem; margin: 1.5rem 0 0 }
.summary dt { color: var(--soft); font-size: .8rem }
.summary dd { margin: 0; font-size: 1.15rem; font-weight: 600; font-variant-numeric: tabular-nums; overflow-wrap: anywhere }
.failures { padding: .75rem 1rem; border: 1px solid var(--line); border-left: .3rem solid #d9534f; background: var(--raised); overflow-wrap: anywhere }
.failures ul { margin: 0; padding-left: 1.2rem }

.photographs { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 1.5rem; align-items: start }
.photograph { position: relative; overflow: hidden; border-radius: .4rem; background: var(--line) }
.photograph img, .photograph svg { width: 100% }
.photograph svg { position: absolute; inset: 0; height: 100% }
.casing { fill: none; stroke: #000; stroke-opacity: .55 }
.box { fill: none; stroke: var(--group) }
.tag { fill: var(--group) }
.tag-number { fill: #16181b; font-weight: 700 }

.people { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: 1rem; margin-bottom: 2rem }
.person { padding: 1rem; background: var(--raised); border: 1px solid var(--line); border-top: .3rem solid var(--group); border-radius: .4rem }
.person p { margin: .75rem 0 0; font-size: .875rem }
.portraits { display: flex; flex-wrap: wrap; gap: .75rem; margin: 0; padding: 0; list-style: none }
.portraits figure { width: 6.5rem }
.portraits img { width: 100%; aspect-ratio: 1; border-radius: .3rem }
.portraits figcaption { line-height: 1.35 }
.chip { display: inline-block; min-width: 1.6em; padding: 0 .4em; border-radius: .25em; background: var(--group); color: #16181b; font-weight: 650; text-align: center; font-variant-numeric: tabular-nums }
.chip.single { background: var(--line); color: var(--ink) }

.scroll { overflow-x: auto }
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

table { width: 100%; border-collapse: collapse; font-size: .9rem }
th, td { padding: .35rem 1.25rem .35rem 0; text-align: left; border-bottom: 1px solid var(--line); vertical-align: middle }
thead th { color: var(--soft); font-weight: 600; vertical-align: bottom }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
td:nth-child(2), th:first-child { width: 3rem; padding-right: .75rem }
td img { width: 2.25rem; border-radius: .2rem }

@media print {
  :root { color-scheme: light; --paper: #fff; --raised: #fff; --ink: #000; --soft: #444; --line: #ccc; --near: #0b6e6e; --far: #3a3d42 }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact }
  body { font-size: 10pt }
  main { max-width: none; padding: 0 }
  .photographs { grid-template-columns: 1fr 1fr }
  .scroll { overflow: visible }
  .heat-map { min-width: 0 !important; max-width: 17cm !important }
  h2, h3 { break-after: avoid }
  figure, .person, tr, .heat-map { break-inside: avoid }
}
`;
