/** Tables of a page, regions that scroll, and counts in words. */
import { type Content, html, type Markup } from "./page.ts";

type Column = { readonly title: Content; readonly number: boolean };

/** A column of numbers, aligned right. */
export const number = (title: Content): Column => ({ title, number: true });

/** Content that may be wider than the page; reachable by keyboard. */
export function scrolled(label: string, content: Content): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">${content}</div>`;
}

/** The first column contains row headers. */
export function table(label: string, titles: readonly (Column | string)[], rows: readonly (readonly Content[])[]): Markup {
  const columns = titles.map((one) => (typeof one === "string" ? { title: one, number: false } : one));
  const kind = (column: number): Content => (columns[column]?.number ? html` class="number"` : undefined);
  const cell = (content: Content, column: number): Content =>
    column === 0 ? html`<th scope="row"${kind(0)}>${content}</th>` : html`<td${kind(column)}>${content}</td>`;
  return scrolled(
    label,
    html`
<table>
<thead><tr>${columns.map(({ title }, column) => (title === "" ? html`<td></td>` : html`<th scope="col"${kind(column)}>${title}</th>`))}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map(cell)}</tr>\n`)}</tbody>
</table>
`,
  );
}

/** The main figures of a page, side by side. */
export function summaryList(figures: readonly (readonly [term: string, value: Content])[]): Markup {
  return html`<dl class="summary">${figures.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** "6,000" */
export const countText = (count: number): string => count.toLocaleString("en");

/** "1 pair", "6,000 pairs" */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${countText(count)} ${count === 1 ? one : many}`;
