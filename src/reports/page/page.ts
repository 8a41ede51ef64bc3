/** One HTML document that asks for nothing outside itself: pictures are data URIs, and seldom is there a script. */
import { createHash } from "node:crypto";
import type { ReportAbout } from "../../schemas/report.ts";
import { html, Markup } from "./html.ts";
import { pageStyle } from "./style.ts";

export type Page = {
  /** As the browser's tab says it, after "facenet: ". */
  readonly title: string;
  /** Rules that the page adds to those of the house. */
  readonly style?: Markup;
  /** What stands in `<main>`, from the header on. */
  readonly body: Markup;
  /** JavaScript that the page runs when it is there; the policy allows this one and no other. */
  readonly script?: string;
  /** Pictures may be files beside the page, too. */
  readonly imagesBeside?: boolean;
  /** What the page says of itself to programs, in its head. */
  readonly about?: ReportAbout;
};

/**
 * The text of the document. Its content security policy has the browser hold the promise: nothing is fetched.
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
