/** Templates for HTML and SVG in which whatever is put in is escaped, unless it is markup itself. */

/** Text that is known to be markup. Made by {@link html}. */
export class Markup {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** What a template may hold; `undefined` leaves nothing behind. */
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
