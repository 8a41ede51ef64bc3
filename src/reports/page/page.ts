/** Self-contained HTML documents (pictures are data URIs), and the template that escapes their content. */
import { createHash } from "node:crypto";
import type { ReportAbout } from "../../schemas/report.ts";

/** Markup, inserted without escaping. Created by {@link html}. */
export class Markup {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** Values of a template; `undefined` is empty. */
export type Content = Markup | string | number | undefined | readonly Content[];

/**
 * @example
 * html`<p title="${name}">${[html`<b>${name}</b>`, " & more"]}</p>`
 */
export function html(strings: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(strings.map((part, i) => part + rendered(contents[i])).join(""));
}

function rendered(content: Content): string {
  if (content === undefined) return "";
  if (content instanceof Markup) return content.source;
  if (typeof content === "string") return content.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  if (typeof content === "number") return String(content);
  return content.map(rendered).join("");
}

export type Page = {
  /** Title of the browser's tab, after "facenet: ". */
  readonly title: string;
  /** CSS in addition to the common style. */
  readonly style?: Markup;
  /** Content of `<main>`. */
  readonly body: Markup;
  /** JavaScript of the page; the content security policy allows no other. */
  readonly script?: string;
  /** Also allows pictures that are files beside the page. */
  readonly imagesBeside?: boolean;
  /** Machine-readable description, in the head. */
  readonly about?: ReportAbout;
};

/**
 * The HTML text. Its content security policy blocks every request.
 *
 * @example
 * await writeFile("page.html", page({ title: "2 faces", body: html`<h1>2 faces</h1>` }));
 */
export function page({ title, style, body, script, imagesBeside = false, about }: Page): string {
  const scripts = script === undefined ? "" : `; script-src 'sha256-${createHash("sha256").update(script).digest("base64")}'`;
  const policy = `default-src 'none'; img-src data:${imagesBeside ? " 'self' file:" : ""}; style-src 'unsafe-inline'${scripts}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>facenet: ${title}</title>
${about && html`<meta name="facenet-report" content="${JSON.stringify(about)}">`}
<style>${pageStyle}${style}</style>
</head>
<body>
<main>
${body}
</main>
${script === undefined ? undefined : html`<script>${new Markup(script)}</script>`}
</body>
</html>
`.source;
}

export const pageStyle = html`
:root {
  color-scheme: light dark;
  --paper: #faf9f7; --raised: #fff; --ink: #1d1f21; --soft: #5f6368; --line: #dedbd5; --near: #0b6e6e; --far: #3a3d42;
}
@media (prefers-color-scheme: dark) {
  :root { --paper: #16181b; --raised: #1e2125; --ink: #e9e7e3; --soft: #a2a6ab; --line: #33373d; --near: #45c4bd; --far: #c9c6c0; }
}
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
.failures { margin-top: 1.5rem; padding: .75rem 1rem; border: 1px solid var(--line); border-left: .3rem solid #d9534f; background: var(--raised); overflow-wrap: anywhere }
.failures ul { margin: 0; padding-left: 1.2rem }

.scroll { overflow-x: auto }
table { width: 100%; border-collapse: collapse; font-size: .9rem }
th, td { padding: .35rem 1.25rem .35rem 0; text-align: left; border-bottom: 1px solid var(--line); vertical-align: middle }
thead th { color: var(--soft); font-weight: 600; vertical-align: bottom }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }

@page { margin: 14mm }
@media print {
  :root { color-scheme: light; --paper: #fff; --raised: #fff; --ink: #000; --soft: #444; --line: #ccc; --near: #0b6e6e; --far: #3a3d42 }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact }
  body { font-size: 10pt }
  main { max-width: none; padding: 0 }
  .scroll { overflow: visible }
  table { font-size: .72rem }
  th, td { padding-right: .4rem }
  thead th.number { white-space: normal }
  h2, h3, h4, h2 + p, h3 + p { break-after: avoid }
  figure, tr { break-inside: avoid }
}
`;

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
