/** Plain aligned columns. */
import { printable } from "./printable.ts";

export type Column = { readonly title: string; readonly align?: "right"; readonly minWidth?: number };

/** A column of numbers. */
export const right = (title: string): Column => ({ title, align: "right" });

/** Formats all rows at once below their titles; columns are as wide as their widest cell. */
export function tableLines(named: readonly (Column | string)[], rows: readonly (readonly string[])[]): string[] {
  const columns = named.map((column) => (typeof column === "string" ? { title: column } : column));
  const widths = columns.map(({ title }, i) => Math.max(title.length, ...rows.map((row) => printable(row[i] ?? "").length)));
  const format = rowFormatter(columns.map((column, i) => ({ ...column, minWidth: widths[i] as number })));
  return [columns.map(({ title }) => title), ...rows].map(format);
}

/** Formats rows one by one: columns grow with wider cells and never shrink. */
export function rowFormatter(columns: readonly Column[]): (cells: readonly string[]) => string {
  const widths = columns.map(({ title, minWidth = 0 }) => Math.max(title.length, minWidth));
  return (cells) => {
    const padded = columns.map(({ align }, i) => {
      const cell = printable(cells[i] ?? "");
      const width = Math.max(widths[i] as number, cell.length);
      widths[i] = width;
      return align === "right" ? cell.padStart(width) : cell.padEnd(width);
    });
    return padded.join("  ").trimEnd();
  };
}
