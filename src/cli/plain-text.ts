/** Formats any result as field names and values, for commands without their own format. */

/** One line per value, with nested ones indented; lists of plain values on one line. */
export function plainText(value: unknown): string {
  return lines(value, "").join("\n");
}

function lines(value: unknown, indent: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => listItem(item, indent));
  if (typeof value !== "object" || value === null) return [`${indent}${scalarText(value)}`];
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  const width = Math.max(0, ...fields.filter(([, field]) => isShort(field)).map(([name]) => name.length));
  return fields.flatMap(([name, field]) => {
    if (isShort(field)) return [`${indent}${name.padEnd(width)}  ${scalarText(field)}`];
    return [`${indent}${name}`, ...lines(field, `${indent}  `)];
  });
}

function listItem(item: unknown, indent: string): string[] {
  const [first = "", ...rest] = lines(item, `${indent}  `);
  return [`${indent}- ${first.trimStart()}`, ...rest];
}

function isShort(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return Array.isArray(value) && value.every((item) => typeof item !== "object" || item === null);
}

function scalarText(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "(none)" : value.map(scalarText).join(", ");
  return String(value);
}
