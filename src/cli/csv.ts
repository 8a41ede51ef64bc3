/** Formats rows of comma-separated values (RFC 4180, with line feeds). */
export function csvLine(cells: readonly (string | number)[]): string {
  return `${cells.map(quoted).join(",")}\n`;
}

function quoted(cell: string | number): string {
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
