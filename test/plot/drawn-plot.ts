/** Parses a drawn plot for tests. */
import { parseHTML } from "linkedom";

export type DrawnPlot = {
  readonly title: string;
  readonly description: string;
  /** Visible texts in drawing order. */
  readonly texts: readonly string[];
  /** Tick labels of an axis, ascending. */
  readonly ticks: (axis: "x" | "y") => string[];
  /** Number of shapes drawn by a kind of mark. */
  readonly count: (mark: "line" | "rect" | "rule" | "dot" | "area") => number;
  /** Tooltips of dots and bars. */
  readonly tips: readonly string[];
};

type Node = { readonly textContent: string; readonly querySelectorAll: (selector: string) => Iterable<Node> };

export function readDrawnPlot(svg: string): DrawnPlot {
  const { document } = parseHTML(`<!doctype html><html><body>${svg}</body></html>`) as unknown as { document: Node };
  const all = (selector: string) => [...document.querySelectorAll(selector)];
  const texts = (selector: string) => all(selector).map(({ textContent }) => textContent);
  return {
    title: texts("svg > title").join(""),
    description: texts("svg > desc").join(""),
    texts: texts("text"),
    ticks: (axis) => texts(`[data-mark="${axis}-axis tick label"] text`).filter((text) => text !== ""),
    count: (mark) => all(`[data-mark="${mark}"] > *`).length,
    tips: texts("g title"),
  };
}
