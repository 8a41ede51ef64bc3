/** Which people belong together: a CSV file with a column `person` and one column or more of labels. */
import { readFile } from "node:fs/promises";
import { CsvError, parse } from "csv-parse/sync";
import { FaceNetError, reasonOf } from "../errors.ts";

/** People by label column, by label; those with an empty cell belong to no group of that column. */
export type PeopleGroups = {
  readonly columns: readonly string[];
  /** "column: label", in the order of the columns and of the labels' first people */
  readonly groups: ReadonlyMap<string, ReadonlySet<string>>;
};

/** @throws FaceNetError FILE_NOT_READABLE, GROUPS_INVALID */
export async function readGroups(file: string): Promise<PeopleGroups> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new FaceNetError("FILE_NOT_READABLE", { file, reason: reasonOf(error) }, error);
  });
  return parseGroups(text, file);
}

/**
 * @param text comma-separated values with titles in the first line (RFC 4180)
 * @param file for messages
 * @throws FaceNetError GROUPS_INVALID
 */
export function parseGroups(text: string, file: string): PeopleGroups {
  const [titles = [], ...rows] = rowsOf(text, file);
  const personColumn = titles.indexOf("person");
  if (personColumn < 0) throw invalid(file, 1, "no column is titled person");
  const columns = titles.filter((_, column) => column !== personColumn);
  if (columns.length === 0) throw invalid(file, 1, "no column of labels beside person");
  const people = new Set<string>();
  for (const [i, row] of rows.entries()) {
    const person = row[personColumn] as string;
    if (person === "") throw invalid(file, i + 2, "the person has no name");
    if (people.has(person)) throw invalid(file, i + 2, `${person} is there twice`);
    people.add(person);
  }
  const groups = new Map<string, Set<string>>();
  for (const [column, title] of titles.entries()) {
    if (column === personColumn) continue;
    for (const row of rows) {
      const label = row[column] as string;
      if (label === "") continue;
      const name = `${title}: ${label}`;
      groups.set(name, (groups.get(name) ?? new Set()).add(row[personColumn] as string));
    }
  }
  if (groups.size === 0) throw invalid(file, 2, "nobody has a label");
  return { columns, groups };
}

function rowsOf(text: string, file: string): string[][] {
  try {
    return parse(text, { bom: true, trim: true, skip_empty_lines: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new FaceNetError("GROUPS_INVALID", { file, line: error.lines ?? "?", reason: error.message }, error);
  }
}

const invalid = (file: string, line: number, reason: string): FaceNetError =>
  new FaceNetError("GROUPS_INVALID", { file, line, reason });
