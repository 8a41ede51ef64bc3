/** A table of a report, which scrolls on a small screen and reads well aloud. */
import { type Content, html } from "../page/html.ts";

export type ReportColumn = { readonly title: Content; readonly number?: boolean };

/** The first cell of a row names it. */
export function reportTable(label: string, columns: readonly ReportColumn[], rows: readonly (readonly Content[])[]): Content {
  const cell = (content: Content, column: number): Content => {
    const type = columns[column]?.number ? "number" : "text";
    return column === 0 ? html`<th scope="row" class="${type}">${content}</th>` : html`<td class="${type}">${content}</td>`;
  };
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">
<table>
<thead><tr>${columns.map(({ title, number }) => html`<th scope="col" class="${number ? "number" : "text"}">${title}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map(cell)}</tr>\n`)}</tbody>
</table>
</div>`;
}

/** A model's name, which a narrow column breaks at its joints rather than within a word. */
export function breakable(name: string): Content {
  return name.split(/(?<=[.-])/).map((part, i) => (i === 0 ? part : html`<wbr>${part}`));
}

/** A figure with its interval small below it. */
export function withInterval(figure: string, interval: string): Content {
  return interval === "" ? figure : html`${figure}<br><small class="soft">${interval}</small>`;
}
