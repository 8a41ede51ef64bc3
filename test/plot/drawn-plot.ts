/** A plot read back, for tests: what a reader sees of it, by the numbers. */
import { parseHTML } from "linkedom";

export type DrawnPlot = {
  readonly title: string;
  readonly description: string;
  /** Every visible text, in the order of the drawing. */
  readonly texts: readonly string[];
  /** Texts of the ticks of an axis, from low to high. */
  readonly ticks: (axis: "x" | "y") => string[];
  /** How many shapes marks of a kind drew. */
  readonly count: (mark: "line" | "rect" | "rule" | "dot" | "area") => number;
  /** What the pointer shows over dots and bars. */
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
