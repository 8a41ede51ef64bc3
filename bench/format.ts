/** Formats measured rows as text. */
import type { Machine } from "./machine.ts";
import { isMet, type Row, type Spread } from "./measure.ts";

export function formatMachine({ processor, cores, memoryGb, platform, node, versions }: Machine): string {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [`${processor}, ${cores} cores, ${memoryGb} GB`, platform, `node ${node}`, ...packages].join("; ");
}

const heads = ["", "median", "min .. max", "unit", "speed", "target", ""];
const numeric = new Set([1, 2, 4]);

export function formatTable(rows: readonly Row[]): string {
  const lines = [heads, ...rows.map(cells)];
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const padded = (cell: string, column: number) =>
    numeric.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
  return lines.map((line) => line.map(padded).join("  ").trimEnd()).join("\n");
}

function cells(row: Row): string[] {
  const { name, unit, value, speed, target } = row;
  const met = isMet(row);
  return [
    name,
    number(value.median),
    value.min === value.max ? "" : range(value),
    unit,
    speed ? `${number(speed.times.median)} times ${speed.as}` : "",
    target ? `${target.limit} ${target.number}${target.of === "speed" ? " x" : ""}` : "",
    met === undefined ? "" : met ? "met" : "MISSED",
  ];
}

const range = ({ min, max }: Spread): string => `${number(min)} .. ${number(max)}`;

/** Three significant digits, without exponents. */
function number(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
