/** One HTML document that asks for nothing outside itself: pictures are data URIs, and there is no script. */
import { html, type Markup } from "./html.ts";
import { pageStyle } from "./style.ts";

export type Page = {
  /** As the browser's tab says it, after "facenet: ". */
  readonly title: string;
  /** Rules that the page adds to those of the house. */
  readonly style?: Markup;
  /** What stands in `<main>`, from the header on. */
  readonly body: Markup;
};

/**
 * The text of the document. Its content security policy has the browser hold the promise: nothing is fetched.
 *
 * @example
 * await writeFile("page.html", page({ title: "2 faces", body: html`<h1>2 faces</h1>` }));
 */
export function page({ title, style, body }: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>facenet: ${title}</title>
<style>${pageStyle}${style}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`.source;
}
